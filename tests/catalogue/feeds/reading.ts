/** Reads a feed to its end, for tests. */
import { FeedBroken, type FeedOptions, type FeedRow } from '../../../src/catalogue/feeds/feed.js'
import { readFeed } from '../../../src/catalogue/feeds/read-feed.js'
import type { Product } from '../../../src/catalogue/products.js'

export const nowMs = Date.UTC(2026, 8, 1)
export const feedOptions: FeedOptions = {
  currency: 'PLN',
  shopUrl: 'https://shop.example/',
  contentType: '',
  rowBytesMax: 1_000_000,
  bytesMax: 1_000_000_000,
  nowMs,
}

export interface Reading {
  /** '' where it was found to be no feed. */
  readonly dialect: string
  readonly rows: readonly FeedRow[]
  readonly products: readonly Product[]
  /** `line id refusal`, of what was refused. */
  readonly refused: readonly string[]
  /** `line id field refusal`. */
  readonly warnings: readonly string[]
  /** What it broke with; '' where it was read to its end. */
  readonly broken: string
}

/** Bytes in pieces of one length. */
export async function* inPieces(
  bytes: Uint8Array,
  length: () => number = () => 65_536,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + length()
    yield bytes.subarray(at, end)
    at = end
  }
}

/** @throws whatever isn't FeedBroken. */
export async function readWhole(
  feed: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: Partial<FeedOptions> = {},
): Promise<Reading> {
  const bytes =
    typeof feed === 'string'
      ? inPieces(Buffer.from(feed))
      : feed instanceof Uint8Array
        ? inPieces(feed)
        : feed
  const rows: FeedRow[] = []
  let dialect = ''
  let broken = ''
  try {
    const reading = await readFeed(bytes, { ...feedOptions, ...options })
    dialect = reading.dialect
    for await (const row of reading.rows) rows.push(row)
  } catch (error) {
    if (!(error instanceof FeedBroken)) throw error
    broken = error.message
  }
  return {
    dialect,
    rows,
    products: rows.flatMap((row) => (row.kind === 'product' ? [row.product] : [])),
    refused: rows.flatMap((row) =>
      row.kind === 'refused'
        ? [`${row.problem.line} ${row.problem.id} ${row.problem.refusal}`]
        : [],
    ),
    warnings: rows.flatMap((row) =>
      row.kind === 'warning'
        ? [`${row.problem.line} ${row.problem.id} ${row.problem.field} ${row.problem.refusal}`]
        : [],
    ),
    broken,
  }
}
