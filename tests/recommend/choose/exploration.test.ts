// Goal: what an answer says of how likely each product was at its place is how often it stands there.
// Method: one answer is drawn with very many seeds; how often each product stood at each place is compared with
// what was said of it, by the spread that chance has; with a pool larger and smaller than the slot.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { drawerOf, idsOf, sourcesOf, worldOf } from './world.js'

const drawCount = 40_000
const seed = 99

function worldWith(newCount: number) {
  const known = Array.from({ length: 8 }, (_, index) => `known${index}`)
  const fresh = Array.from({ length: newCount }, (_, index) => `new${index}`)
  return worldOf(
    [...known, ...fresh, 'gone'].map((id) => ({ id, stock: id !== 'gone' })),
    { trending: known, new: ['gone', ...known.slice(0, 2), ...fresh] },
  )
}

describe('said and seen agree', () => {
  for (const [newCount, exploreShare] of [
    [20, 0.2],
    [20, 0.05],
    [3, 0.2],
    [1, 0.2],
    [0, 0.2],
  ] as const)
    test(`${newCount} new products, a share of ${exploreShare}`, () => {
      const model = worldWith(newCount)
      const input = {
        strategies: ['trending' as const],
        limit: 6,
        rules: { exploreShare, pins: [{ product: 'known7', position: 2 }] },
      }
      const draw = drawerOf(model, input)
      const random = new Random(seed)
      const seen = new Map<string, number>()
      const said = new Map<string, number>()
      for (let turn = 0; turn < drawCount; turn++) {
        const choice = draw(random.below(2 ** 32))
        const ids = idsOf(model, choice)
        check.equal(new Set(ids).size, 6)
        for (const [place, id] of ids.entries()) {
          const key = `${place} ${id}`
          seen.set(key, (seen.get(key) ?? 0) + 1)
          const propensity = choice.propensity[place]!
          // Of one product at one place always the same is said.
          check.equal(propensity, said.get(key) ?? propensity)
          said.set(key, propensity)
          const isNew = id.startsWith('new')
          check.equal(
            sourcesOf(choice)[place],
            isNew ? 'exploration' : place === 1 ? 'pin' : 'trending',
          )
        }
      }
      for (const [key, propensity] of said) {
        const expected = drawCount * propensity
        const spread = Math.sqrt(Math.max(expected * (1 - propensity), 0))
        const off = Math.abs(seen.get(key)! - expected)
        check.ok(off <= 4.5 * spread + 1e-2, `${key}: ${seen.get(key)} seen, ${expected} said`)
      }
      // Every new product was drawn at every place but the pin's, and the places' shares add up.
      check.equal(said.size, 6 + 5 * newCount)
      for (let place = 0; place < 6; place++) {
        let sum = 0
        for (const [key, propensity] of said) if (key.startsWith(`${place} `)) sum += propensity
        check.ok(Math.abs(sum - 1) < 1e-5, `place ${place}: ${sum}`)
      }
    })
})

test('rules hold for what is explored, too', () => {
  const model = worldWith(20)
  const rules = { exploreShare: 0.2, productsExcluded: ['new0', 'new1', 'new2'] }
  const draw = drawerOf(model, { strategies: ['trending'], rules })
  for (let from = 0; from < 500; from++) {
    const shown = idsOf(model, draw(from))
    for (const id of [...rules.productsExcluded, 'gone']) check.ok(!shown.includes(id))
  }
})

test('the same seed, the same answer; without exploring, whatever the seed', () => {
  const model = worldWith(20)
  const drawn = (exploreShare: number): string[] => {
    const draw = drawerOf(model, { strategies: ['trending'], rules: { exploreShare } })
    return Array.from({ length: 50 }, (_, from) => idsOf(model, draw(from)).join())
  }
  check.deepEqual(drawn(0.2), drawn(0.2))
  check.ok(new Set(drawn(0.2)).size > 10)
  check.equal(new Set(drawn(0)).size, 1)
})
