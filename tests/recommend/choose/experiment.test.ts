// Goal: people see the variants of an experiment by their shares, each always the same one, and nobody changes
// over because of a variant that isn't theirs.
// Method: very many people of running numbers, which a weak hash would tell; shares by chi-square.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import type { Experiment } from '../../../src/catalogue/slots.js'
import { variantOf } from '../../../src/recommend/choose/experiment.js'

const personCount = 40_000
const experiment = (id: string, ...shares: readonly number[]): Experiment => ({
  id,
  variants: shares.map((share, index) => ({ id: `v${index}`, share })),
})
const people = (of: Experiment, slotId = 'slot'): string[] =>
  Array.from({ length: personCount }, (_, number) => variantOf(of, slotId, `cust:${number}`))

/** Of the counts against their shares; shares of 0 must count nobody. */
function chiSquare(seen: readonly string[], shares: Readonly<Record<string, number>>): number {
  let sum = 0
  for (const [id, share] of Object.entries(shares)) {
    const count = seen.filter((it) => it === id).length
    if (share === 0) check.equal(count, 0, id)
    else sum += (count - share * personCount) ** 2 / (share * personCount)
  }
  return sum
}

describe('shares', () => {
  const cases: readonly (readonly [shares: readonly number[], control: number])[] = [
    [[0.5], 0.5],
    [[0.1, 0.2], 0.7],
    [[0.5, 0.5], 0],
    [[0.1, 0, 0.3, 0.2], 0.4],
    [[0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125], 0],
  ]
  for (const [shares, control] of cases)
    test(shares.join(', '), () => {
      const expected = Object.fromEntries(shares.map((share, index) => [`v${index}`, share]))
      // 8 degrees of freedom at most: 26.1 is passed by chance once in a thousand.
      check.ok(chiSquare(people(experiment('e', ...shares)), { ...expected, control }) < 26.1)
    })

  test('two experiments know nothing of each other, nor one of two slots', () => {
    const first = people(experiment('one', 0.5))
    for (const second of [
      people(experiment('two', 0.5)),
      people(experiment('one', 0.5), 'other'),
    ]) {
      const both = first.map((variant, person) => `${variant} ${second[person]}`)
      const shares = {
        'v0 v0': 0.25,
        'v0 control': 0.25,
        'control v0': 0.25,
        'control control': 0.25,
      }
      check.ok(chiSquare(both, shares) < 16.3)
    }
  })
})

describe('people stay', () => {
  const moves = (before: readonly string[], after: readonly string[]): Set<string> =>
    new Set(
      before.flatMap((from, person) =>
        from === after[person] ? [] : [`${from} ${after[person]}`],
      ),
    )

  test('in what they see, as long as its share stays', () => {
    const before = people(experiment('e', 0.2, 0.3))
    check.deepEqual(moves(before, people(experiment('e', 0.2, 0.3))), new Set())
    check.deepEqual(moves(before, people(experiment('e', 0.5, 0.3))), new Set(['control v0']))
    check.deepEqual(moves(before, people(experiment('e', 0.2, 0.1))), new Set(['v1 control']))
    check.deepEqual(moves(before, people(experiment('e', 0, 0.3))), new Set(['v0 control']))
  })

  test('where a variant is added', () => {
    const before = people(experiment('e', 0.2, 0.3))
    check.deepEqual(moves(before, people(experiment('e', 0.2, 0.3, 0.4))), new Set(['control v2']))
  })
})

test('who is not known, or has not agreed, sees the slot as it is set; so does everybody without an experiment', () => {
  check.equal(variantOf(experiment('e', 1), 'slot', ''), 'control')
  check.equal(variantOf(undefined, 'slot', 'cust:1'), 'control')
  check.equal(variantOf(experiment('e', 1), 'slot', 'cust:1'), 'v0')
})
