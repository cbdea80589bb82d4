import type { CpmMicros } from '../base/money.js'

/** Why a bid lost (OpenRTB 2.6, list "Loss Reason Codes"), as far as we give reasons. */
export const LossCode = {
  Won: 0,
  ImpressionExpired: 2,
  InvalidResponse: 3,
  InvalidDeal: 4,
  InvalidAdvertiserDomain: 6,
  MissingMarkup: 7,
  MissingCreativeId: 8,
  MissingPrice: 9,
  BelowFloor: 100,
  BelowDealFloor: 101,
  HigherBid: 102,
  SeatBlocked: 104,
  CreativeFiltered: 200,
  Size: 203,
  Format: 204,
  AdvertiserExclusion: 205,
  AppExclusion: 206,
  NotSecure: 207,
  Language: 208,
  Category: 209,
  Attribute: 210,
  AdType: 211,
  NotAllowedInDeal: 213,
} as const
export type LossCode = (typeof LossCode)[keyof typeof LossCode]

/** OpenRTB's `at`; anything else is treated as a second-price auction. */
export const AuctionType = { FirstPrice: 1, SecondPrice: 2, FixedPrice: 3 } as const

/** What a winner pays above the second price: 0.01 of the currency per 1,000 impressions. */
export const incrementMicros = 10_000 as CpmMicros

/** A bid of the bidder under test, in micros of the auction's currency like all amounts here. */
export interface Entry {
  readonly cpmMicros: CpmMicros
  /** What this bid has to reach: its deal's floor, or the impression's. */
  readonly floorMicros: CpmMicros
  /** By which rule it pays: its deal's, or the auction's. */
  readonly auctionType: number
  readonly isDeal: boolean
  /** Not 0: the exchange doesn't let it take part. */
  readonly refusedFor: LossCode
}

export interface Outcome {
  /** `LossCode.Won` or why not. */
  readonly lossCode: LossCode
  /** What the winner, whoever that is, pays; -1 where nobody won. */
  readonly clearingMicros: CpmMicros | -1
  /** `${AUCTION_MIN_TO_WIN}`: the bid that would have tied; -1 where that has no meaning. */
  readonly minToWinMicros: CpmMicros | -1
}

/** What the winner of an auction pays. Never above `bid`. */
export function clearingPrice(terms: {
  readonly auctionType: number
  readonly bid: CpmMicros
  /** The best of the other bids; 0 where there is none. */
  readonly second: CpmMicros
  /** 0 where there is none. */
  readonly floor: CpmMicros
}): CpmMicros {
  const { auctionType, bid, second, floor } = terms
  if (auctionType === AuctionType.FirstPrice) return bid
  if (auctionType === AuctionType.FixedPrice) return Math.min(bid, floor) as CpmMicros
  return Math.min(bid, Math.max(second, floor) + incrementMicros) as CpmMicros
}

/**
 * Auctions one impression off. The highest bid wins; among equal ones an entry before a rival's, and
 * the earlier entry.
 *
 * @param rivals  bids of the others; those under `floor` don't take part.
 * @returns one outcome for each entry, in their order.
 */
export function holdAuction(
  entries: readonly Entry[],
  rivals: readonly CpmMicros[],
  floor: CpmMicros,
): readonly Outcome[] {
  const verdicts = entries.map(admissionOf)
  const bids = [
    ...entries
      .map((entry, index) => ({ cpm: entry.cpmMicros, entry, index }))
      .filter(({ index }) => verdicts[index] === LossCode.Won),
    ...rivals.filter((cpm) => cpm >= floor).map((cpm) => ({ cpm, entry: null, index: -1 })),
  ].sort((a, b) => b.cpm - a.cpm)
  const winner = bids[0]
  if (winner === undefined)
    return verdicts.map((lossCode) => ({ lossCode, clearingMicros: -1, minToWinMicros: -1 }))

  const second = bids[1]?.cpm ?? (0 as CpmMicros)
  const winnersFloor = winner.entry?.floorMicros ?? floor
  const clearingMicros = clearingPrice({
    auctionType: winner.entry?.auctionType ?? AuctionType.SecondPrice,
    bid: winner.cpm,
    second,
    floor: winnersFloor,
  })
  return verdicts.map((lossCode, index): Outcome => {
    if (lossCode !== LossCode.Won) return { lossCode, clearingMicros, minToWinMicros: -1 }
    if (index !== winner.index)
      return { lossCode: LossCode.HigherBid, clearingMicros, minToWinMicros: winner.cpm }
    const minToWinMicros = Math.max(second, winnersFloor) as CpmMicros
    return { lossCode, clearingMicros, minToWinMicros }
  })
}

function admissionOf(entry: Entry): LossCode {
  if (entry.refusedFor !== LossCode.Won) return entry.refusedFor
  if (entry.cpmMicros >= entry.floorMicros) return LossCode.Won
  return entry.isDeal ? LossCode.BelowDealFloor : LossCode.BelowFloor
}
