/** Amounts as feeds write them: `12.34 PLN`, `PLN 12,34`, `1 234,56 zł`, `1.234,56`, `SR 1,182`. */

export type Amount =
  | { readonly ok: true; readonly micros: number; readonly currency: string }
  | { readonly ok: false; readonly refusal: 'bad_price' | 'bad_currency'; readonly reason: string }

export interface AmountOptions {
  /** Of an amount that names none. */
  readonly currency: string
  /**
   * `1.234` is 1.234 where the dialect says that a point comes before decimals; where none says so, it
   * is the 1,234 that people mean by it.
   */
  readonly pointIsDecimal: boolean
}

const codes = new Set(Intl.supportedValuesOf('currency'))
/** In lower case, without a full stop. `kr` and `$` are several countries'. */
const signs: Readonly<Record<string, string>> = {
  '€': 'EUR',
  euro: 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  zł: 'PLN',
  zl: 'PLN',
  kč: 'CZK',
  kc: 'CZK',
  ft: 'HUF',
  lei: 'RON',
  лв: 'BGN',
  '₽': 'RUB',
  руб: 'RUB',
  rur: 'RUB',
  '₴': 'UAH',
  грн: 'UAH',
  '₺': 'TRY',
  tl: 'TRY',
  '₹': 'INR',
  rs: 'INR',
  '₪': 'ILS',
  sr: 'SAR',
  us$: 'USD',
}
const dollars = new Set(['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'ARS', 'CLP', 'COP'])
const crowns = new Set(['SEK', 'NOK', 'DKK', 'ISK'])

/**
 * @param text    a code or a sign.
 * @param currency the shop's: which dollar or crown is meant.
 * @returns an ISO 4217 code, or null.
 */
export function readCurrency(text: string, currency: string): string | null {
  const upper = text.trim().toUpperCase()
  if (codes.has(upper)) return upper
  const sign = text.trim().toLowerCase().replace(/\.$/, '')
  if (sign === '$') return dollars.has(currency) ? currency : 'USD'
  if (sign === 'kr') return crowns.has(currency) ? currency : null
  return Object.hasOwn(signs, sign) ? signs[sign]! : null
}

/** @returns an amount above zero, in whole micros; digits past the sixth decimal place are cut off. */
export function readAmount(text: string, options: AmountOptions): Amount {
  const shown = `"${text.slice(0, 40)}"`
  const bad = (reason: string): Amount => ({ ok: false, refusal: 'bad_price', reason })
  const parts = /^([^\d]*)(\d(?:[\d\s.,'’]*\d)?)([^\d]*)$/u.exec(text.trim())
  if (parts === null) return bad(`${shown} is no amount`)
  let [, before = '', number = '', after = ''] = parts
  // `.99`, but not `Rs.99`.
  if (/(?:^|[^\p{L}])[.,]$/u.test(before)) {
    number = `0.${number}`
    before = before.slice(0, -1)
  }
  if (/[-−–]\s*$/.test(before) || /^[-−–]/.test(before.trim())) return bad(`${shown} is negative`)
  const currencies = [before, after.replace(/^\s*[.,](?:\s*[-–—]+)?/, '')]
    .map((affix) => affix.trim())
    .filter((affix) => affix !== '')
  let currency = options.currency
  for (const affix of currencies) {
    const read = readCurrency(affix, options.currency)
    if (read === null)
      return /^[a-z]{3}$/i.test(affix)
        ? { ok: false, refusal: 'bad_currency', reason: `"${affix}" is no currency` }
        : bad(`${shown} is no amount`)
    currency = read
  }
  const micros = readNumber(number, options.pointIsDecimal)
  if (Number.isNaN(micros)) return bad(`${shown} is no amount`)
  if (micros === 0) return bad(`${shown} is not above zero`)
  if (micros > Number.MAX_SAFE_INTEGER) return bad(`${shown} is too much`)
  return { ok: true, micros, currency }
}

/** @returns whole micros; NaN for what is no number. */
function readNumber(text: string, pointIsDecimal: boolean): number {
  let plain = text.replace(/['’\s]/g, ' ')
  if (plain.includes(' ')) {
    // Groups of three, or it is two numbers.
    if (!/^\d{1,3}(?: \d{3})+(?:[.,]\d+)?$/.test(plain)) return Number.NaN
    plain = plain.replace(/ /g, '')
  }
  const point = decimalMark(plain, pointIsDecimal)
  const whole = point < 0 ? plain : plain.slice(0, point)
  if (!/^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+)$/.test(whole)) return Number.NaN
  const decimals = point < 0 ? '' : plain.slice(point + 1)
  return Number(whole.replace(/[.,]/g, '')) * 1e6 + Number(decimals.slice(0, 6).padEnd(6, '0'))
}

/** Where the point or comma before the decimals stands; -1 where there are none. */
function decimalMark(text: string, pointIsDecimal: boolean): number {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  if (last < 0) return -1
  const mark = text[last]!
  const isOnly = text.indexOf(mark) === last
  const hasOther = text.includes(mark === '.' ? ',' : '.')
  if (hasOther) return isOnly ? last : -1
  if (!isOnly) return -1
  const couldBeGroups = /^[1-9]\d{0,2}[.,]\d{3}$/.test(text)
  return couldBeGroups && !(mark === '.' && pointIsDecimal) ? -1 : last
}
