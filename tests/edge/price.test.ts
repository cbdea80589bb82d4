// Goal: what an exchange says that an impression cost is read exactly, and anything else is refused by
// its own name. Method: the published vectors of Google's scheme; a plain encryptor that goes the other
// way, on seeded prices; every single bit of a price turned.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { exchangeSchema, keyFrom } from '../../src/edge/exchange.js'
import type { PriceFault } from '../../src/edge/price.js'
import { decryptPrice, priceReaderFor } from '../../src/edge/price.js'

interface Vector {
  readonly kind: string
  readonly name: string
  readonly encryptionKey: string
  readonly integrityKey: string
  readonly keyEncoding: 'base64' | 'hex' | 'utf8'
  readonly ciphertext: string
  readonly expected: number | null
  readonly mustReject?: boolean
}
const vectors = (
  JSON.parse(
    readFileSync(
      new URL('../../../shared/corpus/crypto/google-encrypted-values.json', import.meta.url),
      'utf8',
    ),
  ) as Vector[]
).filter(({ kind }) => kind === 'price')

const reader = (price: object) =>
  priceReaderFor(exchangeSchema.parse({ name: 'demo', currency: 'USD', seat: 's', price }))
const encrypted = ({ encryptionKey, integrityKey, keyEncoding }: Vector, more: object = {}) =>
  reader({
    encoding: 'google',
    encryptionKey,
    integrityKey,
    keyEncoding: keyEncoding === 'utf8' ? 'text' : keyEncoding,
    ...more,
  })
const reasonOf = (read: number | PriceFault): string =>
  typeof read === 'number' ? `read as ${read}` : read.reason

/** When a price says that it was encrypted: its first four bytes. */
const secondOf = (text: string): number => Buffer.from(text, 'base64url').readUInt32BE() * 1_000

// Conformance checklist 95.
describe('encrypted prices', () => {
  test('there are vectors of all kinds', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(16)
    expect(new Set(vectors.map(({ keyEncoding }) => keyEncoding)).size).toBe(3)
  })

  test.each(vectors)('$name: $ciphertext is $expected', (vector) => {
    const { ciphertext, expected } = vector
    const at = ciphertext.length < 38 ? 0 : secondOf(ciphertext)
    const perImpression = encrypted(vector).read(ciphertext, 'bid', at)
    const perThousand = encrypted(vector, { unit: 'cpm-micros' }).read(ciphertext, 'bid', at)
    if (vector.mustReject) {
      expect(reasonOf(perImpression)).toMatch(/^(no|bad|forged)_price$/)
      expect(reasonOf(perThousand)).toMatch(/^(no|bad|forged)_price$/)
    } else {
      expect(perThousand).toBe(expected)
      expect(perImpression).toBe(expected! * 1_000)
    }
  })

  const vector = vectors[0]!
  const [encryptionKey, integrityKey] = [vector.encryptionKey, vector.integrityKey].map((key) =>
    keyFrom(key, 'base64'),
  ) as [Buffer, Buffer]

  /** The scheme as it is described, forwards. */
  function encrypt(price: bigint, iv: Buffer): string {
    const plain = Buffer.alloc(8)
    plain.writeBigUInt64BE(price)
    const pad = createHmac('sha1', encryptionKey).update(iv).digest()
    const cipher = plain.map((byte, i) => byte ^ pad[i]!)
    const signature = createHmac('sha1', integrityKey)
      .update(Buffer.concat([plain, iv]))
      .digest()
    return Buffer.concat([iv, cipher, signature.subarray(0, 4)]).toString('base64url')
  }
  const nowMs = 1_700_000_000_000
  function ivAt(ms: number, random: Random): Buffer {
    const iv = Buffer.from(Array.from({ length: 16 }, () => random.below(256)))
    iv.writeUInt32BE(Math.floor(ms / 1_000))
    return iv
  }

  test('what was encrypted is read, in thousands of impressions', () => {
    const random = new Random(11)
    const prices = encrypted(vector)
    for (let i = 0; i < 2_000; i++) {
      const micros = random.below(10 ** (1 + random.below(9)))
      const text = encrypt(BigInt(micros), ivAt(nowMs, random))
      expect(prices.read(text, 'bid', nowMs)).toBe(micros * 1_000)
      expect(prices.read(`${text}==`, 'bid', nowMs)).toBe(micros * 1_000)
    }
  })

  test('with any bit of it turned it is forged', () => {
    const text = encrypt(5_000n, ivAt(nowMs, new Random(12)))
    for (let bit = 0; bit < 28 * 8; bit++) {
      const bytes = Buffer.from(text, 'base64url')
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(decryptPrice(bytes.toString('base64url'), encryptionKey, integrityKey)).toBe('forged')
    }
    expect(decryptPrice(text, integrityKey, encryptionKey)).toBe('forged')
  })

  test('it is refused once it is old, or where it is of tomorrow', () => {
    const random = new Random(13)
    const prices = encrypted(vector, { maxAgeMinutes: 60 })
    const read = (ms: number) => reasonOf(prices.read(encrypt(1n, ivAt(ms, random)), 'bid', nowMs))
    expect(read(nowMs - 59 * 60_000)).toBe('read as 1000')
    expect(read(nowMs - 61 * 60_000)).toBe('stale_price')
    expect(read(nowMs + 61 * 60_000)).toBe('stale_price')
  })

  test('it counts for one bid, however often that says it', () => {
    const prices = encrypted(vector)
    const text = encrypt(700n, ivAt(nowMs, new Random(14)))
    expect(prices.read(text, 'bid 1', nowMs)).toBe(700_000)
    expect(prices.read(text, 'bid 1', nowMs)).toBe(700_000)
    expect(reasonOf(prices.read(text, 'bid 2', nowMs))).toBe('reused_price')
    const random = new Random(15)
    for (let i = 0; i < 20_000; i++) prices.read(encrypt(1n, ivAt(nowMs, random)), 'x', nowMs)
    // What is remembered is bounded.
    expect(prices.read(text, 'bid 2', nowMs)).toBe(700_000)
  })

  test.each([2n ** 64n - 1n, 10n ** 10n])('%i is more than any price', (price) => {
    const text = encrypt(price, ivAt(nowMs, new Random(16)))
    expect(reasonOf(encrypted(vector).read(text, 'bid', nowMs))).toBe('bad_price')
  })

  test('a plain price is none here', () => {
    expect(reasonOf(encrypted(vector).read('1.23', 'bid', nowMs))).toBe('bad_price')
  })

  test.each([
    ['skU7Ax_NL5p', 'base64'],
    ['652f83ada0545157a1b7fb0c0e09f59e7337332fe7abd4eb10449b8ee6c39135', 'base64'],
    ['652f83ada0545157a1b7fb0c0e09f59e7', 'hex'],
    ['short', 'text'],
    ['', 'base64'],
  ])('%j is no key in %s', (key, keyEncoding) => {
    const price = { encoding: 'google', encryptionKey: key, integrityKey: key, keyEncoding }
    expect(() => reader(price)).toThrow(/encryptionKey[\s\S]*integrityKey/)
  })
})

describe.each([
  ['plain', reader({ encoding: 'plain' })],
  ['encrypted', encrypted(vectors[0]!)],
])('%s: what stands there instead of a price', (_, prices) => {
  test.each([
    ['', 'no_price'],
    ['AUDIT', 'audit_price'],
    ['UNKNOWN', 'unknown_price'],
    ['${AUCTION_PRICE}', 'unfilled_price'],
    ['${AUCTION_PRICE:OXCRYPT}', 'unfilled_price'],
    ['%24%7BAUCTION_PRICE%7D', 'unfilled_price'],
    ['%%WINNING_PRICE%%', 'unfilled_price'],
    ['{winning_price}', 'unfilled_price'],
    ['-1', 'bad_price'],
    ['1e9', 'bad_price'],
    ['NaN', 'bad_price'],
    ['1,5', 'bad_price'],
    ['ż'.repeat(5_000), 'bad_price'],
    [vectors[1]!.ciphertext.slice(0, 30), 'bad_price'],
  ])('%j is %s', (text, reason) => {
    expect(reasonOf(prices.read(text, 'bid', 1_700_000_000_000))).toBe(reason)
  })
})

test('a plain price is read to the micro', () => {
  const prices = reader({ encoding: 'plain' })
  expect(prices.read('1.2345', 'bid', 0)).toBe(1_234_500)
  expect(prices.read('0', 'bid', 0)).toBe(0)
})
