import { impressionCountMax } from '../openrtb/request.js'

/** `poddedupe` (OpenRTB 2.6, list "pod deduplication"), as bits. */
const Dedupe = { advertiser: 1 << 1, nothing: 1 << 5 } as const

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
   * @param dedupe bits of `poddedupe`; a creative is shown once unless it says that nothing need differ.
   */
  mayUse(pod: number, dedupe: number, shop: number, creative: number): boolean {
    if (pod < 0 || (dedupe & Dedupe.nothing) !== 0) return true
    for (let i = 0; i < this.#count; i++) {
      if (this.#pods[i] !== pod) continue
      if (this.#creatives[i] === creative) return false
      if ((dedupe & Dedupe.advertiser) !== 0 && this.#shops[i] === shop) return false
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
