import type { CatalogueCounts, FeedReport, ProblemReport } from './feed-report.js'
import { problemCountMax } from './feed-report.js'
import type { FeedOptions, FeedProblem, FeedReading, FeedRefusal } from './feeds/feed.js'
import { FeedBroken } from './feeds/feed.js'
import { readFeed } from './feeds/read-feed.js'
import type { ProductDraft, ShopProducts } from './product-store.js'

/** A feed must leave this share of what is there, unless it is forced. */
const leastShare = 1 / 2

export interface FeedImport {
  readonly bytes: AsyncIterable<Uint8Array>
  /** `upload`, or the address that it is fetched from. */
  readonly from: string
  readonly reading: FeedOptions
  /** The shop's catalogue as it is now. */
  readonly before: CatalogueCounts
  /** Takes it over whatever it leaves of the catalogue. */
  readonly isForced: boolean
  /** Told now and then. */
  onProgress(progress: FeedProgress): void
}

export type FeedProgress = Pick<FeedReport, 'dialect' | 'rows' | 'taken'>

/** Rows between two tellings of progress. */
const progressRows = 1_000

/**
 * Reads a feed into a draft, and puts that in place of the shop's catalogue, or holds it back.
 *
 * @returns what became of it; the catalogue is as it was unless that is `taken`. A feed whose bytes
 *   stop coming is as broken as one that says nothing sound.
 * @throws Error where products can't be kept.
 */
export async function importFeed(shop: ShopProducts, feed: FeedImport): Promise<FeedReport> {
  const startMs = performance.now()
  const tally = new Tally()
  const draft = await shop.draft(feed.reading.nowMs)
  const report = (
    outcome: FeedReport['outcome'],
    stopped: FeedReport['stopped'] = null,
  ): FeedReport => ({
    atMs: feed.reading.nowMs,
    from: feed.from,
    outcome,
    ...tally.counts(),
    inStock: draft.inStockCount,
    stopped,
    before: feed.before,
    seconds: Math.round(performance.now() - startMs) / 1_000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
  })
  try {
    const reading = await readFeed(source(feed.bytes), feed.reading)
    tally.dialect = reading.dialect
    await readRows(reading, draft, tally, (progress) => feed.onProgress(progress))
    const reason = feed.isForced ? '' : whyHeld(draft, feed.before)
    if (reason !== '') {
      await draft.hold()
      return report('held', { line: 0, reason })
    }
    await draft.commit()
    return report('taken')
  } catch (error) {
    await draft.discard().catch(() => {})
    if (error instanceof FeedBroken)
      return report('broken', { line: error.line, reason: error.message })
    if (error instanceof SourceFailed)
      return report('broken', { line: tally.line, reason: error.message })
    throw error
  }
}

/** What gives the bytes has failed. */
class SourceFailed extends Error {}

async function* source(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    throw new SourceFailed(error instanceof Error ? error.message : String(error))
  }
}

async function readRows(
  { rows }: FeedReading,
  draft: ProductDraft,
  tally: Tally,
  onProgress: (progress: FeedProgress) => void,
): Promise<void> {
  for await (const row of rows) {
    tally.line = row.kind === 'product' ? row.line : row.problem.line
    if (row.kind === 'product') {
      if (await draft.put(row.product)) tally.taken++
      else tally.refuse(duplicate(row.line, row.product.id))
    } else if (row.kind === 'refused') tally.refuse(row.problem)
    else tally.warn(row.problem)
    if (tally.rows % progressRows === 0) onProgress(tally.counts())
  }
}

const duplicate = (line: number, id: string): FeedProblem => ({
  line,
  id,
  field: 'id',
  refusal: 'duplicate',
  reason: `id: ${JSON.stringify(id)} was there before; the first row stays`,
})

/** '' where nothing speaks against it. */
function whyHeld(draft: ProductDraft, before: CatalogueCounts): string {
  if (draft.count < before.products * leastShare)
    return `would leave ${draft.count} of ${before.products} products`
  if (draft.inStockCount < before.inStock * leastShare)
    return `would leave ${draft.inStockCount} of ${before.inStock} products in stock`
  return ''
}

/** Counts what came, and keeps the first problems. */
class Tally {
  dialect: FeedReport['dialect'] = null
  /** Of the last row. */
  line = 0
  taken = 0
  #refusedCount = 0
  readonly #refused: Partial<Record<FeedRefusal, number>> = {}
  #warnedLine = -1
  #warnings = 0
  readonly #problems: ProblemReport[] = []

  get rows(): number {
    return this.taken + this.#refusedCount
  }

  refuse(problem: FeedProblem): void {
    this.#refusedCount++
    this.#refused[problem.refusal] = (this.#refused[problem.refusal] ?? 0) + 1
    this.#keep('refused', problem)
  }

  /** A row that has several warnings counts once. */
  warn(problem: FeedProblem): void {
    if (problem.line !== this.#warnedLine) this.#warnings++
    this.#warnedLine = problem.line
    this.#keep('warning', problem)
  }

  counts() {
    return {
      dialect: this.dialect,
      rows: this.rows,
      taken: this.taken,
      refused: { ...this.#refused },
      warnings: this.#warnings,
      problems: [...this.#problems],
    }
  }

  #keep(kind: ProblemReport['kind'], problem: FeedProblem): void {
    if (this.#problems.length < problemCountMax) this.#problems.push({ ...problem, kind })
  }
}
