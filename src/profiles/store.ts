import type { Profile } from './profile.js'
import type { Slice } from './slice.js'
import type { ProfileStats } from './stats.js'

/** The bidder's side: everything about a person at once, without waiting. */
export interface ProfileReader {
  /**
   * Sees what any process has written, a millisecond or a turn of the event loop later; whom nobody
   * knew before, at the latest `catchUpMs` later (see known-uids.ts). Own writes at once.
   *
   * @returns null for a stranger, for what can't be a uid, and where the store fails; the last is
   *   counted in `stats.readErrors`, which the caller reports.
   */
  read(uid: string): Profile | null
  readonly stats: Readonly<ProfileStats>
}

/** Who is known. Each shop reaches only what it has told us itself, through its own handle. */
export interface ProfileStore extends ProfileReader {
  /** @param shopId 1 to 64 characters. Two shops whose ids have one key must not be served. */
  forShop(shopId: string): ShopSlices
  /** Waits for what is being written. */
  close(): Promise<void>
}

/** One shop's side: its own slices. */
export interface ShopSlices {
  /**
   * @returns null where this shop knows nothing, or its slice can't be read, which is counted.
   * @throws Error where the store fails.
   */
  get(uid: string): Slice | null
  /**
   * Replaces the slice. Writes made close together share a transaction.
   *
   * @returns once it is on disk.
   * @throws Error that names the field where `uid` or `slice` is out of bounds, or why the store
   *   couldn't keep it; nothing is changed then.
   */
  put(uid: string, slice: Slice): Promise<void>
  /** Forgets the slice, if there is one; otherwise as `put`. */
  remove(uid: string): Promise<void>
}
