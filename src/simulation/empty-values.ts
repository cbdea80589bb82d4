/** What a bidder's own missing values leave behind in what it writes. */

/** No bid response is nested deeper; what is could exhaust the stack. */
const depthMax = 32

const hollow = /^(null|undefined|NaN|\[object Object\])$/
/** An attribute, query parameter, element or piece of CDATA whose whole text is such a value. */
const hollowInMarkup = /["'=>[](null|undefined|NaN|\[object Object\])(?=["'<&\]]|$)/

/** Paths of values that are null, or the text of one that was missing. */
export function emptyValuesIn(value: unknown, path: string, depth = 0): readonly string[] {
  if (value === null) return [`${path} is null`]
  if (typeof value === 'string') return hollow.test(value) ? [`${path}: ${value}`] : []
  if (typeof value !== 'object' || depth === depthMax) return []
  return Object.entries(value).flatMap(([key, item]) =>
    emptyValuesIn(item, path === '' ? key : `${path}.${key}`, depth + 1),
  )
}

/** The first missing value in HTML, XML or a URL; null where there is none. */
export const emptyValueInMarkup = (markup: string): string | null =>
  hollowInMarkup.exec(markup)?.[0] ?? null
