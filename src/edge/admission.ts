import { NoBid } from '../bidding/no-bid.js'
import type { Networks } from '../openrtb/networks.js'
import type { BidRequest } from '../openrtb/request.js'
import { supplyChainVerdict } from '../openrtb/supply-chain.js'
import { agentOf } from '../openrtb/user-agent.js'
import type { Exchange } from './exchange.js'

/**
 * What keeps us from bidding on anything of a request, whoever the person is and whatever is offered:
 * agreed with the exchange or set by the operator. Worked out once for each exchange.
 */
export class Admission {
  readonly #seat: string
  readonly #publishers: ReadonlySet<string>
  readonly #sites: ReadonlySet<string>
  readonly #supplyChain: Exchange['supplyChain']
  readonly #networks: Networks

  constructor(exchange: Exchange, networks: Networks) {
    this.#seat = exchange.seat
    this.#publishers = new Set(exchange.blockedPublishers)
    this.#sites = new Set(exchange.blockedSites)
    this.#supplyChain = exchange.supplyChain
    this.#networks = networks
  }

  /** @returns 0 where we may bid, else a NoBid code. */
  refusal(request: BidRequest): number {
    if (!mayBuy(request, this.#seat)) return NoBid.seatBlocked
    if (this.#publishers.size > 0 && this.#publishers.has(request.publisherId))
      return NoBid.placeBlocked
    if (this.#sites.size > 0 && this.#isBlockedSite(request)) return NoBid.placeBlocked
    if (request.userAgent !== '' && agentOf(request.userAgent).isCrawler) return NoBid.crawler
    if (request.ip !== '' && this.#networks.has(request.ip)) return NoBid.networkBlocked
    const verdict = supplyChainVerdict(request, this.#supplyChain)
    if (verdict === 0) return 0
    return verdict === 16 ? NoBid.supplyChainIncomplete : NoBid.supplyChainBlocked
  }

  /** A host also stands for those below it; an app is known by its id in the store. */
  #isBlockedSite({ domain, bundle, placeId }: BidRequest): boolean {
    if (this.#sites.has(bundle) || this.#sites.has(placeId)) return true
    for (let name = domain; name !== ''; ) {
      if (this.#sites.has(name)) return true
      const dot = name.indexOf('.')
      name = dot < 0 ? '' : name.slice(dot + 1)
    }
    return false
  }
}

function mayBuy(request: BidRequest, seat: string): boolean {
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

/** The exchange's auction is over after this long; an answer later than that is worth nothing. */
const auctionMs = 100

/** Time that an answer may take us, its way to the exchange taken off; 0 or less where there is none. */
export function answerMsMax(
  { tmaxMs }: BidRequest,
  { tmaxDefaultMs, networkMarginMs }: Exchange,
): number {
  return Math.min(tmaxMs > 0 ? tmaxMs : tmaxDefaultMs, auctionMs) - networkMarginMs
}

/** Whether an advert would have to show itself who pays for it (Digital Services Act), which ours don't. */
export const isUnrendered = ({ dsaRequired, dsaPublisherRenders }: BidRequest): boolean =>
  dsaRequired >= 2 && dsaPublisherRenders === 0
