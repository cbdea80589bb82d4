// Goal: the second-price arithmetic, exact to the micro. Method: written cases with round numbers, then
// random auctions against the plainest possible computation.
import { describe, expect, test } from 'vitest'
import type { CpmMicros } from '../../src/base/money.js'
import { Random } from '../../src/base/random.js'
import { type Entry, holdAuction, LossCode } from '../../src/simulation/auction.js'

const cent = 10_000
const micros = (amount: number): CpmMicros => Math.round(amount * 1e6) as CpmMicros

interface Case {
  readonly why: string
  /** Our bids, in currency units like all amounts here. */
  readonly bids: readonly number[]
  readonly rivals?: readonly number[]
  readonly floor?: number
  readonly entry?: Partial<Entry>
  /** For each of our bids: what it pays where it won, or why it lost. */
  readonly expect: readonly (number | { lost: number })[]
}

const cases: readonly Case[] = [
  { why: 'alone without a floor: a cent', bids: [5], expect: [0.01] },
  { why: 'alone with a floor: a cent above it', bids: [5], floor: 2, expect: [2.01] },
  { why: 'a cent above the second', bids: [5], rivals: [1, 3.2, 2], expect: [3.21] },
  { why: 'the floor is above the second', bids: [5], rivals: [1], floor: 2, expect: [2.01] },
  { why: 'never above the own bid', bids: [5], rivals: [4.995], expect: [5] },
  { why: 'a micro above the second', bids: [5], rivals: [4.999999], expect: [5] },
  { why: 'a tie is ours, at our own bid', bids: [5], rivals: [5, 5], expect: [5] },
  { why: 'a bid equal to the floor wins at it', bids: [2], floor: 2, expect: [2] },
  { why: 'less than a cent above the floor', bids: [2.003], floor: 2, expect: [2.003] },
  { why: 'outbid', bids: [5], rivals: [5.000001], expect: [{ lost: LossCode.HigherBid }] },
  { why: 'under the floor', bids: [1.999999], floor: 2, expect: [{ lost: LossCode.BelowFloor }] },
  {
    why: 'under the floor, while a rival under it takes no part either',
    bids: [1],
    rivals: [1.5],
    floor: 2,
    expect: [{ lost: LossCode.BelowFloor }],
  },
  {
    why: 'a rival under the floor sets no price',
    bids: [5],
    rivals: [1.9],
    floor: 2,
    expect: [2.01],
  },
  {
    why: 'our own other bid is the second',
    bids: [3, 5],
    rivals: [1],
    expect: [{ lost: LossCode.HigherBid }, 3.01],
  },
  {
    why: 'of two that are equal the first wins, at its bid',
    bids: [5, 5],
    expect: [5, { lost: LossCode.HigherBid }],
  },
  { why: 'first price', bids: [5], rivals: [1], entry: { auctionType: 1 }, expect: [5] },
  {
    why: 'fixed price: the floor',
    bids: [5],
    rivals: [3],
    floor: 2,
    entry: { auctionType: 3 },
    expect: [2],
  },
  {
    why: 'an auction type of the exchange’s own: second price',
    bids: [5],
    rivals: [1],
    entry: { auctionType: 501 },
    expect: [1.01],
  },
  {
    why: "a deal's floor, not the impression's",
    bids: [5],
    floor: 1,
    entry: { isDeal: true, floorMicros: micros(4) },
    expect: [4.01],
  },
  {
    why: 'under the deal’s floor',
    bids: [3],
    floor: 1,
    entry: { isDeal: true, floorMicros: micros(4) },
    expect: [{ lost: LossCode.BelowDealFloor }],
  },
  {
    why: 'a bid that is refused neither wins nor sets a price',
    bids: [5],
    entry: { refusedFor: LossCode.Size },
    expect: [{ lost: LossCode.Size }],
  },
]

const entryOf = (bid: number, floor: number): Entry => ({
  cpmMicros: micros(bid),
  floorMicros: micros(floor),
  auctionType: 2,
  isDeal: false,
  refusedFor: LossCode.Won,
})

describe('cases', () => {
  test.each(cases)('$why', ({ bids, rivals = [], floor = 0, entry, expect: want }) => {
    const entries = bids.map((bid) => ({ ...entryOf(bid, floor), ...entry }))
    const got = holdAuction(entries, rivals.map(micros), micros(floor))
    for (const [i, outcome] of got.entries()) {
      const wanted = want[i]!
      if (typeof wanted !== 'number') expect(outcome.lossCode).toBe(wanted.lost)
      else expect([outcome.lossCode, outcome.clearingMicros]).toEqual([0, micros(wanted)])
    }
  })
})

test('what would have tied: the next best for the winner, the winner for who was outbid', () => {
  const entries = [entryOf(5, 1), entryOf(4, 1), entryOf(0.5, 1)]
  const got = holdAuction(entries, [micros(3)], micros(1))
  expect(got.map(({ minToWinMicros }) => minToWinMicros)).toEqual([micros(4), micros(5), -1])
  expect(holdAuction([entryOf(5, 2)], [], micros(2))[0]?.minToWinMicros).toBe(micros(2))
})

test('random auctions clear where plain whole-number arithmetic says', () => {
  const seed = 771
  const random = new Random(seed)
  for (let round = 0; round < 5_000; round++) {
    // Few different amounts, so that ties and bids at the floor are frequent.
    const amount = (): CpmMicros => (random.below(12) * (cent / 2) + 1) as CpmMicros
    const floor = (random.chance(0.5) ? 0 : amount()) as CpmMicros
    const rivals = Array.from({ length: random.below(4) }, amount)
    const bid = amount()
    const entry = { ...entryOf(0, 0), cpmMicros: bid, floorMicros: floor }
    const outcome = holdAuction([entry], rivals, floor)[0]!

    const others = rivals.filter((rival) => rival >= floor)
    const second = Math.max(0, ...others)
    const hasWon = bid >= floor && bid >= second
    const why = `seed ${seed} round ${round}: ${bid} against ${rivals} over ${floor}`
    expect(outcome.lossCode === LossCode.Won, why).toBe(hasWon)
    if (!hasWon) continue
    const want = [BigInt(bid), BigInt(Math.max(second, floor)) + BigInt(cent)]
    expect(BigInt(outcome.clearingMicros), why).toBe(want[0]! < want[1]! ? want[0] : want[1])
  }
})
