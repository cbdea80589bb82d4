import { AuctionType } from '../openrtb/request.js'

/**
 * The CPM that is sent for a campaign's value, in micros of the response's currency.
 *
 * The bid is the value itself: in a second-price auction that is what pays best, and the exchange
 * charges less. Where the floor is the agreed price (`at` 3) exactly that is bid.
 *
 * @param valueMicros   whole micros of the shop's currency.
 * @param toBid         from the shop's currency to the response's.
 * @param floorMicros   in the floor's currency; `floorToBid` takes it to the response's.
 * @returns whole micros >= the floor and <= the value; or -1 where no such price exists.
 */
export function priceFor(
  valueMicros: number,
  toBid: number,
  floorMicros: number,
  floorToBid: number,
  auctionType: number,
): number {
  const most = Math.floor(valueMicros * toBid)
  const least = Math.ceil(floorMicros * floorToBid)
  if (most < least || most <= 0) return -1
  return auctionType === AuctionType.fixedPrice && least > 0 ? least : most
}
