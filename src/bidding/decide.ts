import type { CostNanos, CpmMicros } from '../base/money.js'
import { has } from '../catalogue/bitmaps.js'
import { CreativeFormat } from '../catalogue/media.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { Deal } from '../openrtb/offers.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import type { ClickRate } from './click-rate.js'
import { CreativeFit } from './fit.js'
import type { Funds } from './funds.js'
import { KnownShops } from './known-shops.js'
import type { LiveCatalogue } from './live.js'
import { NoBid } from './no-bid.js'
import { Pods } from './pods.js'
import { priceFor } from './price.js'
import { Query } from './query.js'
import { SegmentFilter } from './segments.js'
import { auctionTypeOf, type ExchangeTerms, isOurDeal } from './terms.js'
import { valueCpmMicros } from './value.js'

/**
 * Chooses, for one impression after the other, the campaign that pays most among those that may show
 * there, have something to show and can afford it, and sets its cost aside.
 *
 * Exact, and yet it reads only the beginning of each order: campaigns of shops that don't know the
 * person in falling order of what they pay for a stranger, then those of each shop that does, valued
 * with its own slice, in falling order of what they could pay; up to the first that can't beat the
 * best found. Allocates nothing, waits for nothing, reads no clock. The result stands in the fields
 * until the next call.
 */
export class Decider {
  /** Row of the campaign that bids, or a NoBid code. */
  row = NoBid.noCampaign as number
  /** One of `CreativeFormat`. */
  format: number = CreativeFormat.banner
  /** Of a banner: index in catalogue/sizes. */
  sizeIndex = 0
  /** Of a video or spot: place in the snapshot's media table, and the VAST version to write. */
  media = -1
  protocol = 0
  /** Of a native ad: place in the product table. */
  product = -1
  /** The deal that is bought under; null for the open market. */
  deal: Deal | null = null
  /** The person as the winning campaign's shop knows it; null for a stranger. */
  slice: BidSlice | null = null
  /** What is bid, in the response's currency. */
  priceCpmMicros = 0 as CpmMicros
  /** What is set aside, in the shop's currency. */
  costNanos = 0 as CostNanos
  /** The reservation; see Funds. */
  sequence = 0

  readonly #clickRate: ClickRate
  readonly #funds: Funds
  readonly #query = new Query()
  readonly #pods = new Pods()
  readonly #fit = new CreativeFit(this.#pods)
  readonly #segments = new SegmentFilter()
  readonly #known = new KnownShops()

  #catalogue!: LiveCatalogue
  #request!: BidRequest
  #exchange!: ExchangeTerms
  #profile: Profile | null = null
  #currency = 0
  #nowMs = 0

  #impression!: Impression
  #searchedDeal: Deal | null = null
  #pod = -1
  #secondsLeft = 0
  /** Least that any creative must reach here, in the common currency; and the factor to get there. */
  #floorCommonMicros = 0
  #floorToCommon = 1
  #bestCommonMicros = 0
  #bestValueMicros = 0
  #bestFloorMicros = 0
  #miss: number = NoBid.noCampaign

  constructor(clickRate: ClickRate, funds: Funds) {
    this.#clickRate = clickRate
    this.#funds = funds
  }

  /**
   * Takes up a request. Nothing of `request`, `catalogue` or `profile` is kept after its last `decide`.
   *
   * @param currency index in the snapshot's rates of the currency that the response will have.
   */
  begin(
    request: BidRequest,
    exchange: ExchangeTerms,
    currency: number,
    catalogue: LiveCatalogue,
    profile: Profile | null,
    nowMs: number,
  ): void {
    const { snapshot } = catalogue
    this.#catalogue = catalogue
    this.#request = request
    this.#exchange = exchange
    this.#profile = profile
    this.#currency = currency
    this.#nowMs = nowMs
    const blocked = catalogue.blocked.get(exchange.name) ?? snapshot.none
    this.#query.forRequest(request, snapshot, exchange.name, catalogue.live.at(nowMs), blocked)
    this.#pods.begin()
    this.#fit.begin(exchange.videoProtocolDefault)
    if (profile !== null) this.#known.mark(profile, snapshot)
  }

  /**
   * The best bid without a deal.
   *
   * @param pod         see `Pods`; -1 outside of pods.
   * @param secondsLeft what is left of a dynamic pod; `Infinity` elsewhere.
   * @returns `row`: a campaign's row with its cost set aside, or a NoBid code.
   */
  decide(impression: Impression, pod = -1, secondsLeft = Number.POSITIVE_INFINITY): number {
    this.#open(impression, pod, secondsLeft)
    if (impression.dealsOnly) return this.#refuse(NoBid.dealsOnly)
    this.#search(null)
    return this.#close()
  }

  /** The best bid under any of the impression's deals; as `decide`. */
  decideDeals(impression: Impression, pod = -1, secondsLeft = Number.POSITIVE_INFINITY): number {
    const { snapshot } = this.#catalogue
    this.#open(impression, pod, secondsLeft)
    this.#miss = NoBid.dealsOnly
    for (let i = 0; i < impression.dealCount; i++) {
      const deal = impression.deals[i]!
      if (!isOurDeal(deal, this.#exchange.seat)) continue
      if (snapshot.hasDealForAll || snapshot.deal.has(deal.id)) this.#search(deal)
    }
    return this.#close()
  }

  #open(impression: Impression, pod: number, secondsLeft: number): void {
    this.row = NoBid.noCampaign
    this.deal = null
    this.#impression = impression
    this.#pod = pod
    this.#secondsLeft = secondsLeft
    this.#miss = 0
  }

  #search(deal: Deal | null): void {
    const { snapshot } = this.#catalogue
    const impression = this.#impression
    const { rates } = snapshot
    const floorMicros = deal === null ? impression.floorCpmMicros : deal.floorCpmMicros
    const floorCurrency = rates.indexOf(
      deal === null ? impression.floorCurrency : deal.floorCurrency,
    )
    const query = this.#query
    if (!query.forImpression(this.#request, impression, deal, snapshot, this.#clickRate)) {
      this.#missed(query.slots.miss)
      return
    }
    if (floorCurrency < 0 && floorMicros > 0) {
      this.#missed(NoBid.unknownCurrency)
      return
    }
    this.#missed(NoBid.noCampaign)
    this.#searchedDeal = deal
    // A video's own floor may still be in the unknown currency: nothing is known to reach it.
    this.#floorToCommon =
      floorCurrency < 0 ? Number.POSITIVE_INFINITY : rates.rate(floorCurrency, 0)
    // A video may have a floor by the second, below this one: it is looked at when its length is known.
    this.#floorCommonMicros =
      floorMicros === 0 || query.slots.hasMedia ? 0 : floorMicros * this.#floorToCommon
    // Strangers' values first: they are found at once, and then little of the known shops' is left to try.
    this.#searchStrangers(snapshot)
    if (this.#profile !== null) this.#searchKnownShops(this.#profile, snapshot)
  }

  #close(): number {
    return this.row < 0 ? this.#refuse(this.#miss) : this.#reserve(this.#catalogue.snapshot)
  }

  #refuse(code: number): number {
    this.row = code
    return code
  }

  /** The campaigns of each shop that knows the person, by what they could pay at most. */
  #searchKnownShops(profile: Profile, snapshot: Snapshot): void {
    const clicksMost = this.#query.slots.clickRates[0]! * 1_000
    for (let i = 0; i < profile.slices.length; i++) {
      const slice = profile.slices[i]!
      const shop = snapshot.shopIndexOf(slice.shopKey)
      if (shop < 0) continue
      this.#segments.gather(slice, snapshot, this.#nowMs)
      const cpcStart = snapshot.shopCpcStart[shop]!
      const end = snapshot.shopEnd[shop]!
      for (let at = snapshot.shopCpmStart[shop]!; at < end; at++) {
        const row = snapshot.shopRows[at]!
        const boundMicros = snapshot.personBoundMicros[row]! * (at < cpcStart ? 1 : clicksMost)
        if (this.#cannotBeat(boundMicros)) {
          if (boundMicros > 0) this.#missed(NoBid.belowFloor)
          if (at >= cpcStart) break
          at = cpcStart - 1
        } else if (this.#segments.lets(row) && this.#query.matches(row))
          this.#consider(row, slice, snapshot)
      }
    }
  }

  #searchStrangers(snapshot: Snapshot): void {
    this.#searchLane(0, snapshot.cpcStart >>> 5, 1, snapshot)
    const clicksMost = this.#query.slots.clickRates[0]! * 1_000
    this.#searchLane(snapshot.cpcStart >>> 5, snapshot.rowCount >>> 5, clicksMost, snapshot)
  }

  #searchLane(from: number, to: number, scale: number, snapshot: Snapshot): void {
    const { strangerBoundMicros, strangers, shopOf } = snapshot
    for (let word = from; word < to; word++) {
      const boundMicros = strangerBoundMicros[word << 5]! * scale
      if (this.#cannotBeat(boundMicros)) {
        if (boundMicros > 0) this.#missed(NoBid.belowFloor)
        return
      }
      // Clears the lowest set bit each time round, so the loop ends after one turn per match.
      for (let bits = this.#query.word(word) & strangers[word]!; bits !== 0; bits &= bits - 1) {
        const row = (word << 5) | (31 - Math.clz32(bits & -bits))
        if (this.#profile === null || !this.#known.has(shopOf[row]!))
          this.#consider(row, null, snapshot)
      }
    }
  }

  /** Equal to the floor is enough: a bid at the floor is allowed. Equal to the best is not. */
  #cannotBeat(commonMicros: number): boolean {
    return (
      commonMicros < this.#floorCommonMicros ||
      commonMicros === 0 ||
      (this.row >= 0 && commonMicros <= this.#bestCommonMicros)
    )
  }

  /** Takes the first slot, which is the one worth most, that the campaign fills and whose floor it reaches. */
  #consider(row: number, slice: BidSlice | null, snapshot: Snapshot): void {
    const { slots } = this.#query
    const fit = this.#fit
    for (let slot = 0; slot < slots.count; slot++) {
      if (!has(slots.rows[slot]!, row)) continue
      const rate = slots.clickRates[slot]!
      const valueMicros = valueCpmMicros(snapshot, row, rate, slice, this.#nowMs)
      const commonMicros = valueMicros * snapshot.toCommon[row]!
      // Nor would the slots that follow: they are worth less.
      if (this.#cannotBeat(commonMicros)) {
        this.#missed(NoBid.belowFloor)
        return
      }
      const format = slots.formats[slot]!
      if (!this.#finds(format, row, slice, snapshot)) this.#missed(NoBid.noCreative)
      else if (fit.floorMicros > 0 && commonMicros < fit.floorMicros * this.#floorToCommon)
        this.#missed(NoBid.belowFloor)
      else if (this.#funds.available(this.#catalogue.accounts[row]!) < valueMicros) {
        if (!this.#request.test)
          this.#funds.want(this.#catalogue.accounts[row]!, valueMicros as CostNanos)
        this.#missed(NoBid.noBudget)
        return
      } else {
        this.row = row
        this.slice = slice
        this.format = format
        this.sizeIndex = slots.sizeIndexes[slot]!
        this.media = fit.media
        this.protocol = fit.protocol
        this.product = fit.product
        this.deal = this.#searchedDeal
        this.#bestCommonMicros = commonMicros
        this.#bestValueMicros = valueMicros
        this.#bestFloorMicros = fit.floorMicros
        return
      }
    }
  }

  #finds(format: number, row: number, slice: BidSlice | null, snapshot: Snapshot): boolean {
    return this.#fit.find(
      format,
      row,
      slice,
      this.#request,
      this.#impression,
      this.#searchedDeal,
      snapshot,
      this.#pod,
      this.#secondsLeft,
    )
  }

  /** Keeps the reason that stands furthest down the request's way. */
  #missed(code: number): void {
    if (code < this.#miss) this.#miss = code
  }

  #reserve(snapshot: Snapshot): number {
    const { row, deal } = this
    const { rates } = snapshot
    const shop = snapshot.shopOf[row]!
    const shopCurrency = rates.indexOf(snapshot.shops[shop]!.currency)
    const floorCurrency = rates.indexOf(
      deal === null ? this.#impression.floorCurrency : deal.floorCurrency,
    )
    const asked =
      deal === null || deal.auctionType === 0 ? this.#request.auctionType : deal.auctionType
    const price = priceFor(
      this.#bestValueMicros,
      rates.rate(shopCurrency, this.#currency),
      this.#bestFloorMicros,
      floorCurrency < 0 ? 1 : rates.rate(floorCurrency, this.#currency),
      auctionTypeOf(asked, this.#exchange),
    )
    if (price < 0) return this.#refuse(NoBid.belowFloor)
    // A part of a nano more rather than less: what is set aside must cover what may be charged.
    const cost = Math.ceil(price * rates.rate(this.#currency, shopCurrency))
    this.costNanos = Math.min(cost, this.#bestValueMicros) as CostNanos
    this.priceCpmMicros = price as CpmMicros
    if (this.#request.test) this.sequence = 0
    else {
      const account = this.#catalogue.accounts[row]!
      this.sequence = this.#funds.reserve(account, this.costNanos, this.#nowMs)
      if (this.sequence < 0)
        return this.#refuse(this.sequence === -1 ? NoBid.noBudget : NoBid.tooManyReservations)
    }
    this.#pods.use(this.#pod, shop, this.media)
    return row
  }
}
