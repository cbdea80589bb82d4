import { clearDeal, clearDeals, empty } from './clear.js'
import { floorMicros } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { Normal, readKnownText, readKnownTexts } from './json-known-texts.js'
import { endItems, enter, firstItem, isItem, next, nextItem, skip } from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { readCount, readFlag, readName, readNumber } from './json-values.js'
import { dealCountMax } from './offers.js'
import { readDurationFloors } from './parse-media.js'
import type { Impression } from './request.js'

const Key = keyNumbers
const Form = Normal
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const openBracket = 91
const found = scanned

/** `imp.pmp`. @param at an opening brace. */
export function readPrivateMarket(at: number, impression: Impression): number {
  clearDeals(impression)
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.private_auction) {
      at = readFlag(at)
      impression.dealsOnly = found.flag === 1
    } else if (key === Key.deals) at = readDeals(at, impression)
    else at = skip(at)
  }
  return at
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
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.id:
        at = readName(at)
        deal.id = found.text
        break
      case Key.bidfloor:
        at = readNumber(at)
        deal.floorCpmMicros = floorMicros(found.number)
        break
      case Key.bidfloorcur:
        at = readKnownText(at, Form.upper)
        deal.floorCurrency = found.text || 'USD'
        break
      case Key.at:
        at = readCount(at)
        deal.auctionType = found.count
        break
      case Key.wseat:
        empty(deal.seats)
        at = readKnownTexts(at, deal.seats, Form.asIs)
        break
      case Key.wadomain:
        empty(deal.advertiserDomains)
        at = readKnownTexts(at, deal.advertiserDomains, Form.domain)
        break
      case Key.guar:
        at = readFlag(at)
        deal.isGuaranteed = found.flag === 1
        break
      case Key.mincpmpersec:
        at = readNumber(at)
        deal.minCpmPerSecondMicros = floorMicros(found.number)
        break
      case Key.durfloors:
        at = readDurationFloors(at, deal.durationFloors)
        break
      default:
        at = skip(at)
    }
  }
  if (deal.id !== '') impression.dealCount++
  return at
}
