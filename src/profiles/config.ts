import { z } from '../base/schema.js'
import { redisConfigSchema } from './redis/config.js'

/** How profiles are kept and read. */
export const profilesConfigSchema = z.strictObject({
  /**
   * Decoded profiles kept in memory, per worker; 0 keeps none. A read takes 0.07 µs of decoding after
   * some 2 µs of finding the record, which a cache can't spare: only the record tells whether what it
   * holds is the newest. So it has lost in every measurement (bench/profiles.bench.ts, a million
   * profiles, µs a read with so many kept) and is left for stores whose records are dear to decode:
   *
   *                                   0    10,000   100,000   1,000,000
   *     all uids equally likely      2.1     3.2       4.1        2.5
   *     few uids often (Zipf, 1)     1.8     2.5       2.1        1.9
   */
  profileCacheMax: z.int().min(0).max(10_000_000).default(0),
  /**
   * Addresses set aside for the store's file, which may grow past it at the price of a pause. Takes
   * neither memory nor disk.
   */
  mapBytes: z.int().min(1_048_576).default(68_719_476_736),
  /** Writes waiting to be made, per process: more are refused at once. */
  writesWaitingMax: z.int().min(1).default(100_000),
  /** Longest that a bid waits for profiles that aren't at hand; it goes on without them then. */
  bidWaitMs: z.int().min(1).max(90).default(30),
  /** Bids waiting so, per worker: more go on without profiles at once. */
  bidsWaitingMax: z.int().min(0).max(100_000).default(2_000),
  redis: redisConfigSchema.prefault({}),
})

export type ProfilesConfig = z.output<typeof profilesConfigSchema>
