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

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Text as it may be shown: one line, well-formed, without control characters.
 *
 * @param lengthMax most UTF-16 units; a longer text is cut between characters and ends in `…`.
 */
export function cleanText(text: string, lengthMax: number): string {
  const clean = text
    // Enough for what is kept, so that a text of megabytes costs no more than one of kilobytes.
    .slice(0, lengthMax * 8)
    .replace(control, '')
    .replace(invisible, '')
    .replace(loneSurrogate, '\ufffd')
    .replace(noncharacter, '\ufffd')
    .replace(/\s+/g, ' ')
    .trim()
  if (clean.length <= lengthMax) return clean
  // Where the character begins that would stand under the `…`: going through all of them takes a millisecond.
  const cut = graphemes.segment(clean).containing(lengthMax - 1)?.index ?? 0
  return `${clean.slice(0, cut).trimEnd()}…`
}

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

/** Markup as bytes ready to be copied into a JSON string. */
export function jsonPiece(markup: string): Buffer {
  return Buffer.from(JSON.stringify(markup).slice(1, -1))
}
