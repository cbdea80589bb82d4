// Goal: what is new at a shop is what came into its catalogue last; nothing is new by a first feed, or by coming back
// from being sold out. Method: whole builds from products with their first days and from what was done, by hand and
// against a plain sort of random ones.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { CatalogueProduct } from '../../src/catalogue/products.js'
import { ActionKind } from '../../src/recommend/actions.js'
import { buildShop } from '../../src/recommend/build-shop.js'
import { LiveModel } from '../../src/recommend/live-model.js'
import { fullSettings } from '../../src/recommend/sessions/settings.js'
import { productOf } from '../contracts/product-store.js'
import { actionsOf, foundBy } from './models/given-actions.js'

const daySeconds = 86_400
const nowDay = 20_000

interface Given {
  readonly id: string
  /** Since when the catalogue has it; absent: it stands in the shop's file. */
  readonly day?: number
  /** Days on which somebody looked at it. */
  readonly looks?: readonly number[]
}

function newest(given: readonly Given[]): string[] {
  const products = given.map(
    ({ id, day }): CatalogueProduct => ({
      ...productOf(id),
      ...(day !== undefined && { addedMs: day * daySeconds * 1_000 }),
    }),
  )
  const parts = buildShop({
    products,
    actions: (items) =>
      actionsOf(
        given.flatMap(({ id, looks = [] }) =>
          looks.map((day, at) => ({
            ...{ person: `${at}`, item: items.indexOf(id), kind: ActionKind.view },
            ...{ atSeconds: day * daySeconds, order: -1 },
          })),
        ),
      ),
    settings: fullSettings,
    nowSeconds: nowDay * daySeconds,
  })
  const model = new LiveModel(parts, 100)
  const found = foundBy(model.sources.new, {}, model.items.count, given.length)
  return found.map((item) => model.items.idOf(item))
}

test('what came last is first, however often something older is looked at', () => {
  check.deepEqual(
    newest([
      { id: 'old', day: 100, looks: [19_999] },
      { id: 'new', day: 19_000, looks: [19_500] },
      { id: 'newer', day: 19_900 },
    ]),
    ['newer', 'new', 'old'],
  )
})

test('of all that came with one feed, what nobody knows is first, then what was looked at last', () => {
  check.deepEqual(
    newest([
      { id: 'known', day: 100, looks: [150, 200] },
      { id: 'unknown', day: 100 },
      { id: 'late', day: 100, looks: [300] },
      { id: 'came later', day: 101, looks: [101] },
    ]),
    ['came later', 'unknown', 'late', 'known'],
  )
})

test('what was looked at before it came is as old as that: it was sold out, or feeds began later', () => {
  check.deepEqual(
    newest([
      { id: 'back', day: 19_000, looks: [100] },
      { id: 'new', day: 18_000, looks: [18_001] },
    ]),
    ['new', 'back'],
  )
})

test('without a feed it goes by the first look', () => {
  check.deepEqual(newest([{ id: 'a', looks: [10, 30] }, { id: 'b', looks: [20] }, { id: 'c' }]), [
    'c',
    'b',
    'a',
  ])
})

test('any shop’s are in the order of a plain sort', () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(seed)
    const given = Array.from({ length: 1 + random.below(60) }, (_, at): Given => {
      const looks = Array.from({ length: random.below(4) }, () => 1 + random.below(20))
      return { id: `p${at}`, looks, ...(random.chance(0.8) && { day: 1 + random.below(12) }) }
    })
    const looked = ({ looks = [] }: Given): number => Math.min(nowDay, ...looks)
    const came = (it: Given): number => Math.min(it.day ?? nowDay, looked(it))
    const expected = given
      .map((it, at) => ({ it, at }))
      .sort((a, b) => came(b.it) - came(a.it) || looked(b.it) - looked(a.it) || b.at - a.at)
    check.deepEqual(
      newest(given),
      expected.map(({ it }) => it.id),
      `seed ${seed}`,
    )
  }
})
