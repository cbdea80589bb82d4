// Goal: what people buy again is known, and when. Method: gaps gathered in maps and their medians taken, beside
// the model, on random purchases; the source and its bounds by hand.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ActionKind } from '../../../src/recommend/actions.js'
import { buildReplenish, Replenish } from '../../../src/recommend/models/replenish.js'
import { actionsOf, foundBy, type GivenAction } from './given-actions.js'

const day = 86_400
const bought = (person: string, item: number, days: number): GivenAction => ({
  person,
  item,
  kind: ActionKind.purchase,
  atSeconds: 1_700_000_000 + Math.round(days * day),
  order: 0,
})

test('replenish: the median gap of those who bought again', () => {
  let knownCount = 0
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed)
    const given: GivenAction[] = []
    for (let i = random.below(150); i >= 0; i--)
      given.push(bought(`p${random.below(6)}`, random.below(6), random.next() * 900))
    const replenish = new Replenish(buildReplenish(actionsOf(given), 6))
    for (let item = 0; item < 6; item++) {
      const gaps: number[] = []
      let people = 0
      for (let p = 0; p < 6; p++) {
        const times = given
          .filter((action) => action.person === `p${p}` && action.item === item)
          .map(({ atSeconds }) => atSeconds)
          .sort((a, b) => a - b)
        const own: number[] = []
        let last = times[0] ?? 0
        for (const time of times.slice(1)) {
          if (time - last < day) continue
          own.push(time - last)
          last = time
        }
        gaps.push(...own)
        if (own.length > 0) people++
      }
      gaps.sort((a, b) => a - b)
      const half = gaps.length / 2
      const median = (gaps[Math.ceil(half) - 1]! + gaps[Math.floor(half)]!) / 2
      const isKnown = gaps.length >= 3 && people >= 2 && median >= 3 * day && median <= 400 * day
      const expected = isKnown ? Math.round(median) : 0
      check.equal(replenish.gapSecondsOf(item), expected, `seed ${seed}, product ${item}`)
      if (isKnown) knownCount++
    }
  }
  expect(knownCount).toBeGreaterThan(300)
})

test('replenish: due from four fifths of the gap on, the longer the better, until it was left for good', () => {
  const given = [0, 1, 2].flatMap((item) =>
    ['a', 'b'].flatMap((person) =>
      [0, 1, 2].map((times) => bought(person, item, times * (item === 2 ? 1.5 : 30))),
    ),
  )
  const replenish = new Replenish(buildReplenish(actionsOf(given), 10))
  const nowSeconds = 1_800_000_000
  const ago = (days: number): number => nowSeconds - days * day
  check.equal(replenish.gapSecondsOf(2), 0, 'a day and a half is no gap')
  check.equal(replenish.dueOf(0, ago(23), nowSeconds), 0)
  check.equal(replenish.dueOf(0, ago(24), nowSeconds), 0.8)
  check.equal(replenish.dueOf(0, ago(300), nowSeconds), 0)
  check.equal(replenish.dueOf(9, ago(24), nowSeconds), 0)
  check.deepEqual(
    foundBy(
      replenish,
      { nowSeconds, bought: [0, 1, 9, 2], boughtAtSeconds: [25, 40, 50, 60].map(ago) },
      10,
    ),
    [1, 0],
  )
  check.deepEqual(
    foundBy(replenish, { nowSeconds, bought: [0, 0], boughtAtSeconds: [5, 40].map(ago) }, 10),
    [],
    'bought again five days ago',
  )
})
