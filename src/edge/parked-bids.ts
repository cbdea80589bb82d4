import type { Clock } from '../base/clock.js'
import { ProfileFetch } from '../profiles/fetch.js'
import type { ProfileReader } from '../profiles/store.js'
import type { BidExchange } from './bid-exchange.js'
import type { Reply, RequestHead } from './listener.js'
import type { Wire } from './wire.js'

/**
 * A bid request that waits for profiles. What it was parsed into is used for the next request
 * meanwhile, so its bytes are kept, and parsed again when it goes on.
 */
export class ParkedBid {
  readonly exchange: BidExchange
  readonly wire: Wire
  readonly contentType: string
  readonly acceptsGzip: boolean
  /** Inflated. */
  readonly body: Buffer
  readonly receivedMs: number
  readonly deadlineMs: number
  readonly parsedMs: number
  readonly reply: Reply
  /** What has been fetched so far; null until it is asked for. */
  fetch: ProfileFetch | null = null
  timer: NodeJS.Timeout | null = null

  /** @param head and @param body are copied. */
  constructor(
    exchange: BidExchange,
    wire: Wire,
    head: RequestHead,
    body: Buffer,
    receivedMs: number,
    deadlineMs: number,
    parsedMs: number,
    reply: Reply,
  ) {
    this.exchange = exchange
    this.wire = wire
    this.contentType = head.contentType
    this.acceptsGzip = head.acceptsGzip
    this.body = Buffer.from(body)
    this.receivedMs = receivedMs
    this.deadlineMs = deadlineMs
    this.parsedMs = parsedMs
    this.reply = reply
  }
}

export interface ParkedBidsOptions {
  readonly profiles: ProfileReader
  readonly clock: Clock
  /** Longest that one waits. */
  readonly waitMs: number
  readonly countMax: number
}

/** Time that is left for deciding and writing once profiles are there, or aren't. */
const decideMs = 5

/** Bids that wait for their profiles: until these are there, or there is no more time to wait. */
export class ParkedBids {
  readonly #options: ParkedBidsOptions
  readonly #goOn: (bid: ParkedBid) => void
  #count = 0
  readonly #onLate = (bid: ParkedBid): void => this.#end(bid)

  /** @param goOn called once for each bid, with whatever has been fetched. */
  constructor(options: ParkedBidsOptions, goOn: (bid: ParkedBid) => void) {
    this.#options = options
    this.#goOn = goOn
  }

  /** Whether one more may wait, and would have any time for it. */
  mayWait(deadlineMs: number): boolean {
    const { profiles, countMax } = this.#options
    return profiles.fetch !== undefined && this.#count < countMax && this.#waitMs(deadlineMs) > 0
  }

  /** @param uids of everybody that it needs, also of those at hand: they may not be any more, later. */
  park(bid: ParkedBid, uids: readonly string[]): void {
    this.#count++
    bid.timer = setTimeout(this.#onLate, this.#waitMs(bid.deadlineMs), bid)
    bid.fetch = new ProfileFetch(uids, () => this.#end(bid))
    this.#options.profiles.fetch!(bid.fetch)
  }

  #waitMs(deadlineMs: number): number {
    const { clock, waitMs } = this.#options
    return Math.min(waitMs, deadlineMs - clock.elapsedMs() - decideMs)
  }

  #end(bid: ParkedBid): void {
    if (bid.timer === null) return
    clearTimeout(bid.timer)
    bid.timer = null
    this.#count--
    this.#goOn(bid)
  }
}
