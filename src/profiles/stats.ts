/** What a store has done since it was opened. Counts; read when metrics are asked for. */
export class ProfileStats {
  /** Whole profiles asked for by the bidder. */
  reads = 0
  /** Reads of a uid that nothing is known of, or that can't be one. */
  strangers = 0
  /** Those of `strangers` that were told without a search in the store. */
  strangersUnasked = 0
  /** Reads whose profile was still in memory, decoded. */
  cacheHits = 0
  /** What was remembered and had to make room: the cache was as large as it may be. */
  cacheEvictions = 0
  /** Changes of profiles that the store told of, whoever made them. */
  changesTold = 0
  /** Times that all that was remembered was forgotten, as changes may have been missed. */
  cacheDrops = 0
  /** Reads that failed because the store did. */
  readErrors = 0
  /** Slices left out because their bytes were cut short, changed, or of an unknown version. */
  unreadableSlices = 0
  /** Slices put or removed, durably. */
  writes = 0
  /** Puts and removals refused or failed. */
  writeErrors = 0
}
