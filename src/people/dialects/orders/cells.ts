/** Cells of tables as people and their programs write them. None of these throws. */
import { readNumber } from '../../values.js'

/** Programs that don't want a number to be read as one write `="00123"`. */
export function readCell(cell: string): string {
  const text = cell.trim()
  return /^="[^"]*"$/.test(text) ? text.slice(2, -1).trim() : text
}

/** What a number in a table can't be told to be: 1.299 is one and a bit here, and over a thousand there. */
export const ambiguous = 'ambiguous'

/**
 * A number: `1 299,00 zł`, `€1,299.00`, `1.299,00`, `0.350`. A number of JSON's is what it is.
 *
 * @returns NaN for what is none.
 */
export function readDecimal(value: unknown): number | typeof ambiguous {
  if (typeof value !== 'string') return readNumber(value)
  if (value.length > 60) return Number.NaN
  const text = value.replace(/[\s\u00a0\u202f']|\p{Sc}|[A-Za-zł]{2,3}\.?(?=\s*$)|^[A-Z]{3}/gu, '')
  const [comma, dot] = [text.lastIndexOf(','), text.lastIndexOf('.')]
  if (comma >= 0 && dot >= 0) {
    const isCommaDecimal = comma > dot
    const plain = text.replaceAll(isCommaDecimal ? '.' : ',', '')
    return readNumber(plain.replace(',', '.'))
  }
  const mark = comma >= 0 ? ',' : '.'
  const parts = text.split(mark)
  if (parts.length > 2)
    return parts.slice(1).every((part) => /^\d{3}$/.test(part)) ? readNumber(parts.join('')) : NaN
  const [whole = '', fraction = ''] = parts
  if (fraction.length === 3 && /^[+-]?[1-9]\d{0,2}$/.test(whole)) return ambiguous
  return readNumber(text.replace(',', '.'))
}

/** Which of two numbers below 13 in `05/01/2025` is the day. */
export type DayPlace = 'first' | 'second' | 'unknown'

export interface LocalMoment {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const timePattern =
  '(?:[T ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?(?: ?([AaPp])\\.?[Mm]\\.?)?)?$'
const yearFirst = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${timePattern}`)
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${timePattern}`)
const compact = new RegExp(`^(\\d{4})(\\d{2})(\\d{2})${timePattern}`)

/**
 * A date as tables have it, in no time zone: year first, or last; dots between say that the day is first.
 *
 * @param dayPlace where it stands in dates with slashes or hyphens and the year last.
 * @returns null for what is none.
 */
export function readLocal(text: string, dayPlace: DayPlace): LocalMoment | typeof ambiguous | null {
  if (text.length > 40) return null
  const match = yearFirst.exec(text) ?? compact.exec(text)
  if (match !== null) {
    const [, year, month, day, ...time] = match
    return momentOf(Number(year), Number(month), Number(day), time)
  }
  const last = yearLast.exec(text)
  if (last === null) return null
  const [, a, mark, b, yearText, ...time] = last
  const [first, second] = [Number(a), Number(b)]
  const year = yearText!.length === 2 ? 2_000 + Number(yearText) : Number(yearText)
  const place = mark === '.' ? 'first' : (dayPlaceOf(text) ?? dayPlace)
  if (place === 'unknown' && first !== second) return ambiguous
  return place === 'second'
    ? momentOf(year, first, second, time)
    : momentOf(year, second, first, time)
}

/** Where a date itself shows which number is the day. @returns null where it doesn't. */
export function dayPlaceOf(text: string): Exclude<DayPlace, 'unknown'> | null {
  const [, a, mark, b] = yearLast.exec(text) ?? []
  if (mark === undefined || mark === '.') return null
  if (Number(a) > 12) return 'first'
  return Number(b) > 12 ? 'second' : null
}

function momentOf(
  year: number,
  month: number,
  day: number,
  [hourText, minuteText, secondText, half]: readonly (string | undefined)[],
): LocalMoment | null {
  let hour = Number(hourText ?? 0)
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  }
  const [minute, second] = [Number(minuteText ?? 0), Number(secondText ?? 0)]
  const dayCount = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (month < 1 || month > 12 || day < 1 || day > dayCount) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  return { year, month, day, hour, minute, second }
}
