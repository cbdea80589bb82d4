import { z } from '../../base/schema.js'

/** How profiles in Redis are read and written; each number is for one process. */
export const redisConfigSchema = z.strictObject({
  /** What all keys begin with: installations that share a server have one each. */
  keyPrefix: z
    .string()
    .regex(/^[\w:.-]{1,64}$/)
    .default('grosz:'),
  /** PEM file of the authority that signed the certificates of `rediss://`; '' takes the system's. */
  caFile: z.string().default(''),

  /** Decoded profiles kept in memory; some 500 bytes each. */
  profileCacheMax: z.int().min(1).max(10_000_000).default(100_000),
  /** People of whom the server knows nothing, remembered as such; some 150 bytes each. */
  strangerCacheMax: z.int().min(1).max(50_000_000).default(500_000),
  /** Reads on their way: more fail at once. */
  readsInFlightMax: z.int().min(1).max(1_000_000).default(10_000),

  /** Writes on their way; more wait (`writesWaitingMax`). */
  writesInFlightMax: z.int().min(1).max(100_000).default(500),
  /** A write that fails is tried again for this long before it is reported as failed. */
  writeRetryMs: z.int().min(0).max(600_000).default(5_000),
  /** Replicas that must have a write before it counts as kept; 0 trusts the master alone. */
  writeReplicas: z.int().min(0).max(16).default(0),
  /** Longest wait for them. */
  writeReplicasMs: z.int().min(1).max(60_000).default(500),

  /** A connection that takes longer to open is given up. */
  connectMs: z.int().min(10).max(60_000).default(2_000),
  /** A connection on which nothing comes back for this long is given up. */
  silenceMs: z.int().min(20).max(60_000).default(1_000),
  /** Longest wait between attempts to connect again. */
  reconnectMs: z.int().min(10).max(60_000).default(1_000),
})

export type RedisConfig = z.output<typeof redisConfigSchema>
