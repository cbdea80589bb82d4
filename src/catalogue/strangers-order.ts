/** More products of one shop than this are never shown to people it knows nothing of. */
export const strangersListMax = 1_024

/** What the order depends on, by product. */
export interface Shelf {
  /** Numbers below `categoryCount`. */
  readonly category: Int32Array
  readonly categoryCount: number
  /** What the shop keeps of the price, 0 to 1. */
  readonly margin: Float64Array
}

/**
 * The first products that are shown to somebody of whom the shop knows nothing: the best margin
 * first, but one of each category in turn, as a stranger's taste is not known. Ties keep the feed's
 * order.
 *
 * @param count products to choose from: places below it. @param isShown of a place.
 * @returns places, `strangersListMax` at most.
 */
export function strangersOrder(
  { category, categoryCount, margin }: Shelf,
  count: number,
  isShown: (place: number) => boolean,
): Int32Array {
  const { places, start } = byCategory(category, categoryCount, count, isShown)
  const better = (a: number, b: number): number => margin[b]! - margin[a]! || a - b
  for (let c = 0; c < categoryCount; c++) places.subarray(start[c], start[c + 1]).sort(better)
  const order: number[] = []
  for (let turn = 0; order.length < strangersListMax; turn++) {
    const round: number[] = []
    for (let c = 0; c < categoryCount; c++)
      if (start[c]! + turn < start[c + 1]!) round.push(places[start[c]! + turn]!)
    if (round.length === 0) break
    order.push(...round.sort(better).slice(0, strangersListMax - order.length))
  }
  return Int32Array.from(order)
}

/** Shown places of category `c` at `places[start[c], start[c + 1])`, in their order. */
function byCategory(
  category: Int32Array,
  categoryCount: number,
  count: number,
  isShown: (place: number) => boolean,
): { places: Int32Array; start: Int32Array } {
  const start = new Int32Array(categoryCount + 1)
  for (let place = 0; place < count; place++) if (isShown(place)) start[category[place]! + 1]!++
  for (let c = 0; c < categoryCount; c++) start[c + 1]! += start[c]!
  const next = start.slice()
  const places = new Int32Array(start[categoryCount]!)
  for (let place = 0; place < count; place++)
    if (isShown(place)) places[next[category[place]!]!++] = place
  return { places, start }
}
