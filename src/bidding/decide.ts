import type { CostNanos, CpmMicros } from '../base/money.js'
import type { Bitmap } from '../catalogue/bitmaps.js'
import { has } from '../catalogue/bitmaps.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import type { ClickRate } from './click-rate.js'
import type { LiveRows } from './live.js'
import { NoBid } from './no-bid.js'
import { priceFor } from './price.js'
import { Query } from './query.js'
import { valueCpmMicros } from './value.js'

/** What may be spent; ledger's wallet is one. Amounts in nanos of the account's own currency. */
export interface Funds {
  available(account: number): number
  /** A bid of this cost was passed over for lack of money: get more, if there is any. */
  want(account: number, cost: CostNanos): void
  /** @returns a sequence number (>= 1), the cost set aside; or a negative code and nothing changed. */
  reserve(account: number, cost: CostNanos, nowMs: number): number
  /** The bid was not sent after all. */
  cancel(sequence: number): void
}

/** A snapshot with what goes with it in one process. */
export interface LiveCatalogue {
  readonly snapshot: Snapshot
  /** By row: the campaign's account in the ledger. */
  readonly accounts: Int32Array
  readonly live: LiveRows
}

/**
 * Chooses, for one impression after the other, the campaign that pays most among those that may show
 * there and can afford it, and sets its cost aside.
 *
 * Exact, and yet it reads only the beginning of each order: campaigns of shops that don't know the
 * person in falling order of what they pay for a stranger, then those of each shop that does, valued
 * with its own slice, in falling order of what they could pay; up to the first that can't beat the
 * best found. Allocates nothing, waits for nothing,
 * reads no clock. The result stands in the fields until the next call.
 */
export class Decider {
  /** Row of the campaign that bids, or a NoBid code. */
  row = NoBid.noCampaign as number
  sizeIndex = 0
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
  /** Generation in which a shop was last found to know the person: no clearing between requests. */
  #knownIn = new Uint32Array(0)
  #generation = 0
  readonly #segments: Bitmap[] = []
  readonly #segmentsExcluded: Bitmap[] = []

  #catalogue!: LiveCatalogue
  #request!: BidRequest
  #profile: Profile | null = null
  #currency = 0
  #nowMs = 0
  #bestCommonMicros = 0
  #bestValueMicros = 0
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
    exchange: string,
    currency: number,
    catalogue: LiveCatalogue,
    profile: Profile | null,
    nowMs: number,
  ): void {
    this.#catalogue = catalogue
    this.#request = request
    this.#profile = profile
    this.#currency = currency
    this.#nowMs = nowMs
    this.#query.forRequest(request, catalogue.snapshot, exchange, catalogue.live.at(nowMs))
    if (profile !== null) this.#markKnownShops(profile, catalogue.snapshot)
  }

  /** @returns `row`: a campaign's row with its cost set aside, or a NoBid code. */
  decide(impression: Impression): number {
    const { snapshot } = this.#catalogue
    this.row = NoBid.noCampaign
    if (!impression.hasBanner) return this.#refuse(NoBid.unsupportedFormat)
    if (impression.dealsOnly) return this.#refuse(NoBid.dealsOnly)
    const floorCurrency = snapshot.rates.indexOf(impression.floorCurrency)
    if (floorCurrency < 0 && impression.floorCpmMicros > 0)
      return this.#refuse(NoBid.unknownCurrency)
    if (!this.#query.forImpression(this.#request, impression, snapshot, this.#clickRate))
      return this.#refuse(NoBid.unsupportedFormat)

    this.#miss = NoBid.noCampaign
    // A bid has to reach the floor first; where there is none its currency may be unknown.
    this.#bestCommonMicros =
      impression.floorCpmMicros === 0
        ? 0
        : impression.floorCpmMicros * snapshot.rates.rate(floorCurrency, 0)
    // Strangers' values first: they are found at once, and then little of the known shops' is left to try.
    this.#searchStrangers(snapshot)
    if (this.#profile !== null) this.#searchKnownShops(this.#profile, snapshot)
    if (this.row < 0) return this.#refuse(this.#miss)
    return this.#reserve(impression, floorCurrency, snapshot)
  }

  #refuse(code: number): number {
    this.row = code
    return code
  }

  #markKnownShops(profile: Profile, snapshot: Snapshot): void {
    if (this.#knownIn.length < snapshot.shops.length)
      this.#knownIn = new Uint32Array(snapshot.shops.length)
    this.#generation = (this.#generation + 1) >>> 0
    for (let i = 0; i < profile.slices.length; i++) {
      const shop = snapshot.shopIndexOf(profile.slices[i]!.shopKey)
      if (shop >= 0) this.#knownIn[shop] = this.#generation
    }
  }

  /** The campaigns of each shop that knows the person, by what they could pay at most. */
  #searchKnownShops(profile: Profile, snapshot: Snapshot): void {
    const clicksMost = this.#query.clickRates[0]! * 1_000
    for (let i = 0; i < profile.slices.length; i++) {
      const slice = profile.slices[i]!
      const shop = snapshot.shopIndexOf(slice.shopKey)
      if (shop < 0) continue
      this.#gatherSegments(slice, snapshot)
      const cpcStart = snapshot.shopCpcStart[shop]!
      const end = snapshot.shopEnd[shop]!
      for (let at = snapshot.shopCpmStart[shop]!; at < end; at++) {
        const row = snapshot.shopRows[at]!
        const boundMicros = snapshot.personBoundMicros[row]! * (at < cpcStart ? 1 : clicksMost)
        if (this.#cannotBeat(boundMicros)) {
          if (this.row < 0 && boundMicros > 0) this.#missed(NoBid.belowFloor)
          if (at >= cpcStart) break
          at = cpcStart - 1
        } else if (this.#isInSegments(row) && this.#query.matches(row))
          this.#consider(row, slice, snapshot)
      }
    }
  }

  #searchStrangers(snapshot: Snapshot): void {
    this.#searchLane(0, snapshot.cpcStart >>> 5, 1, snapshot)
    const clicksMost = this.#query.clickRates[0]! * 1_000
    this.#searchLane(snapshot.cpcStart >>> 5, snapshot.rowCount >>> 5, clicksMost, snapshot)
  }

  #searchLane(from: number, to: number, scale: number, snapshot: Snapshot): void {
    const { strangerBoundMicros, strangers, shopOf } = snapshot
    for (let word = from; word < to; word++) {
      const boundMicros = strangerBoundMicros[word << 5]! * scale
      if (this.#cannotBeat(boundMicros)) {
        if (this.row < 0 && boundMicros > 0) this.#missed(NoBid.belowFloor)
        return
      }
      // Clears the lowest set bit each time round, so the loop ends after one turn per match.
      for (let bits = this.#query.word(word) & strangers[word]!; bits !== 0; bits &= bits - 1) {
        const row = (word << 5) | (31 - Math.clz32(bits & -bits))
        if (this.#profile === null || this.#knownIn[shopOf[row]!] !== this.#generation)
          this.#consider(row, null, snapshot)
      }
    }
  }

  /** Equal is enough as long as nothing was found: a bid at the floor is allowed. */
  #cannotBeat(commonMicros: number): boolean {
    return (
      commonMicros < this.#bestCommonMicros ||
      (commonMicros === this.#bestCommonMicros && (this.row >= 0 || commonMicros === 0))
    )
  }

  #consider(row: number, slice: BidSlice | null, snapshot: Snapshot): void {
    let size = 0
    while (size < this.#query.sizeIndexCount - 1) {
      if (has(snapshot.bySize[this.#query.sizeIndexes[size]!]!, row)) break
      size++
    }
    const clickRate = this.#query.clickRates[size]!
    const valueMicros = valueCpmMicros(snapshot, row, clickRate, slice, this.#nowMs)
    const commonMicros = valueMicros * snapshot.toCommon[row]!
    if (this.#cannotBeat(commonMicros)) {
      if (this.row < 0) this.#missed(NoBid.belowFloor)
    } else if (this.#funds.available(this.#catalogue.accounts[row]!) < valueMicros) {
      this.#funds.want(this.#catalogue.accounts[row]!, valueMicros as CostNanos)
      this.#missed(NoBid.noBudget)
    } else {
      this.row = row
      this.slice = slice
      this.sizeIndex = this.#query.sizeIndexes[size]!
      this.#bestCommonMicros = commonMicros
      this.#bestValueMicros = valueMicros
    }
  }

  /** Keeps the reason that stands furthest down the request's way. */
  #missed(code: number): void {
    if (code < this.#miss) this.#miss = code
  }

  #reserve(impression: Impression, floorCurrency: number, snapshot: Snapshot): number {
    const row = this.row
    const { rates } = snapshot
    const shopCurrency = rates.indexOf(snapshot.shops[snapshot.shopOf[row]!]!.currency)
    const price = priceFor(
      this.#bestValueMicros,
      rates.rate(shopCurrency, this.#currency),
      impression.floorCpmMicros,
      floorCurrency < 0 ? 1 : rates.rate(floorCurrency, this.#currency),
      this.#request.auctionType,
    )
    if (price < 0) return this.#refuse(NoBid.belowFloor)
    // A part of a nano more rather than less: what is set aside must cover what may be charged.
    const cost = Math.ceil(price * rates.rate(this.#currency, shopCurrency))
    this.costNanos = Math.min(cost, this.#bestValueMicros) as CostNanos
    this.priceCpmMicros = price as CpmMicros
    if (this.#request.test) {
      this.sequence = 0
      return row
    }
    const account = this.#catalogue.accounts[row]!
    this.sequence = this.#funds.reserve(account, this.costNanos, this.#nowMs)
    if (this.sequence > 0) return row
    return this.#refuse(this.sequence === -1 ? NoBid.noBudget : NoBid.tooManyReservations)
  }

  #gatherSegments(slice: BidSlice, snapshot: Snapshot): void {
    let included = 0
    let excluded = 0
    this.#segments[included++] = snapshot.withoutSegment
    for (let i = 0; i < slice.segmentKeys.length; i++) {
      if (slice.segmentExpiresAtMs[i]! <= this.#nowMs) continue
      const rows = snapshot.bySegment.get(slice.segmentKeys[i]!)
      if (rows !== undefined) this.#segments[included++] = rows
      const rowsExcluded = snapshot.bySegmentExcluded.get(slice.segmentKeys[i]!)
      if (rowsExcluded !== undefined) this.#segmentsExcluded[excluded++] = rowsExcluded
    }
    this.#segments.length = included
    this.#segmentsExcluded.length = excluded
  }

  #isInSegments(row: number): boolean {
    let isIn = false
    for (let i = 0; i < this.#segments.length; i++) isIn ||= has(this.#segments[i]!, row)
    for (let i = 0; i < this.#segmentsExcluded.length; i++)
      if (has(this.#segmentsExcluded[i]!, row)) return false
    return isIn
  }
}
