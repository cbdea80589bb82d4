/**
 * Looks into a creative's HTML as far as an exchange needs to: which images it loads, where it links
 * to. The text is whatever a bidder sent; it is read once from front to back and never run.
 */

export interface Tag {
  /** Lower case. */
  readonly name: string
  /** By lower-case name, entities decoded; the first of two alike. '' for one without a value. */
  readonly attributes: ReadonlyMap<string, string>
}

/** What stands in these elements is text, not markup, up to the end tag that is given here. */
const textElementEnds: ReadonlyMap<string, RegExp> = new Map(
  ['script', 'style', 'textarea', 'title', 'xmp', 'noembed'].map((name) => [
    name,
    new RegExp(`</${name}`, 'gi'),
  ]),
)

const tagOrComment = /<(?:!--|([a-z][^\t\n\f\r />]*))/gi
const commentEnd = /-->/g
/** Name, then a value in double, in single or without quotes; a quote that isn't closed takes the rest. */
const attribute =
  /[\t\n\f\r /]*([^\t\n\f\r />][^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"?|'([^']*)'?|([^\t\n\f\r >]*)))?/y

/** Start tags in order. A tag or comment that doesn't end runs to the end of the text. */
export function tagsOf(markup: string): readonly Tag[] {
  const tags: Tag[] = []
  let at = 0
  for (;;) {
    const start = matchFrom(tagOrComment, markup, at)
    if (start === null) return tags
    at = tagOrComment.lastIndex
    let end: RegExp | undefined = commentEnd
    if (start[1] !== undefined) {
      const name = start[1].toLowerCase()
      const attributes = new Map<string, string>()
      at = readAttributes(markup, at, attributes)
      tags.push({ name, attributes })
      end = textElementEnds.get(name)
    }
    if (end === undefined) continue
    if (matchFrom(end, markup, at) === null) return tags
    at = end.lastIndex
  }
}

function matchFrom(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** @param at  after the tag's name. @returns the place after its attributes. */
function readAttributes(markup: string, at: number, attributes: Map<string, string>): number {
  for (;;) {
    const match = matchFrom(attribute, markup, at)
    if (match === null) return at
    at = attribute.lastIndex
    const name = match[1]!.toLowerCase()
    const value = match[2] ?? match[3] ?? match[4] ?? ''
    if (!attributes.has(name)) attributes.set(name, decodeEntities(value))
  }
}

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Numbers and the five names that writing HTML needs; others stay as they are. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,4});/gi, (entity, name: string) => {
    if (!name.startsWith('#')) return namedEntities[name.toLowerCase()] ?? entity
    const isHex = name[1] === 'x' || name[1] === 'X'
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
}

/** A URL's scheme, host and port; '' for what is no absolute http or https URL. */
export function originOf(url: string): string {
  const parsed = parseHttpUrl(url)
  return parsed === null ? '' : parsed.origin
}

/** null for what is no absolute http or https URL. */
export function parseHttpUrl(text: string): URL | null {
  if (!/^https?:\/\/[^/]/i.test(text)) return null
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/**
 * The impression pixel: an image from one of these origins, one that is 1 × 1 or hidden before others.
 * @returns its URL, or '' where there is none.
 */
export function pixelOf(tags: readonly Tag[], origins: ReadonlySet<string>): string {
  const images = tags.filter(
    ({ name, attributes }) => name === 'img' && origins.has(originOf(attributes.get('src') ?? '')),
  )
  return (images.find(isTiny) ?? images[0])?.attributes.get('src') ?? ''
}

function isTiny({ attributes }: Tag): boolean {
  const style = attributes.get('style') ?? ''
  return /^[01](px)?$/.test(attributes.get('width') ?? '') || /display:\s*none/i.test(style)
}

/** Where links lead, in order, as they stand. */
export function linksOf(tags: readonly Tag[]): readonly string[] {
  return tags
    .filter(({ name }) => name === 'a' || name === 'area')
    .map(({ attributes }) => attributes.get('href') ?? '')
}

/** A link without the exchange's macro that may stand before it; '' where the exchange has none. */
export const behindMacro = (url: string, clickMacro: string): string =>
  url.startsWith(clickMacro) ? url.slice(clickMacro.length) : url

/** Browsers hold http to one's own machine for as safe as https (W3C, Secure Contexts). */
const isLoopback = (host: string): boolean =>
  /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host)

/** Each `http://…` that a secure page must not load, up to its path; names of XML schemas don't count. */
export function insecureUrlsIn(markup: string): readonly string[] {
  const found = new Set<string>()
  for (const [url, host] of markup.matchAll(/http:\/\/(\[[\d:a-f]*\]|[^/"'\s<>)?#:\\]*)/gi)) {
    if (!isLoopback(host!) && host !== 'www.w3.org') found.add(url)
  }
  return [...found]
}
