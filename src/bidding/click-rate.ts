import { CreativeFormat } from '../catalogue/media.js'
import { bannerSizes, sizeCount } from '../catalogue/sizes.js'
import type { Impression } from '../openrtb/request.js'
import { PlaceKind } from '../openrtb/request.js'
import type { BiddingConfig } from './config.js'
import { placementKinds } from './config.js'

const otherFormats = ['video', 'audio', 'native'] as const
const columnNames: readonly string[] = Array.from(
  bannerSizes,
  ({ width, height }) => `${width}x${height}`,
).concat(otherFormats)
const columnCount = columnNames.length

/** Prior probability that an impression is clicked, by placement kind and size or format; a table look-up. */
export class ClickRate {
  readonly #rates = new Float64Array(placementKinds.length * columnCount)

  constructor(config: BiddingConfig['clickRate']) {
    for (const [kind, name] of placementKinds.entries()) {
      const rates = config[name]
      for (const [column, of] of columnNames.entries())
        this.#rates[kind * columnCount + column] = rates[of] ?? rates['default'] ?? 0
    }
  }

  /** Clicks per impression of a banner, 0 to 1. */
  ofSize(placementKind: number, sizeIndex: number): number {
    return this.#rates[placementKind * columnCount + sizeIndex]!
  }

  /** @param format one of `CreativeFormat` but `banner`. */
  ofFormat(placementKind: number, format: number): number {
    return this.#rates[placementKind * columnCount + sizeCount + format - CreativeFormat.video]!
  }
}

/** Index into `placementKinds`. */
export function placementKindOf(impression: Impression, place: number): number {
  if (impression.interstitial || impression.position === 7) return 4
  if (place === PlaceKind.app) return 3
  if (impression.position === 1) return 0
  return impression.position === 3 ? 1 : 2
}
