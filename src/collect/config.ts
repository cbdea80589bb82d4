import { z } from '../base/schema.js'

/** Bounds of the shops' API. */
export const collectConfigSchema = z.strictObject({
  /** Addresses come from `X-Forwarded-For`: true only where nobody can get past the proxy that sets it. */
  isBehindProxy: z.boolean().default(false),
  /** A body that isn't streamed must have come this long after its head. */
  bodyTimeoutMs: z.int().min(100).max(600_000).default(10_000),
  /** A connection on which nothing moves for so long is ended. */
  idleTimeoutMs: z.int().min(1_000).max(3_600_000).default(60_000),
  connectionCountMax: z.int().min(1).max(1_000_000).default(10_000),
  /** How often one address may call without a key. */
  addressLimit: z
    .strictObject({
      callsPerSecond: z.number().positive().default(20),
      burstMax: z.int().min(1).default(100),
      addressCountMax: z.int().min(1).default(100_000),
    })
    .prefault({}),
})
export type CollectConfig = z.output<typeof collectConfigSchema>

/** How shops' feeds are read and fetched. */
export const feedsConfigSchema = z.strictObject({
  /** Longest feed, unpacked; longest text of one row. */
  feedBytesMax: z.int().min(1_024).default(8_589_934_592),
  rowBytesMax: z.int().min(1_024).max(67_108_864).default(1_048_576),
  /** Lets feeds be fetched from private networks and this machine: for development alone. */
  allowPrivateNetworks: z.boolean().default(false),
  /** Of a feed that is fetched: until its answer's head is there, and between two pieces of its body. */
  headMs: z.int().min(100).default(15_000),
  idleMs: z.int().min(100).default(30_000),
})
