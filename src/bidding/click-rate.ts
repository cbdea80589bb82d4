import { bannerSizes, sizeCount } from '../catalogue/sizes.js'
import type { Impression } from '../openrtb/request.js'
import type { BiddingConfig } from './config.js'
import { placementKinds } from './config.js'

/** Prior probability that an impression is clicked, by placement kind and size; a table look-up. */
export class ClickRate {
  readonly #rates = new Float64Array(placementKinds.length * sizeCount)

  constructor(config: BiddingConfig['clickRate']) {
    for (const [kind, name] of placementKinds.entries()) {
      const bySize = config[name]
      for (const [index, size] of bannerSizes.entries())
        this.#rates[kind * sizeCount + index] =
          bySize[`${size.width}x${size.height}`] ?? bySize['default'] ?? 0
    }
  }

  /** Clicks per impression, 0 to 1. */
  of(placementKind: number, sizeIndex: number): number {
    return this.#rates[placementKind * sizeCount + sizeIndex]!
  }
}

/** Index into `placementKinds`. */
export function placementKindOf(impression: Impression, isApp: boolean): number {
  if (impression.interstitial || impression.position === 7) return 4
  if (isApp) return 3
  if (impression.position === 1) return 0
  return impression.position === 3 ? 1 : 2
}
