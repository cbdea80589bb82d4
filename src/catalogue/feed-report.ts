import { z } from '../base/schema.js'
import { feedDialects, feedRefusals } from './feeds/feed.js'

/** Problems of rows that are told one by one; all are counted. */
export const problemCountMax = 100
/** Reports that are kept of each shop. */
export const reportCountMax = 20

const count = z.int().min(0)

const countsSchema = z.strictObject({
  products: count,
  /** How many of them can be bought. */
  inStock: count,
})

export const feedProblemSchema = z.strictObject({
  line: count,
  /** The row's own id; '' where it has none. */
  id: z.string(),
  field: z.string(),
  kind: z.enum(['refused', 'warning']),
  refusal: z.enum(feedRefusals),
  reason: z.string(),
})

/** What became of one feed. */
export const feedReportSchema = z.strictObject({
  /** When it began to come, in ms since 1970. */
  atMs: z.int().min(0),
  /** `upload`, or the address that it was fetched from, without what may be secret in it. */
  from: z.string(),
  /**
   * `taken`: it is the shop's catalogue now. `held`: it would empty or halve the catalogue, and waits for
   * somebody to accept or discard it. `broken`: it could not be read to its end; nothing has changed.
   */
  outcome: z.enum(['taken', 'held', 'broken']),
  /** null where it was not found out. */
  dialect: z.enum(feedDialects).nullable(),
  /** Rows that claimed to be a product. */
  rows: count,
  /** Rows that were good, whatever became of the feed. */
  taken: count,
  inStock: count,
  /** Rows that were not, by reason; reasons without any are left out. */
  refused: z.partialRecord(z.enum(feedRefusals), count),
  /** Rows that were taken though something of them was left out or put right. */
  warnings: count,
  /** The first ones. */
  problems: z.array(feedProblemSchema).max(problemCountMax),
  /** Of a broken one: where, 0 if that can't be said, and why. Of a held one: why. */
  stopped: z.strictObject({ line: count, reason: z.string() }).nullable(),
  /** The catalogue before it. */
  before: countsSchema,
  seconds: z.number().min(0),
  /** The most memory that the server has had in use so far. */
  peakMemoryBytes: count,
})
export type FeedReport = z.output<typeof feedReportSchema>
export type ProblemReport = z.output<typeof feedProblemSchema>
export type CatalogueCounts = z.output<typeof countsSchema>
