/** The kinds of values that rules compare with: read, checked and written. */
import type { RuleFault } from './fault.js'
import { closest } from './fault.js'
import type { Quantity } from './raw-rule.js'

export const valueKinds = ['money', 'number', 'count', 'score', 'share', 'age'] as const
export type ValueKind = (typeof valueKinds)[number]

/** A value as it is compared, and as it is written. */
export interface RuleValue {
  /** Micros of the shop's currency, milliseconds, a share of 1, or the number itself. */
  readonly threshold: number
  readonly text: string
  readonly json: string | number
}

export interface Currencies {
  /** The shop's. */
  readonly currency: string
  /** Worth of one unit of each currency in any one common currency. */
  readonly unitValue: Readonly<Record<string, number>>
}

export const kindText: Readonly<Record<ValueKind, string>> = {
  money: 'money',
  number: 'a number',
  count: 'a whole number',
  score: 'a score from 1 to 5',
  share: 'a share of the whole',
  age: 'a length of time',
}

/** Longer ago is not told apart from this. */
const durationMsMax = 3_650 * 86_400_000

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const unitNames: Readonly<Record<string, string>> = {
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hour: 'h',
  day: 'd',
  week: 'w',
}
const unitsWritten: readonly string[] = ['d', 'h', 'm', 's']
const signs: Readonly<Record<string, string>> = {
  zł: 'PLN',
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  kč: 'CZK',
}

/** @returns milliseconds; -1 where it is no unit of time. */
function unitMs(unit: string): number {
  const word = unit.toLowerCase()
  const short = unitNames[word] ?? unitNames[word.replace(/s$/, '')] ?? word
  return Object.hasOwn(unitsMs, short) ? unitsMs[short]! : -1
}

/** @returns the value, or what is wrong with it. @param field what it is compared with, for the reason. */
export function readValue(
  kind: ValueKind,
  field: string,
  quantity: Quantity,
  currencies: Currencies,
): RuleValue | RuleFault {
  switch (kind) {
    case 'money':
      return readMoney(field, quantity, currencies)
    case 'share':
      return readShare(field, quantity)
    case 'age':
      return readDuration(quantity, `${field} is ${kindText.age}: 30m, 12h or 14d`)
    default:
      return readNumber(kind, field, quantity)
  }
}

/** @param wanted the reason where it is no length of time at all. */
export function readDuration(quantity: Quantity, wanted: string): RuleValue | RuleFault {
  const { amount, unit, text } = quantity
  if (unit === '') return faultAt(quantity, `${wanted}, with its unit`, `${text}d`)
  if (/^(month|year|y|mo)s?$/i.test(unit)) {
    const days = Math.round(amount * (/^y/i.test(unit) ? 365 : 30))
    return faultAt(quantity, 'months and years are not equally long: say how many days', `${days}d`)
  }
  const ms = Math.round(amount * unitMs(unit))
  if (ms < 0) return faultAt(quantity, `${wanted}, not ${text}`)
  if (ms > durationMsMax) return faultAt(quantity, 'a time is at most ten years, 3650d')
  const written = unitsWritten.find((it) => ms % unitsMs[it]! === 0)
  const shown = written === undefined ? `${ms / 1_000}s` : `${ms / unitsMs[written]!}${written}`
  return { threshold: ms, text: shown, json: shown }
}

function readMoney(
  field: string,
  quantity: Quantity,
  currencies: Currencies,
): RuleValue | RuleFault {
  const { amount, unit, text } = quantity
  const { currency, unitValue } = currencies
  const code = unit === '' ? currency : unit.toUpperCase()
  const known = Object.keys(unitValue)
  if (code !== currency && !Object.hasOwn(unitValue, code)) {
    const sign = signs[unit.toLowerCase()]
    if (sign !== undefined)
      return faultAt(quantity, 'a currency is written as its code', `${amount} ${sign}`)
    if (unitMs(unit) > 0 || unit === '%')
      return faultAt(quantity, `${field} is money: 500 ${currency}, not ${text}`)
    const meant = closest(code, known)
    const reason = `no rate is set for ${unit}; there are ${known.join(', ')}`
    return faultAt(quantity, reason, meant === '' ? '' : `${amount} ${meant}`)
  }
  if (code !== currency && !Object.hasOwn(unitValue, currency))
    return faultAt(quantity, `no rate is set for ${currency}, so ${code} can't be told in it`)
  const rate = code === currency ? 1 : unitValue[code]! / unitValue[currency]!
  const shown = `${amount} ${code}`
  return { threshold: Math.round(amount * rate * 1e6), text: shown, json: shown }
}

function readShare(field: string, quantity: Quantity): RuleValue | RuleFault {
  const { amount, unit, text } = quantity
  if (unit !== '' && unit !== '%')
    return faultAt(quantity, `${field} is ${kindText.share}: 40% or 0.4, not ${text}`)
  const share = rounded(unit === '%' ? amount / 100 : amount)
  if (share > 1) {
    const meant = unit === '' && amount <= 100 ? `${amount}%` : ''
    return faultAt(quantity, `${field} is ${kindText.share}, so at most 100%`, meant)
  }
  const shown = `${Number((share * 100).toFixed(6))}%`
  return { threshold: share, text: shown, json: shown }
}

function readNumber(
  kind: 'number' | 'count' | 'score',
  field: string,
  quantity: Quantity,
): RuleValue | RuleFault {
  const { amount, unit, text } = quantity
  if (unit !== '')
    return faultAt(quantity, `${field} is ${kindText[kind]}: not ${text}`, String(amount))
  if (kind !== 'number' && !Number.isInteger(amount))
    return faultAt(quantity, `${field} is ${kindText[kind]}`, String(Math.round(amount)))
  if (kind === 'score' && (amount < 1 || amount > 5))
    return faultAt(quantity, `${field} is ${kindText.score}`)
  return { threshold: amount, text: String(amount), json: amount }
}

/** Written with a percent sign and read again it is the same number. */
const rounded = (share: number): number => Number(share.toFixed(8))

const faultAt = ({ text, where }: Quantity, reason: string, suggestion = ''): RuleFault => ({
  ...where,
  word: text,
  reason,
  suggestion,
})
