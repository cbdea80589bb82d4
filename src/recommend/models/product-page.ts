/** What links have for one size or colour of what a page is about, and for whoever counts visits. */
const ofVariant =
  /([?&;])(?:variant|variant_?id|variation|variation_?id|sku|colou?r|size|attribute_[\w-]*|utm_\w*|gclid|srsltid|fbclid|currency)=[^&;#]*/gi

/**
 * A number for the page that a link leads to: sizes and colours of one product mostly share their page.
 *
 * @returns 0 for no link, else never.
 */
export function pageOf(link: string): number {
  if (link === '') return 0
  const mark = link.indexOf('#')
  const whole = mark < 0 ? link : link.slice(0, mark)
  const page = whole.includes('=') ? whole.replace(ofVariant, '$1') : whole
  let end = page.length
  while (end > 0 && isParting(page.charCodeAt(end - 1))) end--
  let hash = 0x811c9dc5
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ page.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  return hash === 0 ? 1 : hash
}

/** `/`, `?`, `&` or `;`: at the end they part nothing. */
const isParting = (unit: number): boolean =>
  unit === 0x2f || unit === 0x3f || unit === 0x26 || unit === 0x3b
