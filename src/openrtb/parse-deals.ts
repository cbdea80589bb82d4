import { clearDeal, clearDeals } from './clear.js'
import { countOf, floorMicros } from './complete.js'
import { keyNumbers } from './json-keys.js'
import { knownTextRead, Normal, readKnownText, readKnownTexts } from './json-known-texts.js'
import {
  endItems,
  endMembers,
  firstItem,
  firstMember,
  isItem,
  memberKey,
  memberValue,
  nextItem,
  nextMember,
  openBrace,
  openBracket,
  quote,
  skip,
} from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { flagRead, numberRead, readFlag, readName, readNumber, textRead } from './json-values.js'
import { dealCountMax } from './offers.js'
import { readDurationFloors } from './parse-media.js'
import type { Impression } from './request.js'

const Key = keyNumbers
const Form = Normal
const bytes = memoryBytes

/** `imp.pmp`. @param at an opening brace. */
export function readPrivateMarket(at: number, impression: Impression): number {
  clearDeals(impression)
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    const key = memberKey()
    if (key === Key.private_auction) {
      at = readFlag(at)
      impression.dealsOnly = flagRead() === 1
    } else if (key === Key.deals) at = readDeals(at, impression)
    else at = skip(at)
  }
  return endMembers(at)
}

function readDeals(at: number, impression: Impression): number {
  impression.dealCount = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at =
      bytes[at] === openBrace && impression.dealCount < dealCountMax
        ? readDeal(at, impression)
        : skip(at)
  return endItems(at)
}

/** One without an id couldn't be named in a bid: it is left out. */
function readDeal(at: number, impression: Impression): number {
  const deal = impression.dealAt(impression.dealCount)
  clearDeal(deal)
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    switch (memberKey()) {
      case 0:
        at = skip(at)
        break
      case Key.id:
        at = readName(at)
        deal.id = textRead()
        break
      case Key.bidfloor:
        at = readNumber(at)
        deal.floorCpmMicros = floorMicros(numberRead())
        break
      case Key.bidfloorcur:
        at = readKnownText(at, Form.upper)
        deal.floorCurrency = knownTextRead() || 'USD'
        break
      case Key.at:
        at = readNumber(at)
        deal.auctionType = countOf(numberRead())
        break
      case Key.wseat:
        deal.seats.length = 0
        at = readKnownTexts(at, deal.seats, Form.asIs)
        break
      case Key.wadomain:
        deal.advertiserDomains.length = 0
        at = readKnownTexts(at, deal.advertiserDomains, Form.domain)
        break
      case Key.guar:
        at = readFlag(at)
        deal.isGuaranteed = flagRead() === 1
        break
      case Key.mincpmpersec:
        at = readNumber(at)
        deal.minCpmPerSecondMicros = floorMicros(numberRead())
        break
      case Key.durfloors:
        at = readDurationFloors(at, deal.durationFloors)
        break
      default:
        at = skip(at)
    }
  }
  if (deal.id !== '') impression.dealCount++
  return endMembers(at)
}
