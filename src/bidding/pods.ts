import type { SnapshotShop } from '../catalogue/snapshot.js'
import { impressionCountMax } from '../openrtb/request.js'

/** `poddedupe` (OpenRTB 2.6, list "pod deduplication"), as bits. */
const Dedupe = { advertiser: 1 << 1, category: 1 << 2, nothing: 1 << 5 } as const

/** Two ads for each impression: under a deal and without. */
const usedCountMax = 2 * impressionCountMax

/**
 * What has been bid within the pods of one request, so that nobody sees the same ad twice in a row.
 * A pod is known by the place of its first impression. Reused from request to request.
 */
export class Pods {
  readonly #pods = new Int32Array(usedCountMax)
  readonly #shops = new Int32Array(usedCountMax)
  readonly #creatives = new Int32Array(usedCountMax)
  #count = 0

  begin(): void {
    this.#count = 0
  }

  /**
   * @param pod    -1 outside of pods, where anything may be used.
   * @param shop   place in `shops`.
   * @param dedupe bits of `poddedupe`; a creative is shown once unless it says that nothing need differ.
   */
  mayUse(
    pod: number,
    dedupe: number,
    shop: number,
    creative: number,
    shops: readonly Advertiser[],
  ): boolean {
    if (pod < 0 || (dedupe & Dedupe.nothing) !== 0) return true
    for (let i = 0; i < this.#count; i++) {
      if (this.#pods[i] !== pod) continue
      if (this.#creatives[i] === creative) return false
      const other = this.#shops[i]!
      if ((dedupe & Dedupe.advertiser) !== 0 && other === shop) return false
      if ((dedupe & Dedupe.category) !== 0 && sharesCategory(shops[other]!, shops[shop]!))
        return false
    }
    return true
  }

  use(pod: number, shop: number, creative: number): void {
    if (pod < 0 || this.#count === usedCountMax) return
    this.#pods[this.#count] = pod
    this.#shops[this.#count] = shop
    this.#creatives[this.#count++] = creative
  }
}

type Advertiser = Pick<SnapshotShop, 'categories'>

/** A shop has a few categories, and few exchanges ask. */
function sharesCategory({ categories }: Advertiser, other: Advertiser): boolean {
  for (let i = 0; i < categories.length; i++)
    if (other.categories.includes(categories[i]!)) return true
  return false
}
