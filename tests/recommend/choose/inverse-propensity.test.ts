// Goal: what docs/recommendations.md says of judging other rules by inverse propensity comes true. Method: a slot that
// explores is drawn very often, for people whose liking of a product at a place is made up; what other rules would be
// clicked is estimated from that as the docs have it, and known exactly.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { drawerOf, idsOf, worldOf } from './world.js'

const drawCount = 40_000
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)

const known = Array.from({ length: 8 }, (_, index) => `known${index}`)
const fresh = Array.from({ length: 10 }, (_, index) => `new${index}`)
const model = worldOf(
  [...known, ...fresh].map((id) => ({ id })),
  { trending: known, new: fresh },
)
const limit = 4
const likedBy = (product: string, place: number): number =>
  ((product.startsWith('new') ? 0.5 : 0.2) + Number(product.at(-1)) * 0.03) / (1 + place / 4)

interface Rule {
  readonly name: string
  /** What it shows at a place where the slot itself would show this; places count from 0. */
  show(place: number, own: string): string
}
const rules: readonly Rule[] = [
  { name: 'the slot without exploring', show: (_, own) => own },
  { name: 'one that is new at the second place', show: (at, own) => (at === 1 ? 'new9' : own) },
  { name: 'only what is new', show: (at) => `new${at}` },
]

test('other rules are worth what is said of them', () => {
  const input = { strategies: ['trending' as const], limit, rules: { exploreShare: 0.2 } }
  const draw = drawerOf(model, input)
  const random = new Random(seed)
  const sums = rules.map(() => 0)
  const squares = rules.map(() => 0)
  for (let turn = 0; turn < drawCount; turn++) {
    const choice = draw(random.below(2 ** 32))
    const ofAnswer = rules.map(() => 0)
    for (const [place, product] of idsOf(model, choice).entries()) {
      if (!random.chance(likedBy(product, place))) continue
      rules.forEach((rule, index) => {
        if (rule.show(place, known[place]!) === product)
          ofAnswer[index]! += 1 / choice.propensity[place]!
      })
    }
    ofAnswer.forEach((value, index) => {
      sums[index]! += value
      squares[index]! += value * value
    })
  }
  rules.forEach((rule, index) => {
    const mean = sums[index]! / drawCount
    const error = Math.sqrt((squares[index]! / drawCount - mean * mean) / drawCount)
    let exact = 0
    for (let place = 0; place < limit; place++)
      exact += likedBy(rule.show(place, known[place]!), place)
    console.info(`${rule.name}: ${mean.toFixed(3)} ± ${error.toFixed(3)}, is ${exact.toFixed(3)}`)
    check.ok(Math.abs(mean - exact) < 4.5 * error, rule.name)
    check.ok(error < exact / 10, `${rule.name}: nothing is told by ± ${error}`)
  })
})
