import { ByteWriter } from '../base/byte-writer.js'
import type { Clock } from '../base/clock.js'
import type { Metrics } from '../base/metrics.js'
import type { ClickRate } from '../bidding/click-rate.js'
import { Decider } from '../bidding/decide.js'
import type { Funds } from '../bidding/funds.js'
import type { LiveCatalogue } from '../bidding/live.js'
import { NoBid, nbrOf } from '../bidding/no-bid.js'
import { isSecureUrl } from '../catalogue/creative/url.js'
import type { ConsentRules } from '../openrtb/consent/decision.js'
import type { Networks } from '../openrtb/networks.js'
import { BidRequest, type Impression } from '../openrtb/request.js'
import type { ProfileReader } from '../profiles/store.js'
import { answerMsMax, isUnrendered, responseCurrency } from './admission.js'
import { BadRequest } from './bad-request.js'
import { BidBody } from './bid-body.js'
import { type BidExchange, bidExchanges } from './bid-exchange.js'
import { BidWriter, bidCountMax } from './bid-writer.js'
import type { Exchange } from './exchange.js'
import { Deflater } from './gzip.js'
import type { Reply, RequestHead } from './listener.js'
import { errorBody, jsonHeaders } from './listener.js'
import type { OverloadGuard } from './overload.js'
import { ParkedBid, ParkedBids } from './parked-bids.js'
import { Recogniser } from './recogniser.js'
import type { Signer } from './signer.js'
import { type Wire, wireOf } from './wire.js'

/** Of every 64th request the stages are timed one by one. */
const sampleMask = 63

/** Most ads that are sent for a dynamic pod. */
const podAdCountMax = 8

/** Neither a bid nor none yet: the store has to be asked who it is. */
const awaitsProfile = 1

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
  /** Longest that a bid waits for profiles that aren't at hand, and how many bids may wait so. */
  readonly bidWaitMs: number
  readonly bidsWaitingMax: number
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
 * everything that it works with is kept and used again for the next request. Only where the person
 * isn't at hand, which with the embedded store never is, a request is parked and begun again later.
 */
export class BidHandler {
  readonly #options: BidHandlerOptions
  #exchanges: ReadonlyMap<string, BidExchange>
  readonly #out = new ByteWriter()
  readonly #request = new BidRequest()
  readonly #decider: Decider
  readonly #body: BidBody
  readonly #writer: BidWriter
  readonly #deflater = new Deflater()
  readonly #recogniser: Recogniser
  readonly #parked: ParkedBids
  #catalogue: LiveCatalogue | null = null
  /** Whether our pixel and clicks may be used on a page over https. */
  readonly #isSecure: boolean
  #requestCount = 0

  constructor(options: BidHandlerOptions) {
    const { publicUrl, profiles, clock } = options
    this.#options = options
    this.#exchanges = bidExchanges(options.exchanges, new Map(), options, this.#out)
    this.#isSecure = isSecureUrl(publicUrl)
    this.#body = new BidBody(options.bodyBytesMax)
    this.#writer = new BidWriter(options)
    this.#recogniser = new Recogniser(options)
    this.#parked = new ParkedBids(
      { profiles, clock, waitMs: options.bidWaitMs, countMax: options.bidsWaitingMax },
      (parked) => this.#goOn(parked),
    )
    this.#decider = new Decider(options.clickRate, options.funds)
  }

  /** From the next request on, bids are made on these; a catalogue that goes with them comes next. */
  useExchanges(exchanges: readonly Exchange[]): void {
    this.#exchanges = bidExchanges(exchanges, this.#exchanges, this.#options, this.#out)
  }

  /** From the next request on, bids are made from this catalogue. */
  swap(catalogue: LiveCatalogue): void {
    this.#catalogue = catalogue
    this.#recogniser.swap(catalogue.snapshot)
  }

  /** Shops beyond those that may share a source of ids: their people aren't found by it. */
  get shopsLeftOutCount(): number {
    return this.#recogniser.shopsLeftOutCount
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
    // Without a look at the body there is nothing to answer with but 204, whatever the exchange prefers.
    if (guard.shouldShed(receivedMs)) this.#sendNothing(exchange, NoBid.overload, reply)
    else if (!exchange.throttle.lets(receivedMs))
      this.#sendNothing(exchange, NoBid.rateLimited, reply)
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
    const request = this.#request
    if (!this.#body.read(head, wire, body, request) || wire === null) {
      this.#refuse(reply, this.#body.reason, this.#body.status, this.#body.fault)
      return
    }
    const deadlineMs = receivedMs + answerMsMax(request, exchange.settings)
    const miss = this.#bid(exchange, wire, receivedMs, deadlineMs, null)
    if (miss === awaitsProfile) {
      const { plain } = this.#body
      const parsedMs = this.#options.clock.elapsedMs()
      this.#parked.park(
        new ParkedBid(exchange, wire, head, plain, receivedMs, deadlineMs, parsedMs, reply),
        this.#recogniser.uidsOf(request, exchange.settings),
      )
    } else this.#send(exchange, wire, head, receivedMs, miss, reply)
  }

  /** Bids on a request that has waited, with the profiles that have come. */
  #goOn(parked: ParkedBid): void {
    const { exchange, wire, body, receivedMs, deadlineMs, reply } = parked
    // It could be read the first time.
    this.#body.readPlain(wire, body, this.#request)
    const miss = this.#bid(exchange, wire, receivedMs, deadlineMs, parked)
    this.#send(exchange, wire, parked, receivedMs, miss, reply)
  }

  /** @param miss as `#bid` gave it. */
  #send(
    exchange: BidExchange,
    wire: Wire,
    { contentType, acceptsGzip }: Pick<RequestHead, 'contentType' | 'acceptsGzip'>,
    receivedMs: number,
    miss: number,
    reply: Reply,
  ): void {
    const { clock, metrics } = this.#options
    const { slots } = metrics
    const { gzipReplies } = exchange.settings
    const headers = exchange.headersFor(wire, contentType)
    if (miss === 0) {
      const answer = exchange.response(wire).end()
      if (gzipReplies && acceptsGzip) reply.send(200, headers.gzip, this.#deflater.gzip(answer))
      else reply.send(200, headers.plain, answer)
      metrics.add(slots.bids, this.#writer.bidCount)
    } else if (exchange.settings.noBid === 'nbr') {
      metrics.inc(slots.noBids[-1 - miss]!)
      const { id } = this.#request
      reply.send(200, headers.plain, exchange.response(wire).noBid(id, nbrOf(miss)))
    } else this.#sendNothing(exchange, miss, reply)
    const seconds = (clock.elapsedMs() - receivedMs) / 1_000
    metrics.observe(slots.requestDuration[exchange.index]!, seconds)
  }

  #refuse(reply: Reply, reason: number, status: number, error: string): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.badRequests[reason]!)
    reply.send(status, jsonHeaders, errorBody(error))
  }

  #sendNothing(exchange: BidExchange, miss: number, reply: Reply): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.noBids[-1 - miss]!)
    reply.send(204, exchange.noBidHeaders, '')
  }

  /**
   * @param parked where it has waited; null the first time.
   * @returns 0 where the response holds a bid, the NoBid code that got furthest, or `awaitsProfile`.
   */
  #bid(
    exchange: BidExchange,
    wire: Wire,
    receivedMs: number,
    deadlineMs: number,
    parked: ParkedBid | null,
  ): number {
    const { clock } = this.#options
    const request = this.#request
    const catalogue = this.#catalogue
    if (catalogue === null) return NoBid.notReady
    const refusal = exchange.admission.refusal(request)
    if (refusal !== 0) return refusal
    const { rates } = catalogue.snapshot
    const currency = responseCurrency(request, exchange.settings.currency, rates)
    if (currency === '') return NoBid.unknownCurrency
    const parsedMs = parked === null ? clock.elapsedMs() : parked.parsedMs
    if (parsedMs >= deadlineMs) return this.#timeOut('profile')

    const nowMs = clock.nowMs()
    const recogniser = this.#recogniser
    const profile =
      parked === null
        ? recogniser.recognise(request, exchange.settings)
        : recogniser.recogniseFetched(request, exchange.settings, parked.fetch!)
    if (recogniser.isPending) {
      if (this.#parked.mayWait(deadlineMs)) return awaitsProfile
      recogniser.settle(request, profile)
    }
    const recognisedMs = clock.elapsedMs()
    if (recognisedMs >= deadlineMs) return this.#timeOut('decide')
    this.#writer.begin(exchange, wire, request, catalogue, currency, nowMs)
    const place = rates.indexOf(currency)
    this.#decider.begin(request, exchange.settings, place, catalogue, profile, nowMs)
    let miss: number = 0
    for (let i = 0; i < request.impressionCount; i++) {
      const code = this.#bidOn(i, exchange, catalogue)
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
    return this.#writer.bidCount > 0 ? 0 : miss
  }

  /**
   * Bids on one impression: under a deal first, on the open market where none is bought under or the
   * exchange takes both; a dynamic pod is filled ad by ad.
   *
   * @returns 0, or why there is no (further) bid.
   */
  #bidOn(index: number, exchange: BidExchange, catalogue: LiveCatalogue): number {
    const decider = this.#decider
    const impression = this.#request.impressions[index]!
    if (impression.secure && !this.#isSecure) return NoBid.insecure
    if (isUnrendered(this.#request)) return NoBid.transparencyNotRendered
    const pod = this.#podOf(index)
    const { video, audio } = impression
    const { podDurationS, maxSequence } = video.podDurationS > 0 ? video : audio
    const isDynamic = podDurationS > 0
    let secondsLeft = isDynamic ? podDurationS : Number.POSITIVE_INFINITY
    let adsLeft = isDynamic ? Math.min(podAdCountMax, maxSequence || podAdCountMax) : 2
    while (adsLeft > 0 && this.#writer.bidCount < bidCountMax - 1) {
      let filledSeconds = 0
      let code: number = NoBid.dealsOnly
      if (impression.dealCount > 0) {
        code = decider.decideDeals(impression, pod, secondsLeft)
        if (code >= 0) {
          filledSeconds += this.#write(impression, catalogue)
          adsLeft--
        }
      }
      if ((code < 0 || exchange.settings.multiBid) && !impression.dealsOnly && adsLeft > 0) {
        // The exchange may take both, so both must fit.
        const open = decider.decide(impression, pod, secondsLeft - filledSeconds)
        if (open >= 0) {
          filledSeconds += this.#write(impression, catalogue)
          adsLeft--
        }
        if (code < 0) code = open
      }
      if (code < 0) return code
      // A banner for a pod's slot fills nothing of it.
      if (!isDynamic || filledSeconds === 0) break
      secondsLeft -= filledSeconds
    }
    return 0
  }

  /** What was decided last becomes a bid. @returns seconds that it plays; 0 for other formats. */
  #write(impression: Impression, { snapshot }: LiveCatalogue): number {
    this.#writer.write(this.#decider, impression)
    const { media } = this.#decider
    return media < 0 ? 0 : snapshot.media.durationSeconds[media]!
  }

  /** Place of the first impression of the same pod; -1 outside of pods. */
  #podOf(index: number): number {
    const request = this.#request
    const { video, audio } = request.impressions[index]!
    const id = video.podId !== '' ? video.podId : audio.podId
    if (id === '') return video.podDurationS > 0 || audio.podDurationS > 0 ? index : -1
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
    this.#writer.cancel()
    return this.#timeOut('encode')
  }
}
