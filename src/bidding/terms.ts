import type { Deal } from '../openrtb/offers.js'
import { AuctionType } from '../openrtb/request.js'

/** What of an exchange's settings a decision depends on. */
export interface ExchangeTerms {
  readonly name: string
  /** Our seat there. */
  readonly seat: string
  readonly auctionTypeDefault: 1 | 2
  /** What its own auction types are, by number. */
  readonly auctionTypes: Readonly<Record<string, 1 | 2>>
  /** Ids of shops that don't advertise there. */
  readonly blockedShops: readonly string[]
  /** VAST version that is written where a request names none, as in `protocols`. */
  readonly videoProtocolDefault: number
}

/** @param sent `at` of the deal, else of the request; 0 where neither says. @returns one of `AuctionType`. */
export function auctionTypeOf(sent: number, terms: ExchangeTerms): number {
  if (sent >= AuctionType.firstPrice && sent <= AuctionType.fixedPrice) return sent
  if (sent === 0) return terms.auctionTypeDefault
  return terms.auctionTypes[sent] ?? terms.auctionTypeDefault
}

/** Whether our seat may buy under the deal. */
export const isOurDeal = (deal: Deal, seat: string): boolean =>
  deal.seats.length === 0 || deal.seats.includes(seat)
