import { withSlice } from './record.js'
import { hotSection } from './slice-codec.js'
import type { SliceWrite, StoredSlice } from './write.js'

/**
 * What a kind of store does itself: three tables and transactions.
 *
 * Bytes that are given back are overwritten by the next call of anything here.
 */
export interface ProfileTables {
  /** What the bidder reads of a uid (see record.ts). */
  record(uid: string): Buffer | undefined
  /** One shop's slice as encoded. */
  slice(uid: string, shopId: string): Buffer | undefined
  /** Every slice that is there at the time of the call. */
  slices(): Iterable<StoredSlice>

  /** Keys of uids of which nothing was known before, ever since the store was made. */
  newcomerCount(): number
  /**
   * The key of newcomer `index`.
   * @returns NaN where it is so long ago that it isn't kept any more.
   */
  newcomer(index: number): number
  /** How many uids are known, about. */
  uidCount(): number
  /** All that are known at the time of the call; to be read to its end or `return`ed. */
  uids(): Iterator<string>

  /**
   * Runs `action` alone among the writes of all processes.
   * @returns once what it did is on disk; rejects where nothing of it was kept.
   */
  transaction(action: () => void): Promise<void>
  /** Within a transaction: another number than in any other transaction. */
  stamp(): number
  /** Within a transaction, as all that follow; null takes it out. */
  putRecord(uid: string, record: Buffer | null): void
  putSlice(uid: string, shopId: string, slice: Buffer | null): void
  addNewcomer(key: number): void

  close(): Promise<void>
}

/**
 * Changes one shop's slice, and its part of the record, within a transaction.
 *
 * @returns whether nothing was known of the uid before, and now is.
 * @throws Error where the record was written by a release that this one doesn't know.
 */
export function applyWrite(tables: ProfileTables, write: SliceWrite): boolean {
  const { uid, shopId, shopKey, encoded } = write
  const hot = encoded === null ? null : hotSection(encoded)
  const former = tables.record(uid)
  const isNew = former === undefined
  const record = withSlice(former ?? null, shopKey, hot, tables.stamp())
  if (record !== null || !isNew) tables.putRecord(uid, record)
  tables.putSlice(uid, shopId, encoded)
  return isNew && record !== null
}
