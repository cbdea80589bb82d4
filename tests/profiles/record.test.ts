// Goal: one shop's slice can be changed in a record without touching another's, and a damaged record
// neither throws on the bidder's way nor takes more with it than it must.
// Method: seeded random changes against a Map; seeded flips and cuts.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { decodeProfile, stampOf, withSlice } from '../../src/profiles/record.js'
import { encodeSlice, hotSection } from '../../src/profiles/slice-codec.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { randomSlice } from './random-slice.js'

const seed = Number(process.env['SEED'] ?? 72)

const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Each shop's bytes, found without the code under test. */
function entriesOf(record: Buffer | null): Map<number, string> {
  const entries = new Map<number, string>()
  if (record === null) return entries
  for (let at = 12; at < record.length; ) {
    const end = at + 12 + record.readUInt32LE(at + 8)
    entries.set(record.readDoubleLE(at), record.toString('hex', at + 12, end))
    at = end
  }
  return entries
}

test('a change of one shop leaves the bytes of all others', () => {
  const random = new Random(seed)
  for (let round = 0; round < 200; round++) {
    const expected = new Map<number, string>()
    let record: Buffer | null = null
    for (let step = 1; step < 30; step++) {
      const shopKey = 1 + random.below(6)
      const hot = random.chance(0.3) ? null : hotSection(encodeSlice(randomSlice(random)))
      record = withSlice(record, shopKey, hot, step)
      if (hot === null) expected.delete(shopKey)
      else expected.set(shopKey, hot.toString('hex'))
      expect(entriesOf(record), `seed ${seed} round ${round} step ${step}`).toEqual(expected)
      expect(record === null).toBe(expected.size === 0)
      if (record !== null) expect(stampOf(viewOf(record))).toBe(step)
    }
  }
})

test('a damaged record never throws, and is counted where slices are lost', () => {
  const random = new Random(seed)
  for (let round = 0; round < 5_000; round++) {
    let record: Buffer | null = null
    for (let shopKey = 1; shopKey <= 3; shopKey++)
      record = withSlice(record, shopKey, hotSection(encodeSlice(randomSlice(random))), 7)
    let damaged = Buffer.from(record!)
    if (random.chance(0.3)) damaged = damaged.subarray(0, random.below(damaged.length))
    for (let flips = random.below(4); flips > 0 && damaged.length > 0; flips--) {
      const at = random.below(damaged.length)
      damaged[at] = damaged[at]! ^ (1 << random.below(8))
    }
    const stats = new ProfileStats()
    const profile = decodeProfile(viewOf(damaged), damaged.length, stats)
    const count = profile?.slices.length ?? 0
    // A cut can end exactly between two shops, which can't be told from fewer shops.
    if (count < 3 && damaged.length === record!.length)
      expect(stats.unreadableSlices, `seed ${seed} round ${round}`).toBeGreaterThan(0)
  }
})

test('a slice of a later release is left out, the others are read', () => {
  const random = new Random(seed)
  const hot = () => Buffer.from(hotSection(encodeSlice(randomSlice(random))))
  const newer = hot()
  newer[0] = 9
  const record = withSlice(withSlice(withSlice(null, 1, hot(), 1), 2, newer, 2), 3, hot(), 3)!
  const stats = new ProfileStats()
  const profile = decodeProfile(viewOf(record), record.length, stats)
  expect(profile?.slices.map((slice) => slice.shopKey)).toEqual([1, 3])
  expect(stats.unreadableSlices).toBe(1)
})

test('a record of a later release is not written over', () => {
  const record = withSlice(null, 1, Buffer.alloc(32), 1)!
  record.writeUInt32LE(2, 8)
  expect(() => withSlice(record, 1, null, 2)).toThrow('record version 2 is unknown')
})
