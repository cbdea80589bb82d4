/**
 * What shops write is hostile until it has passed through here. Two layers: HTML first, then JSON,
 * because markup travels as a JSON string in the bid.
 */

/** Bidirectional controls can make a text read as another one; the rest of these shows nothing. */
const invisible =
  /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const control = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g
const loneSurrogate = /\p{Surrogate}/gu
const noncharacter = /\p{Noncharacter_Code_Point}/gu

/** Of what most texts are: nothing of the above, no half of a character, and no blank but the space. */
const isOrdinary = /^[ -~\u00a1-\u05ff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff]*$/

/** Each unit of such a text is a character of its own. */
const isSimple = /^[ -\u02ff\u2010-\u203a]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Where the character begins that has the unit at `at`, which the text is longer than. */
export const characterAt = (text: string, at: number): number =>
  // Looking for it costs microseconds.
  isSimple.test(text) ? at : (graphemes.segment(text).containing(at)?.index ?? 0)

/**
 * Text as it may be shown: one line, well-formed, without control characters.
 *
 * @param lengthMax most UTF-16 units; a longer text is cut between characters and ends in `…`.
 */
export function cleanText(text: string, lengthMax: number): string {
  // Enough for what is kept, so that a text of megabytes costs no more than one of kilobytes.
  const start = text.slice(0, lengthMax * 8)
  const clean = isOrdinary.test(start) ? withoutDoubles(start) : withoutAny(start)
  if (clean.length <= lengthMax) return clean
  return `${clean.slice(0, characterAt(clean, lengthMax - 1)).trimEnd()}…`
}

const withoutDoubles = (text: string): string =>
  (text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text).trim()

const withoutAny = (text: string): string =>
  text
    .replace(control, '')
    .replace(invisible, '')
    .replace(loneSurrogate, '\ufffd')
    .replace(noncharacter, '\ufffd')
    .replace(/\s+/g, ' ')
    .trim()

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '`': '&#96;',
  $: '&#36;',
  '%': '&#37;',
}

/**
 * Escapes text for HTML, in an element or in a quoted attribute.
 *
 * `${` and `%%` are written as entities too: exchanges replace macros such as `${AUCTION_PRICE}`
 * wherever they stand in the markup, product titles included.
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]|\$(?=\{)|%(?=%)/g, (character) => entities[character]!)
}

/**
 * Escapes an address of our own for a quoted attribute: the exchange's macros in it stay what they are,
 * as it looks for them in the text.
 */
export function escapeAroundMacros(url: string): string {
  return url.replace(/[&<>"']/g, (character) => entities[character]!)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has an escape for each of them
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/

/** A text as it stands between the quotes of a JSON string. */
export const jsonText = (text: string): string =>
  needsEscape.test(text) ? JSON.stringify(text).slice(1, -1) : text

/** How many bytes of UTF-8 `jsonText(text.slice(start, end))` is. */
export function jsonBytes(text: string, start: number, end: number): number {
  let bytes = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20) bytes += isShortEscape(code) ? 2 : 6
    else if (code < 0x80) bytes += code === 0x22 || code === 0x5c ? 2 : 1
    else if (code < 0x800) bytes += 2
    else if (code < 0xd800 || code > 0xdfff) bytes += 3
    else {
      const next = at + 1 < end && code < 0xdc00 ? text.charCodeAt(at + 1) : 0
      const isPair = next >= 0xdc00 && next <= 0xdfff
      bytes += isPair ? 4 : 6
      if (isPair) at++
    }
  }
  return bytes
}

/** `\b`, `\t`, `\n`, `\f`, `\r`. */
const isShortEscape = (code: number): boolean => code >= 0x08 && code <= 0x0d && code !== 0x0b

/** Markup as bytes ready to be copied into a JSON string. */
export const jsonPiece = (markup: string): Buffer => Buffer.from(jsonText(markup))
