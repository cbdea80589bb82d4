import { type CpmMicros, cpmMicros } from '../base/money.js'
import { AuctionType, LossCode } from './auction.js'
import { floorMicros } from './currencies.js'
import { isDomainWithin } from './domains.js'
import { floorFor } from './floors.js'
import { secondsOf } from './formats.js'
import type { BidContext, BidRule } from './rule.js'
import { dealOf, fieldOf, isFlagSet, type LooseDeal, numberOf, textOf, textsIn } from './wire.js'

export const priceRules: readonly BidRule[] = [
  {
    rule: 'price-positive',
    number: 23,
    lossCode: LossCode.MissingPrice,
    find: ({ bid: { price } }) =>
      typeof price === 'number' && Number.isFinite(price) && price > 0 ? null : `${price}`,
  },
  // The auction itself refuses these two, with a code for the floor or the deal's floor.
  {
    rule: 'price-at-least-floor',
    number: 32,
    lossCode: LossCode.Won,
    find: (context) => (dealIn(context) === null ? findBelowFloor(context) : null),
  },
  {
    rule: 'price-at-least-deal-floor',
    number: 77,
    lossCode: LossCode.Won,
    find: (context) => (dealIn(context) === null ? null : findBelowFloor(context)),
  },
  {
    rule: 'price-is-agreed',
    number: 78,
    lossCode: LossCode.NotAllowedInDeal,
    find: findOtherPrice,
  },
  {
    rule: 'deal-offered',
    number: 77,
    lossCode: LossCode.InvalidDeal,
    find: (context) =>
      context.bid.dealid === undefined || dealIn(context) !== null ? null : `${context.bid.dealid}`,
  },
  {
    rule: 'deal-needed',
    number: 76,
    lossCode: LossCode.InvalidDeal,
    find: ({ imp, bid }) =>
      bid.dealid === undefined && isFlagSet(fieldOf(imp.pmp, 'private_auction'))
        ? 'private_auction is 1'
        : null,
  },
  { rule: 'deal-for-buyer', number: 79, lossCode: LossCode.NotAllowedInDeal, find: findOtherBuyer },
]

const dealIn = ({ imp, bid }: BidContext): LooseDeal | null => dealOf(imp, bid)

/** Between currencies, bidder and exchange may round a millionth differently. */
const conversionSlack = 1e-6

interface PriceAndFloor {
  readonly price: CpmMicros
  /** -1 where it can't be converted. */
  readonly floor: CpmMicros | -1
  /** Share of the floor by which two sums may differ. */
  readonly slack: number
  readonly text: string
}

function priceAndFloor(context: BidContext): PriceAndFloor {
  const { imp, bid, currency, rates, format, markup } = context
  const asked = floorFor(imp, dealIn(context), format, secondsOf(bid, markup))
  const { bidfloor, bidfloorcur = 'USD' } = asked
  const isSameCurrency = textOf(bidfloorcur).toUpperCase() === currency
  return {
    price: cpmMicros(numberOf(bid.price)),
    floor: floorMicros(bidfloor, bidfloorcur, currency, rates),
    slack: isSameCurrency ? 0 : conversionSlack,
    text: `${bid.price} ${currency}, floor ${bidfloor} ${bidfloorcur}`,
  }
}

function findBelowFloor(context: BidContext): string | null {
  const { price, floor, slack, text } = priceAndFloor(context)
  // What is no price at all breaks a rule of its own.
  return floor < 0 || !(price > 0) || price >= floor * (1 - slack) ? null : text
}

function findOtherPrice(context: BidContext): string | null {
  if (numberOf(dealIn(context)?.at) !== AuctionType.FixedPrice) return null
  const { price, floor, slack, text } = priceAndFloor(context)
  // Below is what the rule before says.
  return floor <= 0 || price <= floor * (1 + slack) + (slack > 0 ? 1 : 0) ? null : text
}

function findOtherBuyer(context: BidContext): string | null {
  const { bid, seat } = context
  const deal = dealIn(context)
  const seats = textsIn(deal?.wseat)
  if (seats.length > 0 && !seats.includes(textOf(seat))) return `${seat} is not in the deal's wseat`
  const domains = textsIn(deal?.wadomain)
  if (domains.length === 0) return null
  const other = textsIn(bid.adomain).find(
    (it) => !domains.some((domain) => isDomainWithin(it, domain)),
  )
  return other === undefined ? null : `${other} is not in the deal's wadomain`
}
