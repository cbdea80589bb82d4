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

/** What stands between these tags is text, not markup. */
const textElements = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'noembed'])

/** Start tags in order. A tag or comment that doesn't end runs to the end of the text. */
export function tagsOf(markup: string): readonly Tag[] {
  const tags: Tag[] = []
  const lowerCase = markup.toLowerCase()
  let at = markup.indexOf('<')
  while (at >= 0) {
    if (markup.slice(at, at + 4) === '<!--') {
      at = nextAfter(markup, '-->', at + 4)
    } else if (/[a-z]/.test(lowerCase.charAt(at + 1))) {
      const { tag, end } = readTag(markup, at + 1)
      tags.push(tag)
      at = textElements.has(tag.name) ? lowerCase.indexOf(`</${tag.name}`, end) : end
    } else {
      at++
    }
    if (at >= 0) at = markup.indexOf('<', at)
  }
  return tags
}

/** @returns the position after `end`, or -1 where it doesn't come. */
function nextAfter(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at < 0 ? -1 : at + end.length
}

const isSpace = (character: string): boolean => /[\t\n\f\r ]/.test(character)

/** @param start  of the tag's name. @returns `end`: after its `>`. */
function readTag(markup: string, start: number): { readonly tag: Tag; readonly end: number } {
  let at = start
  const skip = (isPart: (character: string) => boolean): string => {
    const from = at
    while (at < markup.length && isPart(markup[at]!)) at++
    return markup.slice(from, at)
  }
  const name = skip((it) => !isSpace(it) && it !== '>' && it !== '/').toLowerCase()
  const attributes = new Map<string, string>()
  for (;;) {
    skip((it) => isSpace(it) || it === '/')
    if (at >= markup.length) break
    if (markup[at] === '>') {
      at++
      break
    }
    const first = markup[at++]!
    const rest = skip((it) => !isSpace(it) && it !== '=' && it !== '>' && it !== '/')
    const key = (first + rest).toLowerCase()
    skip(isSpace)
    let value = ''
    if (markup[at] === '=') {
      at++
      skip(isSpace)
      const quote = markup[at]
      if (quote === '"' || quote === "'") {
        at++
        value = skip((it) => it !== quote)
        at++
      } else {
        value = skip((it) => !isSpace(it) && it !== '>')
      }
    }
    if (!attributes.has(key)) attributes.set(key, decodeEntities(value))
  }
  return { tag: { name, attributes }, end: Math.min(at, markup.length) }
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

/** Links to one of these origins, in order. */
export function clickLinksOf(
  tags: readonly Tag[],
  origins: ReadonlySet<string>,
): readonly string[] {
  return tags
    .filter(({ name }) => name === 'a' || name === 'area')
    .map(({ attributes }) => attributes.get('href') ?? '')
    .filter((href) => origins.has(originOf(href)))
}

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
