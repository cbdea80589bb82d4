/** Readers of single values, as senders write them. None throws, whatever it is given. */
import { isUid } from '../profiles/uid.js'

/**
 * An id: text, or a whole number as JSON has it.
 *
 * @returns trimmed; '' where there is none; null for what can't be one: another type, more than 128 UTF-16
 *   units, control characters, characters that were broken on the way.
 */
export function readId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string' || value.length > 1_000) return null
  const id = value.trim()
  if (id === '') return ''
  return isUid(id) && !id.includes('\ufffd') ? id : null
}

export const idRule =
  'must be text of at most 128 characters, well-formed, none of them a control character'

/** What isn't part of a text that somebody reads. */
const unclean = /[\p{Cc}\p{Surrogate}\ufffd]|\s{2}/u
const uncleanAll = /[\p{Cc}\p{Surrogate}\ufffd\s]+/gu

/**
 * A text for people: one line, well-formed, cut where it is too long.
 *
 * @returns '' where there is none, or it is no text.
 */
export function readText(value: unknown, lengthMax: number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value !== 'string' || value === '') return ''
  // Enough for what is kept, so that a text of megabytes costs no more than one of kilobytes.
  let text = value.length > lengthMax * 4 ? value.slice(0, lengthMax * 4) : value
  if (unclean.test(text)) text = text.replace(uncleanAll, ' ')
  text = text.trim()
  if (text.length <= lengthMax) return text
  const isPairCut = (text.charCodeAt(lengthMax - 1) & 0xfc00) === 0xd800
  return text.slice(0, isPairCut ? lengthMax - 1 : lengthMax).trimEnd()
}

const numberPattern = /^[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})$/

/** A finite number, also one in decimal digits as text. @returns NaN for anything else. */
export function readNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  if (typeof value !== 'string' || value.length > 40) return Number.NaN
  const text = value.trim()
  return numberPattern.test(text) ? Number(text) : Number.NaN
}

/** Date and time, and a zone; seconds may be absent. */
const isoPattern =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?[+-]\d\d:?\d\d|Z|z)?)?$/
const hasZone = /(?:Z|z|[+-]\d\d:?\d\d)$/

/**
 * A moment: ISO 8601, taken to be UTC where it names no zone; or a number since 1970, of seconds, milliseconds,
 * or microseconds, whichever makes it a year that we may hear of.
 *
 * @returns whole milliseconds since 1970; NaN for anything else.
 */
export function readTime(value: unknown): number {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string' || value.length > 40) return Number.NaN
  const text = value.trim()
  if (/^\d{9,16}$/.test(text)) return fromNumber(Number(text))
  if (!isoPattern.test(text)) return Number.NaN
  const isZoned = text.length > 10 && hasZone.test(text.slice(10))
  // Without a zone, a date and time would be of wherever this runs.
  const ms = Date.parse(text.length === 10 || isZoned ? text : `${text}Z`)
  return Math.floor(ms)
}

function fromNumber(value: number): number {
  if (!(value > 0) || value > 1e17) return Number.NaN
  if (value < 1e11) return Math.round(value * 1_000)
  return Math.round(value < 1e14 ? value : value / 1_000)
}

/** `true`, `1`, `yes` and the like. */
export function readFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value === 1
  return typeof value === 'string' && /^(?:true|1|yes|y|tak|t|ja)$/i.test(value.trim())
}
