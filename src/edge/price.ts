import { createHmac, timingSafeEqual } from 'node:crypto'
import type { CpmMicros } from '../base/money.js'
import { cpmMicrosMax, parseCpm } from '../base/money.js'
import type { Exchange } from './exchange.js'
import { keyFrom } from './exchange.js'

/**
 * Why a price can't be charged:
 *
 * - `no_price`: empty, or not there at all.
 * - `audit_price`: `AUDIT`: somebody looks at the creative, nobody pays for it.
 * - `unknown_price`: `UNKNOWN`: not settled when the creative was sent (Google).
 * - `unfilled_price`: the macro as we sent it, or percent-encoded: the exchange doesn't know it.
 * - `bad_price`: anything else that isn't a price.
 * - `forged_price`: not encrypted with our keys, or changed on its way.
 * - `stale_price`: encrypted too long ago, or in the future.
 * - `reused_price`: the same encrypted price came for another bid.
 */
export const priceRefusals = [
  'no_price',
  'audit_price',
  'unknown_price',
  'unfilled_price',
  'bad_price',
  'forged_price',
  'stale_price',
  'reused_price',
] as const
export type PriceRefusal = (typeof priceRefusals)[number]

export interface PriceFault {
  readonly reason: PriceRefusal
  /** What to tell who sent it. */
  readonly error: string
}

/** Reads what an exchange put in the place of its price macro. */
export interface PriceReader {
  /**
   * @param text  as it came, percent-decoded once.
   * @param bid   what no other bid is called: one price may come again for it, but for no other.
   * @param nowMs since 1970.
   */
  read(text: string, bid: string, nowMs: number): CpmMicros | PriceFault
}

export const priceReaderFor = ({ price }: Pick<Exchange, 'price'>): PriceReader =>
  price.encoding === 'plain' ? plainPrices : new EncryptedPrices(price)

const fault = (reason: PriceRefusal, error: string): PriceFault => ({ reason, error })

const faults = {
  none: fault('no_price', 'p: is empty'),
  audit: fault('audit_price', 'p: AUDIT is not charged'),
  unknown: fault('unknown_price', 'p: UNKNOWN is not charged'),
  unfilled: fault('unfilled_price', 'p: is a macro that nobody has filled in'),
  notPlain: fault('bad_price', 'p: must be a price such as 1.23'),
  notEncrypted: fault('bad_price', 'p: must be an encrypted price, 38 characters of base64url'),
  forged: fault('forged_price', 'p: is not encrypted with the keys that were agreed'),
  tooLarge: fault('bad_price', 'p: is larger than any price'),
  stale: fault('stale_price', 'p: was encrypted too long ago'),
  reused: fault('reused_price', 'p: came for another bid before'),
} as const

/** What stands there instead of any price; null where there may be one. */
function noPriceIn(text: string): PriceFault | null {
  if (text === '') return faults.none
  if (text === 'AUDIT') return faults.audit
  if (text === 'UNKNOWN') return faults.unknown
  if (/^(\$|%24|%%|\{|%7b)/i.test(text)) return faults.unfilled
  return null
}

const plainPrices: PriceReader = {
  read(text) {
    const cpm = parseCpm(text)
    return cpm >= 0 ? (cpm as CpmMicros) : (noPriceIn(text) ?? faults.notPlain)
  },
}

/** Prices remembered with their bids: those of the last seconds, on a busy exchange. */
const rememberedMax = 16_384
const ivBytes = 16
const priceBytes = 8
const encryptedBytes = ivBytes + priceBytes + 4
/** 28 bytes, with padding or without. */
const encryptedText = /^[\w-]{38}(==)?$/

/**
 * Google's scheme: 16 bytes that no other price has (their first four: when, in seconds), 8 of the
 * price, 4 of a signature.
 *
 *     pad       = HMAC-SHA1(encryption key, iv)[0..8]
 *     price     = ciphertext xor pad, a big-endian integer
 *     signature = HMAC-SHA1(integrity key, price | iv)[0..4]
 *
 * Which prices came for which bids is remembered for a while and by each worker for itself: what
 * really keeps a bid from being charged twice is the ledger.
 */
class EncryptedPrices implements PriceReader {
  readonly #encryptionKey: Buffer
  readonly #integrityKey: Buffer
  readonly #microsPerUnit: number
  readonly #maxAgeMs: number
  /** Bid by encrypted price, the oldest first. */
  readonly #bids = new Map<string, string>()

  constructor(price: Extract<Exchange['price'], { encoding: 'google' }>) {
    this.#encryptionKey = keyFrom(price.encryptionKey, price.keyEncoding)
    this.#integrityKey = keyFrom(price.integrityKey, price.keyEncoding)
    this.#microsPerUnit = price.unit === 'impression-micros' ? 1_000 : 1
    this.#maxAgeMs = price.maxAgeMinutes * 60_000
  }

  read(text: string, bid: string, nowMs: number): CpmMicros | PriceFault {
    const plain = decryptPrice(text, this.#encryptionKey, this.#integrityKey)
    if (plain === 'not_encrypted') return noPriceIn(text) ?? faults.notEncrypted
    if (plain === 'forged') return faults.forged
    if (Math.abs(nowMs - plain.encryptedAtMs) > this.#maxAgeMs) return faults.stale
    const cpm = plain.value * BigInt(this.#microsPerUnit)
    if (cpm > BigInt(cpmMicrosMax)) return faults.tooLarge
    return this.#isFirstBidOf(text, bid) ? (Number(cpm) as CpmMicros) : faults.reused
  }

  #isFirstBidOf(text: string, bid: string): boolean {
    const bids = this.#bids
    const known = bids.get(text)
    if (known !== undefined) return known === bid
    if (bids.size >= rememberedMax)
      for (const oldest of bids.keys()) {
        bids.delete(oldest)
        break
      }
    bids.set(text, bid)
    return true
  }
}

/**
 * Undoes the scheme above.
 *
 * @returns the number within, in the exchange's unit; `not_encrypted` where the text can't be a price of
 *   that form, `forged` where its signature isn't that of these keys.
 */
export function decryptPrice(
  text: string,
  encryptionKey: Buffer,
  integrityKey: Buffer,
): { readonly value: bigint; readonly encryptedAtMs: number } | 'not_encrypted' | 'forged' {
  if (!encryptedText.test(text)) return 'not_encrypted'
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== encryptedBytes) return 'not_encrypted'
  const iv = bytes.subarray(0, ivBytes)
  const price = bytes.subarray(ivBytes, ivBytes + priceBytes)
  const pad = createHmac('sha1', encryptionKey).update(iv).digest()
  for (let i = 0; i < priceBytes; i++) price[i] = price[i]! ^ pad[i]!
  const signature = createHmac('sha1', integrityKey).update(price).update(iv).digest()
  if (!timingSafeEqual(signature.subarray(0, 4), bytes.subarray(ivBytes + priceBytes)))
    return 'forged'
  return { value: price.readBigUInt64BE(), encryptedAtMs: iv.readUInt32BE() * 1_000 }
}
