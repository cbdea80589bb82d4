/** What reading a feed gives, row by row, whatever the dialect. */
import type { Product } from '../products.js'

export const feedDialects = [
  'google-rss',
  'google-atom',
  'google-csv',
  'facebook-xml',
  'facebook-csv',
  'yandex-yml',
  'heureka',
  'json',
  'jsonl',
  'csv',
  'xml',
] as const
export type FeedDialect = (typeof feedDialects)[number]

/** Why a row was refused, for counting; the sentence beside it says it to a person. */
export const feedRefusals = [
  'no_id',
  'no_title',
  'no_link',
  'no_image',
  'no_price',
  'bad_link',
  'bad_image',
  'bad_price',
  'bad_currency',
  'duplicate',
  'too_long',
  'malformed',
] as const
export type FeedRefusal = (typeof feedRefusals)[number]

export interface FeedProblem {
  /** From 1: where the row begins in the feed. */
  readonly line: number
  /** The row's own id; '' where it has none. */
  readonly id: string
  readonly field: string
  readonly refusal: FeedRefusal
  /** For a person: `price: "abc" is no amount`. */
  readonly reason: string
}

export type FeedRow =
  | { readonly kind: 'product'; readonly line: number; readonly product: Product }
  | { readonly kind: 'refused'; readonly problem: FeedProblem }
  /** The product is taken, but something of it was left out or put right. */
  | { readonly kind: 'warning'; readonly problem: FeedProblem }

export interface FeedOptions {
  /** Where the feed doesn't say: the shop's currency. */
  readonly currency: string
  /** Relative links start here. */
  readonly shopUrl: string
  /** Where the sender said: `text/csv; charset=windows-1250`. A hint only; the content decides. */
  readonly contentType: string
  /** Longest text of one row. */
  readonly rowBytesMax: number
  /** Longest feed, once it is unpacked. */
  readonly bytesMax: number
  /** Sale prices that are over by now, or not yet to be had, are left out. */
  readonly nowMs: number
}

/**
 * What can't be read on is thrown as this once the rows before it have been given: a feed that was cut
 * off, bytes that are no text, something that is no feed.
 */
export class FeedBroken extends Error {
  /** 0 where it is the whole that is wrong. */
  readonly line: number

  constructor(line: number, reason: string) {
    super(line === 0 ? reason : `line ${line}: ${reason}`)
    this.line = line
  }
}

/** A feed whose dialect has been found out. */
export interface FeedReading {
  readonly dialect: FeedDialect
  /** @throws FeedBroken */
  readonly rows: AsyncIterable<FeedRow>
}
