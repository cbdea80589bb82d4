import type { DurationFloors } from '../../src/openrtb/offers.js'
import type { BidRequest } from '../../src/openrtb/request.js'

/**
 * A request as text, for comparing two: each list only up to its count, as what lies beyond it is of
 * an earlier request. Lone surrogates, infinities and -0 are told apart.
 */
export function counted(request: BidRequest): string {
  return JSON.stringify(
    { ...request, impressions: request.impressions.slice(0, request.impressionCount) },
    (name, value: unknown) => {
      if (typeof value === 'number')
        return Number.isFinite(value) && !Object.is(value, -0) ? value : `number ${value}`
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      return cut(value as Record<string, unknown>, name)
    },
  )
}

/** Each list and the count beside it. */
const counts: readonly (readonly [list: string, count: string])[] = [
  ['sizeKeys', 'sizeCount'],
  ['deals', 'dealCount'],
  ['requiredDurationsS', 'requiredDurationCount'],
  ['companionSizeKeys', 'companionSizeCount'],
  ['assets', 'assetCount'],
]

function cut(value: Record<string, unknown>, name: string): object {
  if (name === 'durationFloors') return floors(value as unknown as DurationFloors)
  const copy = { ...value }
  for (const [list, count] of counts)
    if (copy[list] !== undefined)
      copy[list] = Array.from(copy[list] as Iterable<unknown>).slice(0, copy[count] as number)
  return copy
}

function floors({ count, fromS, toS, floorCpmMicros }: DurationFloors): object {
  return [fromS, toS, floorCpmMicros].map((column) => Array.from(column.subarray(0, count), String))
}
