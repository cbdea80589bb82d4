/**
 * The banner sizes that we serve: a closed list. A size's place in it is its index, which tables,
 * bitmaps and `renderBanner` use.
 */

/**
 * How header and products share a banner.
 *
 * - `card`: header on top, products side by side under it.
 * - `strip`: low and wide; header at the start, products after it in one row.
 * - `panel`: a billboard; like a strip, but high enough for pictures above their texts.
 * - `tower`: header on top, products one under the other, call to action at the foot.
 */
export type Layout = 'card' | 'strip' | 'panel' | 'tower'

export interface BannerSize {
  /** In device-independent pixels. */
  readonly width: number
  readonly height: number
  readonly layout: Layout
  /** Most products that still look good; fewer are always fine. */
  readonly productCountMax: number
}

const size = (
  width: number,
  height: number,
  layout: Layout,
  productCountMax: number,
): BannerSize => ({ width, height, layout, productCountMax })

/** Most products in any size. */
export const productSlotCountMax = 4

/** Append only: other processes and stored snapshots name sizes by their place here. */
export const bannerSizes: readonly BannerSize[] = [
  size(300, 250, 'card', 3),
  size(336, 280, 'card', 3),
  size(250, 250, 'card', 2),
  size(300, 300, 'card', 3),
  size(320, 250, 'card', 3),
  size(200, 200, 'card', 1),
  size(480, 320, 'card', 3),
  size(580, 400, 'card', 3),
  size(728, 90, 'strip', 3),
  size(970, 90, 'strip', 4),
  size(750, 100, 'strip', 3),
  size(468, 60, 'strip', 1),
  size(320, 50, 'strip', 1),
  size(300, 50, 'strip', 1),
  size(320, 100, 'strip', 1),
  size(300, 100, 'strip', 1),
  size(970, 250, 'panel', 4),
  size(750, 200, 'panel', 3),
  size(750, 300, 'panel', 3),
  size(728, 250, 'panel', 3),
  size(160, 600, 'tower', 3),
  size(120, 600, 'tower', 3),
  size(300, 600, 'tower', 4),
  size(240, 400, 'tower', 3),
  size(320, 480, 'tower', 3),
  size(768, 1024, 'tower', 4),
  size(1024, 768, 'card', 4),
]

export const sizeCount = bannerSizes.length

/** A size as requests carry it: `width << 16 | height`. */
export const sizeKeyOf = (width: number, height: number): number => (width << 16) | height

/** Index of a size in `bannerSizes` by its key: an open hash table, -1 where a slot is empty. */
const slotBits = 7
const slotKeys = new Int32Array(1 << slotBits)
const slotIndexes = new Int8Array(1 << slotBits).fill(-1)
const slotOf = (sizeKey: number): number => Math.imul(sizeKey, 0x9e3779b1) >>> (32 - slotBits)

for (const [index, { width, height }] of bannerSizes.entries()) {
  let slot = slotOf(sizeKeyOf(width, height))
  while (slotIndexes[slot] !== -1) slot = (slot + 1) & (slotIndexes.length - 1)
  slotKeys[slot] = sizeKeyOf(width, height)
  slotIndexes[slot] = index
}

/** @returns the size's index, or -1 for one that we don't serve. Costs a few nanoseconds. */
export function sizeIndexOf(sizeKey: number): number {
  let slot = slotOf(sizeKey)
  while (slotIndexes[slot] !== -1) {
    if (slotKeys[slot] === sizeKey) return slotIndexes[slot]!
    slot = (slot + 1) & (slotIndexes.length - 1)
  }
  return -1
}
