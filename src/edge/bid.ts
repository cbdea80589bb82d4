import { ByteWriter } from '../base/byte-writer.js'
import type { Clock } from '../base/clock.js'
import type { Metrics } from '../base/metrics.js'
import type { ClickRate } from '../bidding/click-rate.js'
import type { Funds } from '../bidding/decide.js'
import { Decider } from '../bidding/decide.js'
import type { LiveCatalogue } from '../bidding/live.js'
import { NoBid, nbrOf } from '../bidding/no-bid.js'
import { isSecureUrl } from '../catalogue/creative/url.js'
import { reservationExpiresAtMs } from '../ledger/reservations.js'
import type { ConsentRules } from '../openrtb/consent/decision.js'
import type { Networks } from '../openrtb/networks.js'
import { parse } from '../openrtb/parse.js'
import { parseProtobuf } from '../openrtb/protobuf/parse.js'
import type { Impression } from '../openrtb/request.js'
import { BidRequest, impressionCountMax } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { ProfileReader } from '../profiles/store.js'
import { responseCurrency } from './admission.js'
import { BidExchange } from './bid-exchange.js'
import { BidFacts } from './bid-facts.js'
import type { Exchange } from './exchange.js'
import { Deflater, type InflateFault, Inflater } from './gzip.js'
import { Identity } from './identity.js'
import type { Reply, RequestHead } from './listener.js'
import { errorBody, jsonHeaders } from './listener.js'
import type { OverloadGuard } from './overload.js'
import type { Signer } from './signer.js'
import { Wire, wireOf } from './wire.js'

/** Index into `badRequestReasons`. */
const BadRequest = { malformed: 0, unknownExchange: 1, wrongSecret: 2, encoding: 3 } as const
export const badRequestReasons: readonly string[] = [
  'malformed',
  'unknown_exchange',
  'wrong_secret',
  'encoding',
]

/** Of every 64th request the stages are timed one by one. */
const sampleMask = 63

/** The exchange's auction is over after this long; an answer later than that is worth nothing. */
const auctionMs = 100
/** Most bids in one response. */
const bidCountMax = 2 * impressionCountMax
/** Most ads that are sent for a dynamic pod. */
const podAdCountMax = 8

export interface BidHandlerOptions {
  readonly exchanges: readonly Exchange[]
  readonly publicUrl: string
  readonly workerCount: number
  readonly bodyBytesMax: number
  readonly reservationTtlMs: number
  /** This worker's number in the ledger. */
  readonly incarnation: number
  readonly clock: Clock
  readonly profiles: ProfileReader
  readonly funds: Funds
  readonly clickRate: ClickRate
  readonly consent: ConsentRules
  readonly networks: Networks
  readonly guard: OverloadGuard
  readonly signer: Signer
  readonly metrics: Metrics
}

/**
 * Answers bid requests: reads, recognises, decides, writes. All in one go and without waiting, so
 * everything that it works with is kept and used again for the next request.
 */
export class BidHandler {
  readonly #options: BidHandlerOptions
  readonly #exchanges = new Map<string, BidExchange>()
  readonly #request = new BidRequest()
  readonly #decider: Decider
  readonly #facts = new BidFacts()
  readonly #inflater = new Inflater()
  readonly #deflater = new Deflater()
  readonly #identity: Identity
  #catalogue: LiveCatalogue | null = null
  /** Whether our pixel and clicks may be used on a page over https. */
  readonly #isSecure: boolean
  readonly #expirySeconds: number
  #testSequence = 0
  #requestCount = 0
  #bidCount = 0
  /** Reservations of the bids in the response so far; 0 for a test's. */
  readonly #sequences = new Float64Array(bidCountMax)

  constructor(options: BidHandlerOptions) {
    const { publicUrl, workerCount, networks } = options
    const out = new ByteWriter()
    this.#options = options
    for (const [index, settings] of options.exchanges.entries())
      this.#exchanges.set(
        settings.name,
        new BidExchange(index, settings, publicUrl, workerCount, networks, out),
      )
    this.#isSecure = isSecureUrl(publicUrl)
    this.#expirySeconds = Math.floor(options.reservationTtlMs / 1_000)
    this.#identity = new Identity(options.profiles)
    this.#decider = new Decider(options.clickRate, options.funds)
  }

  /** From the next request on, bids are made from this catalogue. */
  swap(catalogue: LiveCatalogue): void {
    this.#catalogue = catalogue
    this.#identity.swap(catalogue.snapshot)
  }

  /** @param body read before this returns, not kept. */
  handle(head: RequestHead, body: Buffer, reply: Reply): void {
    const { clock, metrics, guard } = this.#options
    const { slots } = metrics
    const receivedMs = clock.elapsedMs()
    const exchange = this.#exchanges.get(head.name)
    if (exchange === undefined) {
      metrics.inc(slots.badRequests[BadRequest.unknownExchange]!)
      reply.send(404, jsonHeaders, errorBody(`exchange: ${head.name.slice(0, 64)} is unknown`))
      return
    }
    metrics.inc(slots.bidRequests[exchange.index]!)
    if (!head.isFrom(exchange.settings.secret)) {
      metrics.inc(slots.badRequests[BadRequest.wrongSecret]!)
      reply.send(401, jsonHeaders, errorBody('secret: is not this exchange’s'))
      return
    }
    const wire = wireOf(head.contentType)
    if (guard.shouldShed(receivedMs)) this.#shed(exchange, wire, NoBid.overload, reply)
    else if (!exchange.throttle.lets(receivedMs))
      this.#shed(exchange, wire, NoBid.rateLimited, reply)
    else this.#answer(exchange, wire, head, body, receivedMs, reply)
  }

  #answer(
    exchange: BidExchange,
    wire: Wire | null,
    head: RequestHead,
    body: Buffer,
    receivedMs: number,
    reply: Reply,
  ): void {
    const { clock, metrics, bodyBytesMax } = this.#options
    const { slots } = metrics
    let plain: Buffer | InflateFault = body
    if (wire === null) {
      this.#refuse(
        reply,
        BadRequest.encoding,
        415,
        'content-type: must be application/json or application/x-protobuf',
      )
      return
    }
    if (head.contentEncoding === 'gzip') plain = this.#inflater.inflate(body, bodyBytesMax)
    else if (head.contentEncoding !== '' && head.contentEncoding !== 'identity') {
      this.#refuse(reply, BadRequest.encoding, 415, 'content-encoding: must be gzip or absent')
      return
    }
    if (!Buffer.isBuffer(plain)) {
      this.#refuse(reply, BadRequest.encoding, plain.status, plain.reason)
      return
    }
    const request = this.#request
    const fault = wire === Wire.protobuf ? parseProtobuf(plain, request) : parse(plain, request)
    if (fault !== '') {
      this.#refuse(reply, BadRequest.malformed, 400, fault)
      return
    }
    const { tmaxDefaultMs, networkMarginMs } = exchange.settings
    const tmaxMs = request.tmaxMs > 0 ? request.tmaxMs : tmaxDefaultMs
    const deadlineMs = receivedMs + Math.min(tmaxMs, auctionMs) - networkMarginMs
    const miss = this.#bid(exchange, wire, receivedMs, deadlineMs)
    if (miss === 0) {
      const answer = exchange.response(wire).end()
      const { settings } = exchange
      if (settings.gzipReplies && head.acceptsGzip)
        reply.send(200, exchange.gzipHeaders[wire], this.#deflater.gzip(answer))
      else reply.send(200, exchange.headers[wire], answer)
      metrics.add(slots.bids, this.#bidCount)
    } else this.#sendNoBid(exchange, wire, request.id, miss, reply)
    const seconds = (clock.elapsedMs() - receivedMs) / 1_000
    metrics.observe(slots.requestDuration[exchange.index]!, seconds)
  }

  #refuse(reply: Reply, reason: number, status: number, error: string): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.badRequests[reason]!)
    reply.send(status, jsonHeaders, errorBody(error))
  }

  /** The cheapest answer there is, without a look at the body. */
  #shed(exchange: BidExchange, wire: Wire | null, reason: number, reply: Reply): void {
    this.#sendNoBid(exchange, wire ?? Wire.json, '', reason, reply)
  }

  /** @param requestId '' where the body was not read: then there is nothing to answer with but 204. */
  #sendNoBid(
    exchange: BidExchange,
    wire: Wire,
    requestId: string,
    miss: number,
    reply: Reply,
  ): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.noBids[-1 - miss]!)
    if (exchange.settings.noBid === 'nbr' && requestId !== '')
      reply.send(200, exchange.headers[wire], exchange.response(wire).noBid(requestId, nbrOf(miss)))
    else reply.send(204, exchange.noBidHeaders, '')
  }

  /** @returns 0 where the response holds a bid, else the NoBid code that got furthest. */
  #bid(exchange: BidExchange, wire: Wire, receivedMs: number, deadlineMs: number): number {
    const { clock } = this.#options
    const request = this.#request
    const catalogue = this.#catalogue
    this.#bidCount = 0
    if (catalogue === null) return NoBid.notReady
    const refusal = exchange.admission.refusal(request)
    if (refusal !== 0) return refusal
    const { rates } = catalogue.snapshot
    const currency = responseCurrency(request, exchange.settings.currency, rates)
    if (currency === '') return NoBid.unknownCurrency
    const parsedMs = clock.elapsedMs()
    if (parsedMs >= deadlineMs) return this.#timeOut('profile')

    const nowMs = clock.nowMs()
    const profile = this.#recognise(request, exchange)
    const recognisedMs = clock.elapsedMs()
    if (recognisedMs >= deadlineMs) return this.#timeOut('decide')
    exchange.response(wire).begin(request.id, currency)
    const place = rates.indexOf(currency)
    this.#decider.begin(request, exchange.settings, place, catalogue, profile, nowMs)
    let miss: number = 0
    for (let i = 0; i < request.impressionCount; i++) {
      const code = this.#bidOn(i, exchange, wire, catalogue, currency, nowMs)
      if (code < miss) miss = code
      if (clock.elapsedMs() >= deadlineMs) return this.#drop()
    }
    if ((this.#requestCount++ & sampleMask) === 0) {
      const { metrics } = this.#options
      const stages = metrics.slots.stageDuration
      metrics.observe(stages.parse, (parsedMs - receivedMs) / 1_000)
      metrics.observe(stages.profile, (recognisedMs - parsedMs) / 1_000)
      metrics.observe(stages.decide, (clock.elapsedMs() - recognisedMs) / 1_000)
    }
    return this.#bidCount > 0 ? 0 : miss
  }

  /**
   * Bids on one impression: under a deal first, on the open market where none is bought under or the
   * exchange takes both; a dynamic pod is filled ad by ad.
   *
   * @returns 0, or why there is no (further) bid.
   */
  #bidOn(
    index: number,
    exchange: BidExchange,
    wire: Wire,
    catalogue: LiveCatalogue,
    currency: string,
    nowMs: number,
  ): number {
    const decider = this.#decider
    const impression = this.#request.impressions[index]!
    if (impression.secure && !this.#isSecure) return NoBid.insecure
    if (this.#request.dsaRequired >= 2 && this.#request.dsaPublisherRenders === 0)
      return NoBid.transparencyNotRendered
    const pod = this.#podOf(index)
    const { podDurationS, maxSequence } = impression.video
    let secondsLeft = podDurationS > 0 ? podDurationS : Number.POSITIVE_INFINITY
    const most = podDurationS > 0 ? Math.min(podAdCountMax, maxSequence || podAdCountMax) : 1
    let miss: number = 0
    for (let ad = 0; ad < most && this.#bidCount < bidCountMax - 1; ad++) {
      let code: number = NoBid.dealsOnly
      if (impression.dealCount > 0) {
        code = decider.decideDeals(impression, pod, secondsLeft)
        if (code >= 0) this.#write(exchange, wire, impression, catalogue, currency, nowMs)
      }
      if ((code < 0 || exchange.settings.multiBid) && !impression.dealsOnly) {
        const open = decider.decide(impression, pod, secondsLeft)
        if (open >= 0) this.#write(exchange, wire, impression, catalogue, currency, nowMs)
        if (code < 0) code = open
      }
      if (code < 0) {
        miss = code
        break
      }
      if (podDurationS > 0) {
        // Only videos have a length: a banner for a pod's slot fills nothing of it.
        if (decider.media < 0) break
        secondsLeft -= catalogue.snapshot.media.durationSeconds[decider.media]!
      }
    }
    return miss
  }

  /** Place of the first impression of the same pod; -1 outside of pods. */
  #podOf(index: number): number {
    const request = this.#request
    const { video, audio } = request.impressions[index]!
    const id = video.podId !== '' ? video.podId : audio.podId
    if (id === '') return video.podDurationS > 0 ? index : -1
    for (let i = 0; i < index; i++) {
      const other = request.impressions[i]!
      if (other.video.podId === id || other.audio.podId === id) return i
    }
    return index
  }

  #timeOut(stage: 'profile' | 'decide' | 'encode'): number {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.timeouts[stage])
    return NoBid.timeout
  }

  /** Time is out: nothing is sent, and what was set aside for it is free again. */
  #drop(): number {
    for (let i = 0; i < this.#bidCount; i++)
      if (this.#sequences[i]! > 0) this.#options.funds.cancel(this.#sequences[i]!)
    this.#bidCount = 0
    return this.#timeOut('encode')
  }

  /** The person behind the request; null for a stranger, without consent, or where the store fails. */
  #recognise(request: BidRequest, exchange: BidExchange): Profile | null {
    const { metrics, profiles, consent } = this.#options
    const reads = metrics.slots.profileReads
    if (!this.#identity.isNamed(request, exchange.settings)) {
      metrics.inc(reads.no_user)
      return null
    }
    if (!consent.decide(request).mayReadProfile) {
      metrics.inc(reads.no_consent)
      return null
    }
    const errorsBefore = profiles.stats.readErrors
    const profile = this.#identity.profileOf(request, exchange.settings)
    if (profile !== null) metrics.inc(reads.hit)
    else metrics.inc(profiles.stats.readErrors > errorsBefore ? reads.error : reads.stranger)
    return profile
  }

  #write(
    exchange: BidExchange,
    wire: Wire,
    impression: Impression,
    catalogue: LiveCatalogue,
    currency: string,
    nowMs: number,
  ): void {
    const { signer, incarnation, reservationTtlMs } = this.#options
    const decider = this.#decider
    const facts = this.#facts
    const { snapshot } = catalogue
    const { test: isTest, dsaRequired } = this.#request
    this.#sequences[this.#bidCount++] = decider.sequence
    facts.token = signer.sign({
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
    facts.id = signer.lastId()
    facts.impressionId = impression.id
    facts.priceCpmMicros = decider.priceCpmMicros
    facts.row = decider.row
    facts.format = decider.format
    facts.dealId = decider.deal === null ? '' : decider.deal.id
    facts.billingId = impression.billingId
    facts.expirySeconds = this.#expirySeconds
    facts.wantsDsa = dsaRequired > 0
    facts.isProfiled = decider.slice !== null
    exchange.markup.write(facts, decider, impression, snapshot)
    exchange.response(wire).add(facts, snapshot)
  }
}
