/** Numbers since 1970 by how large they are: the unit in which they are of a year from 1973 on. */
const units = [
  { name: 's', below: 1e11 },
  { name: 'ms', below: 1e14 },
  { name: 'µs', below: 1e17 },
  { name: 'ns', below: Number.POSITIVE_INFINITY },
] as const
const millisPer = { s: 1_000, ms: 1, µs: 1e-3, ns: 1e-6 } as const

/** How a file writes its times: as dates, or as numbers of this unit. */
export type TimeForm = 'date' | keyof typeof millisPer

/** 2106, when seconds no longer fit into 32 bits. */
const endMs = 2 ** 32 * 1_000

const date =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)([.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * How times are written of which these are some; null where they are none that we know. One form for a whole file:
 * what the most of them have.
 */
export function timeFormOf(texts: readonly string[]): TimeForm | null {
  if (texts.length === 0) return null
  const isMost = (count: number): boolean => count * 2 > texts.length
  if (isMost(texts.filter((text) => date.test(text)).length)) return 'date'
  const numbers = texts.map(numberOf).filter((value) => value >= 0)
  if (!isMost(numbers.length)) return null
  numbers.sort((a, b) => a - b)
  const middle = numbers[numbers.length >> 1]!
  return units.find(({ below }) => middle < below)!.name
}

/** Milliseconds since 1970 with their fraction, in UTC where nothing else is said; NaN for what is no such time. */
export function millisOf(text: string, form: TimeForm): number {
  const millis = form === 'date' ? millisOfDate(text) : numberOf(text) * millisPer[form]
  return millis >= 0 && millis < endMs ? millis : Number.NaN
}

const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?$/

/** Whether they are times of day, which stand beside a date. */
export const areClocks = (texts: readonly string[]): boolean =>
  texts.filter((text) => clock.test(text)).length * 2 > texts.length

/** What is on top of a date, in ms: a number of them, or a time of day; NaN for what is neither. */
export function millisOfDay(text: string): number {
  const parts = clock.exec(text)
  if (parts === null) return text === '' ? 0 : numberOf(text)
  const [, hour, minute, second, fraction] = parts
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second ?? 0)
  return (seconds + Number(`0.${fraction ?? 0}`)) * 1_000
}

/** Whether numbers are those of days from 1995 to 2050 at some time of day: what nothing but times is. */
export function areTimes(texts: readonly string[], form: TimeForm): boolean {
  if (form === 'date') return texts.some((text) => text.includes('-'))
  const isTime = (text: string): boolean => {
    const seconds = millisOf(text, form) / 1_000
    return seconds > 8e8 && seconds < 2.5e9
  }
  return texts.filter(isTime).length * 10 > texts.length * 9
}

const numberOf = (text: string): number =>
  /^\d+(\.\d*)?(e\+?\d+)?$/i.test(text) ? Number(text) : Number.NaN

function millisOfDate(text: string): number {
  const parts = date.exec(text)
  if (parts === null) return Number.NaN
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const [months, days] = [Number(month), Number(day)]
  const midnight = Date.UTC(Number(year), months - 1, days)
  // The 31st of April is the 1st of May to `Date`.
  if (new Date(midnight).getUTCDate() !== days || months < 1 || months > 12) return Number.NaN
  if (hour === undefined) return midnight
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second ?? 0) > 60) return Number.NaN
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second ?? 0)
  const rest = fraction === undefined ? 0 : Number(`0.${fraction.slice(1)}`) * 1_000
  return midnight + seconds * 1_000 + rest - offsetMs(zone)
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || /^[ZUG]/i.test(zone)) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
