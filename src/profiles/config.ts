import { z } from '../base/schema.js'

/** How profiles are kept and read. */
export const profilesConfigSchema = z.strictObject({
  /** Decoded profiles kept in memory, per worker. */
  profileCacheMax: z.int().min(0).max(10_000_000).default(0),
  /**
   * Addresses set aside for the store's file, which may grow past it at the price of a pause. Takes
   * neither memory nor disk.
   */
  mapBytes: z.int().min(1_048_576).default(68_719_476_736),
  /** Writes waiting to be made, per process: more are refused at once. */
  writesWaitingMax: z.int().min(1).default(100_000),
})

export type ProfilesConfig = z.output<typeof profilesConfigSchema>
