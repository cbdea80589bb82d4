import { characterAt, cleanText } from './escape.js'

/** Longest text of a native ad, in UTF-16 units: what exchanges ask for at most, as a rule. */
export const nativeTextLengthMax = 140

/** Lengths that texts can be shortened to; one asked for in between gets the next smaller one. */
export const cutLengths = [10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 120] as const

/** What shops' feeds put into descriptions although they are meant to be plain. */
const tag = /<[!/]?[a-z][^<>]{0,500}>|<!--.{0,2000}?-->/gis
const entity = /&(?:#(\d{1,7})|#x([\da-f]{1,5})|(amp|lt|gt|quot|apos|nbsp));/gi
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** A description without its tags, its entities read. */
export function withoutMarkup(text: string): string {
  const start = text.slice(0, 5_000)
  const plain = start.includes('<') ? start.replace(tag, ' ') : start
  if (!plain.includes('&')) return plain
  return plain.replace(entity, (_, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return named[name.toLowerCase()]!
    const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

const lookAlikes: Readonly<Record<string, string>> = { '<': '‹', '>': '›', '"': '”' }

/**
 * Text for a place whose markup isn't ours: plain and clean, and harmless in a page that pastes it in
 * without escaping it.
 *
 * What an exchange could take for a macro (`${…}`, `%%…%%`) is broken up by a space instead of being
 * escaped: an escape of JSON's is gone where the exchange takes the answer as an object.
 */
export function nativeText(text: string, lengthMax = nativeTextLengthMax): string {
  const plain = cleanText(text.slice(0, lengthMax * 8), lengthMax * 4)
  const clean = /[<>"]|\$\{|%%/.test(plain) ? harmless(plain) : plain
  const cut = cutEnd(clean, lengthMax)
  return cut === clean.length ? clean : cut === 0 ? '' : `${clean.slice(0, cut)}…`
}

const harmless = (text: string): string =>
  text.replace(/[<>"]/g, (character) => lookAlikes[character]!).replace(/\$(?=\{)|%(?=%)/g, '$& ')

const trailing = /[\s,;:.!?([{/&+–—-]/
/** By code of a unit, the same. */
const isTrailing = Uint8Array.from({ length: 0x2100 }, (_, code) =>
  Number(trailing.test(String.fromCharCode(code))),
)

/**
 * How much of a text stands before the `…`, where it is to be no longer than `lengthMax` with it:
 * whole words, unless that would waste much of the room; else whole characters.
 *
 * @returns the text's length where it needs no cut; 0 where nothing would be left.
 */
export function cutEnd(text: string, lengthMax: number): number {
  if (text.length <= lengthMax) return text.length
  const most = lengthMax - 1
  const space = text.lastIndexOf(' ', most)
  let end = space >= most * 0.6 ? space : characterAt(text, most)
  while (end > 0 && standsNotLast(text.charCodeAt(end - 1))) end--
  return end
}

const standsNotLast = (code: number): boolean =>
  code < isTrailing.length ? isTrailing[code] === 1 : code === 0x3000 || code === 0xfeff
