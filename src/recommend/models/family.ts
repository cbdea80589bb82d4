import type { ProductFacts } from '../facts.js'
import type { ContentIndex } from './content-index.js'
import { TermKind } from './content-terms.js'

/** Sizes and colours are common words; what is rarest in a title is what the thing is. */
const rarestMax = 4
/** Prices that differ less than about this are one. */
const priceRatio = 1.5

/**
 * A number that products share which differ in little more than size or colour: their group, where they have one.
 * Else one category, one brand, about one price, and the rarest words of the title: an estimate, for lists that
 * shouldn't have one shirt in ten sizes.
 */
export function familyOf(item: number, index: ContentIndex, facts: ProductFacts): number {
  const group = facts.group[item] ?? -1
  if (group >= 0) return mixed(0x9e3779b1, group)
  const price = facts.priceMicros[item] ?? 0
  const band = price > 0 ? Math.round(Math.log(price) / Math.log(priceRatio)) : 0
  let family = mixed(mixed(mixed(0, facts.category[item] ?? -1), facts.brand[item] ?? -1), band)
  let left = rarestMax
  const count = index.termCountOf(item)
  for (let i = 0; i < count && left > 0; i++) {
    const term = index.termAt(item, i)
    if (index.kindOf(term) !== TermKind.word) continue
    // The order of words that are as rare isn't the same in all of them.
    family = (family + mixed(0x5bd1e995, term)) | 0
    left--
  }
  return family
}

function mixed(hash: number, value: number): number {
  let next = Math.imul(hash ^ value, 0x85ebca6b)
  next ^= next >>> 13
  next = Math.imul(next, 0xc2b2ae35)
  return next ^ (next >>> 16)
}
