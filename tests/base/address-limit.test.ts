// Goal: an address may call so often and no more, whatever it is written like, and no other one is hurt by it; memory is
// bounded. Method: a clock in the hand; random calls beside a plain bucket, the seed in the message.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { AddressLimit } from '../../src/base/address-limit.js'
import { Random } from '../../src/base/random.js'

test('calls are let through as a plain bucket lets them', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const callsPerSecond = 1 + random.below(50)
    const burstMax = 1 + random.below(100)
    const limit = new AddressLimit({ callsPerSecond, burstMax, addressCountMax: 100 })
    const left = new Map<string, number>()
    for (let i = 0, nowMs = 0, beforeMs = 0; i < 2_000; i++, beforeMs = nowMs) {
      nowMs += random.below(60)
      for (const [key, it] of left)
        left.set(key, Math.min(burstMax, it + ((nowMs - beforeMs) * callsPerSecond) / 1_000))
      const [address, shopId] = [`10.0.0.${random.below(3)}`, random.pick(['', 'a', 'b'])]
      const cost = random.chance(0.2) ? 1 + random.below(20) : 1
      const price = Math.min(cost, burstMax)
      const has = left.get(address + shopId) ?? burstMax
      // Fractions are added up in another order.
      if (Math.abs(has - price) < 1e-6) continue
      check.equal(limit.take(address, nowMs, shopId, cost), has >= price, `seed ${seed}, call ${i}`)
      left.set(address + shopId, has >= price ? has - price : has)
    }
  }
})

test('a call that counts for more than a burst passes when nobody called for a while', () => {
  const limit = new AddressLimit({ callsPerSecond: 1, burstMax: 5, addressCountMax: 10 })
  check.ok(limit.take('10.0.0.1', 0, 'shop', 20))
  check.ok(!limit.take('10.0.0.1', 4_000, 'shop', 20))
  check.ok(limit.take('10.0.0.1', 5_000, 'shop', 20))
})

test('the addresses that are remembered are bounded, those of late the longest', () => {
  for (const addressCountMax of [1, 5, 8, 100, 1_000]) {
    const limit = new AddressLimit({ callsPerSecond: 0.001, burstMax: 1, addressCountMax })
    for (let i = 0; i < 10_000; i++) check.ok(limit.take(`10.0.${i >> 8}.${i & 255}`, i))
    check.ok(limit.addressCount <= addressCountMax)
    check.ok(limit.addressCount > addressCountMax * 0.8, `${limit.addressCount}`)
    check.ok(!limit.take('10.0.39.15', 10_000))
    check.ok(limit.take('10.0.0.1', 10_000), 'was forgotten')
  }
})

test('a flood from everywhere hardly makes anybody start anew who calls all the time', () => {
  const limit = new AddressLimit({ callsPerSecond: 1, burstMax: 10, addressCountMax: 10_000 })
  let taken = 0
  for (let i = 0; i < 100_000; i++) {
    limit.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, i / 100)
    if (i % 10 === 0 && limit.take('1.2.3.4', i / 100)) taken++
  }
  // A burst, and one in the second that it takes.
  check.equal(taken, 10)
})

/** As two listeners and several proxies write them. */
const same: readonly (readonly string[])[] = [
  [
    '1.2.3.4',
    '::ffff:1.2.3.4',
    '0000:0000:0000:0000:0000:ffff:0102:0304',
    '::ffff:102:304',
    '1.2.3.4:5678',
  ],
  ['1.2.3.5', '0000:0000:0000:0000:0000:ffff:0102:0305', '[::ffff:1.2.3.5]:443'],
  [
    '2001:db8::1',
    '2001:db8:0:0:ffff::2',
    '2001:0db8:0000:0000:0000:0000:0000:0003',
    '[2001:DB8::4]:443',
  ],
  ['2001:db8:0:1::1', '2001:0db8:0000:0001:ffff:ffff:ffff:ffff'],
  ['::1', '0000:0000:0000:0000:0000:0000:0000:0001', '[::1]:80'],
  ['', ''],
]

test('one address, or one network, is the same however it is written', () => {
  const limit = new AddressLimit({ callsPerSecond: 1, burstMax: 1, addressCountMax: 10_000 })
  for (const [first, ...others] of same) {
    check.ok(limit.take(first!, 0), first)
    for (const other of others) check.ok(!limit.take(other, 0), other)
  }
  check.equal(limit.addressCount, same.length)
})
