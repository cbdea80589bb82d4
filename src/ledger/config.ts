import { z } from '../base/schema.js'

/** How the ledger holds, leases and forgets. Milliseconds and nanos of the shop's currency are whole. */
export const ledgerConfigSchema = z.strictObject({
  /**
   * How long a bid's money stays reserved where no notice comes. A multiple of a second, as a
   * notice's token carries its time of issue in seconds.
   */
  reservationTtlMs: z.int().min(1_000).max(86_400_000).multipleOf(1_000).default(300_000),
  /** Bids in the air, per worker: past it no more are made. Needs 16 bytes each, as they come. */
  reservationCountMax: z.int().min(1).max(16_777_216).default(4_000_000),

  /** How long after the bid a notice still counts. Its token is remembered for that long. */
  noticeExpiryMs: z.int().min(1_000).default(86_400_000),
  /** Notices of one worker waiting for their outcome: more are refused at once. */
  noticeInFlightMax: z.int().min(1).default(20_000),
  /** How long a worker waits for the outcome of one notice. */
  noticeTimeoutMs: z.int().min(1).default(5_000),
  /** Notices decided but not yet on disk, all workers together: more are refused at once. */
  noticePendingMax: z.int().min(1).default(100_000),

  /** A lease is at least this much where the budget has it: some twenty bids. */
  leaseFloorNanos: z.int().min(1).default(100_000_000),
  /** A lease is at most this much, however large the budget. */
  leaseMaxNanos: z.int().min(1).max(1e15).default(1_000_000_000_000),
  /** How often a worker asks for what it wants and gives back what it was asked for. */
  leaseFlushMs: z.int().min(1).default(15),
  /** A lease that no bid touched for this long is given back down to the floor. */
  leaseIdleMs: z.int().min(1).default(30_000),
  /** Least time between two recalls of the same account's money; doubled while nothing is charged. */
  recallPeriodMs: z.int().min(1).default(500),
  /** How often the authority looks after expiries, recalls and commits to try again. */
  tickMs: z.int().min(1).default(100),
  /** A worker hears at least this often up to when every decision has been told to it. */
  watermarkPeriodMs: z.int().min(1).default(500),
})

export type LedgerConfig = z.infer<typeof ledgerConfigSchema>
