import { type Format, mediaOf } from './formats.js'
import {
  fieldOf,
  type LooseDeal,
  type LooseImp,
  type LoosePlayFloors,
  numberOf,
  objectsIn,
} from './wire.js'

/** As they stand in the request: any type, absent for none and USD. */
export interface LooseFloor {
  readonly bidfloor?: unknown
  readonly bidfloorcur?: unknown
}

/**
 * The floor that holds for a bid (OpenRTB 2.6, section 7.7): the deal's own, else the player's by
 * duration, else the impression's. A deal's currency is not the impression's.
 *
 * @param seconds  that the ad plays; NaN where it doesn't, or doesn't say.
 */
export function floorFor(
  imp: LooseImp,
  deal: LooseDeal | null,
  format: Format,
  seconds: number,
): LooseFloor {
  if (deal !== null) {
    const { bidfloorcur } = deal
    return { bidfloor: playFloor(deal, seconds) ?? deal.bidfloor, bidfloorcur }
  }
  const media = mediaOf(imp, format)
  const own = media === null ? null : playFloor(media, seconds)
  return { bidfloor: own ?? imp.bidfloor, bidfloorcur: imp.bidfloorcur }
}

/** Whether a floor depends on how long the ad plays. */
export const hasPlayFloors = ({ mincpmpersec, durfloors }: LoosePlayFloors): boolean =>
  numberOf(mincpmpersec) > 0 || objectsIn(durfloors).length > 0

/** The higher of what a second costs and what the range of durations does; null where neither says. */
function playFloor(from: LoosePlayFloors, seconds: number): number | null {
  if (!(seconds > 0)) return null
  const floors = objectsIn(from.durfloors)
    .filter((range) => isWithin(seconds, range))
    .map((range) => numberOf(fieldOf(range, 'bidfloor')))
  const perSecond = numberOf(from.mincpmpersec)
  if (perSecond > 0) floors.push(perSecond * seconds)
  const known = floors.filter((floor) => floor > 0)
  return known.length === 0 ? null : Math.max(...known)
}

const isWithin = (seconds: number, range: object): boolean => {
  const from = numberOf(fieldOf(range, 'mindur'))
  const to = numberOf(fieldOf(range, 'maxdur'))
  return !(seconds < from) && !(seconds > to)
}
