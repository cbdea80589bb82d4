import { ByteWriter } from '../base/byte-writer.js'
import type { Clock } from '../base/clock.js'
import { keyOf } from '../base/key.js'
import type { Metrics } from '../base/metrics.js'
import type { ClickRate } from '../bidding/click-rate.js'
import type { Funds, LiveCatalogue } from '../bidding/decide.js'
import { Decider } from '../bidding/decide.js'
import { NoBid } from '../bidding/no-bid.js'
import { isSecureUrl } from '../catalogue/creative/url.js'
import { reservationExpiresAtMs } from '../ledger/reservations.js'
import { mayUseProfile } from '../openrtb/consent.js'
import { parse } from '../openrtb/parse.js'
import { BidRequest, impressionCountMax } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { ProfileReader } from '../profiles/store.js'
import { BidResponse } from './bid-response.js'
import type { Exchange } from './exchange.js'
import type { Reply } from './listener.js'
import { errorBody, jsonHeaders, noHeaders } from './listener.js'
import { ProductChoice } from './product-choice.js'
import type { Signer } from './signer.js'

/** Index into `badRequestReasons`. */
const BadRequest = { malformed: 0, unknownExchange: 1 } as const
export const badRequestReasons: readonly string[] = ['malformed', 'unknown_exchange']

/** Of every 64th request the stages are timed one by one. */
const sampleMask = 63

/** The exchange's auction is over after this long; an answer later than that is worth nothing. */
const auctionMs = 100

export interface BidHandlerOptions {
  readonly exchanges: readonly Exchange[]
  readonly publicUrl: string
  readonly reservationTtlMs: number
  /** This worker's number in the ledger. */
  readonly incarnation: number
  readonly clock: Clock
  readonly profiles: ProfileReader
  readonly funds: Funds
  readonly clickRate: ClickRate
  readonly signer: Signer
  readonly metrics: Metrics
}

/** An exchange with what is worked out of its settings at load time. */
interface KnownExchange {
  readonly index: number
  readonly settings: Exchange
  readonly key: number
  readonly seatJson: Buffer
}

/**
 * Answers bid requests: reads, recognises, decides, writes. All in one go and without waiting, so
 * everything that it works with is kept and used again for the next request.
 */
export class BidHandler {
  readonly #options: BidHandlerOptions
  readonly #exchanges = new Map<string, KnownExchange>()
  readonly #request = new BidRequest()
  readonly #decider: Decider
  readonly #choice = new ProductChoice()
  readonly #response: BidResponse
  #catalogue: LiveCatalogue | null = null
  /** Whether our pixel and clicks may be used on a page over https. */
  readonly #isSecure: boolean
  #testSequence = 0
  #requestCount = 0
  /** Reservations of the bids in the response so far; 0 for a test's. */
  readonly #sequences = new Float64Array(impressionCountMax)

  constructor(options: BidHandlerOptions) {
    this.#options = options
    for (const [index, settings] of options.exchanges.entries())
      this.#exchanges.set(settings.name, {
        index,
        settings,
        key: keyOf(settings.name),
        seatJson: Buffer.from(JSON.stringify(settings.seat)),
      })
    this.#isSecure = isSecureUrl(options.publicUrl)
    this.#decider = new Decider(options.clickRate, options.funds)
    const expirySeconds = Math.floor(options.reservationTtlMs / 1_000)
    this.#response = new BidResponse(new ByteWriter(), options.publicUrl, expirySeconds)
  }

  /** From the next request on, bids are made from this catalogue. */
  swap(catalogue: LiveCatalogue): void {
    this.#catalogue = catalogue
  }

  /** @param body read before this returns, not kept. */
  handle(exchangeName: string, body: Buffer, reply: Reply): void {
    const { clock, metrics } = this.#options
    const { slots } = metrics
    const receivedMs = clock.elapsedMs()
    const exchange = this.#exchanges.get(exchangeName)
    if (exchange === undefined) {
      metrics.inc(slots.badRequests[BadRequest.unknownExchange]!)
      reply.send(404, jsonHeaders, errorBody(`exchange: ${exchangeName.slice(0, 64)} is unknown`))
      return
    }
    metrics.inc(slots.bidRequests[exchange.index]!)
    const request = this.#request
    const fault = parse(body, request)
    if (fault !== '') {
      metrics.inc(slots.badRequests[BadRequest.malformed]!)
      reply.send(400, jsonHeaders, errorBody(fault))
      return
    }
    const allowedMs = request.tmaxMs > 0 ? Math.min(request.tmaxMs, auctionMs) : auctionMs
    const deadlineMs = receivedMs + allowedMs - exchange.settings.networkMarginMs
    const miss = this.#bid(exchange, receivedMs, deadlineMs)
    if (miss === 0) {
      const answer = this.#response.end()
      reply.send(200, jsonHeaders, answer)
      metrics.add(slots.bids, this.#response.bidCount)
    } else {
      reply.send(204, noHeaders, '')
      metrics.inc(slots.noBids[-1 - miss]!)
    }
    const seconds = (clock.elapsedMs() - receivedMs) / 1_000
    metrics.observe(slots.requestDuration[exchange.index]!, seconds)
  }

  /** @returns 0 where the response holds a bid, else the NoBid code that got furthest. */
  #bid(exchange: KnownExchange, receivedMs: number, deadlineMs: number): number {
    const { clock } = this.#options
    const request = this.#request
    const catalogue = this.#catalogue
    this.#response.begin()
    if (catalogue === null) return NoBid.notReady
    if (!mayBuy(request, exchange.settings.seat)) return NoBid.seatBlocked
    const { rates } = catalogue.snapshot
    const currencyCode = responseCurrency(request, exchange.settings.currency, rates)
    if (currencyCode === '') return NoBid.unknownCurrency
    const parsedMs = clock.elapsedMs()
    if (parsedMs >= deadlineMs) return this.#timeOut('profile')

    const nowMs = clock.nowMs()
    const profile = this.#recognise(request)
    const recognisedMs = clock.elapsedMs()
    if (recognisedMs >= deadlineMs) return this.#timeOut('decide')
    const currency = rates.indexOf(currencyCode)
    this.#decider.begin(request, exchange.settings.name, currency, catalogue, profile, nowMs)
    let miss: number = 0
    for (let i = 0; i < request.impressionCount; i++) {
      const impression = request.impressions[i]!
      const decision =
        impression.secure && !this.#isSecure ? NoBid.insecure : this.#decider.decide(impression)
      if (decision < 0) {
        miss = Math.min(miss, decision)
        continue
      }
      this.#sequences[this.#response.bidCount] = this.#decider.sequence
      this.#write(exchange, impression, catalogue, currencyCode, nowMs)
      if (clock.elapsedMs() >= deadlineMs) return this.#drop()
    }
    if ((this.#requestCount++ & sampleMask) === 0) {
      const { metrics } = this.#options
      const stages = metrics.slots.stageDuration
      metrics.observe(stages.parse, (parsedMs - receivedMs) / 1_000)
      metrics.observe(stages.profile, (recognisedMs - parsedMs) / 1_000)
      metrics.observe(stages.decide, (clock.elapsedMs() - recognisedMs) / 1_000)
    }
    return this.#response.bidCount > 0 ? 0 : miss
  }

  #timeOut(stage: 'profile' | 'decide' | 'encode'): number {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.timeouts[stage])
    return NoBid.timeout
  }

  /** Time is out: nothing is sent, and what was set aside for it is free again. */
  #drop(): number {
    for (let i = 0; i < this.#response.bidCount; i++)
      if (this.#sequences[i]! > 0) this.#options.funds.cancel(this.#sequences[i]!)
    this.#response.begin()
    return this.#timeOut('encode')
  }

  /** The person behind the request; null for a stranger, without consent, or where the store fails. */
  #recognise(request: BidRequest): Profile | null {
    const { metrics, profiles } = this.#options
    const reads = metrics.slots.profileReads
    if (request.buyerUid === '') {
      metrics.inc(reads.no_user)
      return null
    }
    if (!mayUseProfile(request)) {
      metrics.inc(reads.no_consent)
      return null
    }
    const errorsBefore = profiles.stats.readErrors
    const profile = profiles.read(request.buyerUid)
    if (profile !== null) metrics.inc(reads.hit)
    else metrics.inc(profiles.stats.readErrors > errorsBefore ? reads.error : reads.stranger)
    return profile
  }

  #write(
    exchange: KnownExchange,
    impression: BidRequest['impressions'][number],
    catalogue: LiveCatalogue,
    currency: string,
    nowMs: number,
  ): void {
    const { signer, incarnation, reservationTtlMs } = this.#options
    const decider = this.#decider
    const { snapshot } = catalogue
    this.#choice.choose(snapshot, decider)
    const { test: isTest } = this.#request
    const token = signer.sign({
      isTest,
      issuedAtMs: nowMs,
      incarnation,
      sequence: isTest ? ++this.#testSequence : decider.sequence,
      expiresAtMs: reservationExpiresAtMs(Math.floor(nowMs / 1_000), reservationTtlMs),
      account: catalogue.accounts[decider.row]!,
      exchangeKey: exchange.key,
      shopKey: snapshot.shopKeyOf(decider.row),
      reservedNanos: decider.costNanos,
      bidCpmMicros: decider.priceCpmMicros,
      currency,
    })
    this.#response.addBid(
      this.#request,
      impression,
      decider,
      snapshot,
      this.#choice,
      currency,
      exchange.seatJson,
      signer.lastId(),
      token,
    )
  }
}

export function mayBuy(request: BidRequest, seat: string): boolean {
  if (request.allowedSeats.length > 0 && !request.allowedSeats.includes(seat)) return false
  return !request.blockedSeats.includes(seat)
}

/**
 * The currency to bid in: the exchange's own where the request allows it, else the first that it
 * allows and that we have a rate for; '' where there is none.
 */
export function responseCurrency(
  request: BidRequest,
  preferred: string,
  rates: { indexOf(currency: string): number },
): string {
  const { currencies } = request
  if (currencies.length === 0 || currencies.includes(preferred)) return preferred
  for (let i = 0; i < currencies.length; i++)
    if (rates.indexOf(currencies[i]!) >= 0) return currencies[i]!
  return ''
}
