// Goal: nothing comes back as ours that we didn't send out. Method: round trip, then every single bit
// of a token changed, other keys, other texts.
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { Signer, tokenLength } from '../../src/edge/signer.js'

const signer = await Signer.open(Buffer.alloc(32, 1))
const bid = {
  isTest: false,
  issuedAtMs: 1_795_000_000_123,
  incarnation: 4_000_000_000,
  sequence: 5_000_000_000,
  expiresAtMs: 1_795_000_300_000,
  account: 77,
  exchangeKey: keyOf('demo'),
  shopKey: keyOf('shop'),
  reservedNanos: 1_234_567_891,
  bidCpmMicros: 1_234_567_890,
  currency: 'PLN',
}

test('a token brings back what went into it, in characters that need no escaping', () => {
  const text = signer.sign(bid)
  expect(text).toMatch(/^[\w-]+$/)
  expect(text).toHaveLength(tokenLength)
  expect(signer.lastId()).toHaveLength(22)
  const { id, ...rest } = signer.verify(text)!
  expect(rest).toEqual(bid)
  expect(id).toHaveLength(16)
})

test('two bids never have one id', () => {
  const ids = new Set<string>()
  for (let sequence = 1; sequence <= 1_000; sequence++) {
    signer.sign({ ...bid, sequence })
    ids.add(signer.lastId())
  }
  expect(ids.size).toBe(1_000)
})

test('a token with any one bit changed is none of ours', () => {
  const bytes = Buffer.from(signer.sign(bid), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    expect(signer.verify(changed.toString('base64url')), `bit ${bit}`).toBeNull()
  }
})

test('other texts and other keys are none of ours', async () => {
  const text = signer.sign(bid)
  expect((await Signer.open(Buffer.alloc(32, 2))).verify(text)).toBeNull()
  const random = new Random(5)
  const others = ['', 'x', text.slice(1), `${text}A`, text.replace(/^./, '%'), '\u0000'.repeat(100)]
  for (let i = 0; i < 100; i++)
    others.push(Array.from({ length: tokenLength }, () => random.pick([...'aZ09-_+/= é'])).join(''))
  for (const other of others) expect(signer.verify(other), other).toBeNull()
})

test('a target is bound to its shop and to its last character', () => {
  const url = 'https://shop.example/p/1?a=b'
  const signature = signer.signTarget(bid.shopKey, url)
  expect(signer.isTarget(bid.shopKey, url, signature)).toBe(true)
  expect(signer.isTarget(keyOf('other'), url, signature)).toBe(false)
  expect(signer.isTarget(bid.shopKey, `${url}c`, signature)).toBe(false)
  expect(signer.isTarget(bid.shopKey, url, '')).toBe(false)
  expect(signer.isTarget(bid.shopKey, url, signature.slice(1))).toBe(false)
})
