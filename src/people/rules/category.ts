/** Whether a category is another one or below it, however they are written. */

import { plainCategory } from '../../base/category.js'

/** Categories whose plain form is remembered; then it begins anew. */
const rememberedMax = 20_000
const remembered = new Map<string, string>()

const slash = 0x2f

/**
 * Whether a category is `top`, or one below it.
 *
 * Read letter by letter, as most differ early. Only where they differ in a letter that isn't ASCII (a
 * capital, or one written as two) is the plain form needed.
 *
 * @param category as the shop writes it.
 * @param top plain.
 */
export function isBelow(category: string, top: string): boolean {
  let at = afterMarks(category, 0)
  for (let i = 0; i < top.length; i++) {
    const wanted = top.charCodeAt(i)
    if (wanted === slash) {
      if (!isStepEnd(category, at)) return false
      at = afterMarks(category, at)
      continue
    }
    let unit = category.charCodeAt(at++)
    if (unit >= 0x41 && unit <= 0x5a) unit += 0x20
    if (unit === wanted) continue
    return (unit > 0x7f || wanted > 0x7f) && isPlainBelow(plainOf(category), top)
  }
  if (isStepEnd(category, at)) return true
  // A letter may go on in marks above or below it.
  return category.charCodeAt(at) > 0x7f && isPlainBelow(plainOf(category), top)
}

export const isPlainBelow = (category: string, top: string): boolean =>
  category.startsWith(top) &&
  (category.length === top.length || category.charCodeAt(top.length) === slash)

function plainOf(category: string): string {
  const known = remembered.get(category)
  if (known !== undefined) return known
  if (remembered.size >= rememberedMax) remembered.clear()
  const plain = plainCategory(category)
  remembered.set(category, plain)
  return plain
}

const isBlank = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
/** `/`, `>`, `|`, `»` and `›`, as base/category has them. */
const isMark = (unit: number): boolean =>
  unit === slash || unit === 0x3e || unit === 0x7c || unit === 0xbb || unit === 0x203a

/** Past blanks and whatever parts steps. */
function afterMarks(category: string, from: number): number {
  let at = from
  while (isBlank(category.charCodeAt(at)) || isMark(category.charCodeAt(at))) at++
  return at
}

/** Whether nothing but blanks is left of the step. */
function isStepEnd(category: string, from: number): boolean {
  let at = from
  while (isBlank(category.charCodeAt(at))) at++
  return at >= category.length || isMark(category.charCodeAt(at))
}
