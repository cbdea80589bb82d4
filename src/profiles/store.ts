import type { ProfileFetch } from './fetch.js'
import type { Profile } from './profile.js'
import type { Slice } from './slice.js'
import type { ProfileStats } from './stats.js'
import type { SliceWrite, StoredSlice } from './write.js'

/** The answer to a read of somebody whom the store has to be asked for first. */
export const pending: unique symbol = Symbol('pending')
export type Pending = typeof pending

/** The bidder's side: everything about a person at once, without waiting. */
export interface ProfileReader {
  /**
   * Sees what any process has written, a millisecond or a turn of the event loop later; whom nobody
   * knew before, at the latest `catchUpMs` later (see known-uids.ts). Own writes at once.
   *
   * @returns null for a stranger, for what can't be a uid, and where the store fails; the last is
   *   counted in `stats.readErrors`, which the caller reports. `pending` only from a store that has
   *   `fetch`, which then is to be called.
   */
  read(uid: string): Profile | null | Pending
  /**
   * Asks for people whom `read` gave as `pending`, and others together with them. What fails is null
   * and counted in `stats.readErrors`.
   *
   * Stores that have everybody at hand are without it.
   */
  fetch?(fetch: ProfileFetch): void
  readonly stats: Readonly<ProfileStats>
}

/** Who is known. Each shop reaches only what it has told us itself, through its own handle. */
export interface ProfileStore extends ProfileReader {
  /** @param shopId 1 to 64 characters. Two shops whose ids have one key must not be served. */
  forShop(shopId: string): ShopSlices
  /**
   * Waits until the store can be worked with. Needn't be called: until then reads find nobody, which is
   * counted, and writes wait.
   *
   * @throws Error that says what is in the way, for an operator; without passwords.
   */
  ready(): Promise<void>
  /** Waits for what is being written. */
  close(): Promise<void>
}

/** One shop's side: its own slices. */
export interface ShopSlices {
  /**
   * @returns null where this shop knows nothing, or its slice can't be read, which is counted.
   * @throws Error where the store fails.
   */
  get(uid: string): Promise<Slice | null>
  /**
   * Replaces the slice. Writes made close together share a transaction or a round trip; of several
   * for one slice the last one counts.
   *
   * @returns once it is on disk, or kept by the server (docs/stores.md says what that is worth).
   * @throws Error that names the field where `uid` or `slice` is out of bounds, or why the store
   *   couldn't keep it; nothing is changed then.
   */
  put(uid: string, slice: Slice): Promise<void>
  /** Forgets the slice, if there is one; otherwise as `put`. */
  remove(uid: string): Promise<void>
}

/** For tools that copy a store: all that is in it, whose ever it is. No shop gets hold of this. */
export interface WholeStore extends ProfileStore {
  /**
   * Every slice, in no particular order. What is written meanwhile may or may not be among them, and
   * one may come twice.
   */
  slices(): AsyncIterable<StoredSlice>
  /** @returns one slice as encoded; null where there is none. */
  encoded(uid: string, shopId: string): Promise<Buffer | null>
  /** As `ShopSlices.put`, of what is encoded already. */
  write(write: SliceWrite): Promise<void>
}
