// Goal: no page that asks over HTTP gets two variants of one thing, in one slot or several, nor one of what it is about
// or has in the cart, also before there is a model. Method: a shop in memory behind a real listener; random pages.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { pageTypes } from '../../src/catalogue/slots.js'
import { listen } from '../../src/edge/listen.js'
import { worldOf } from '../recommend/choose/world.js'
import { productIds, World } from './world.js'

const seed = Number(process.env['SEED'] ?? 1_633)
const groups = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? `g${at % 12}` : `own${at}`))
const groupOf = (id: string): string => groups[Number(id.slice(1))]!
const ids = groups.map((_, at) => `p${at}`)

const world = new World()
beforeAll(async () => {
  await world.listen(listen)
  const products = groups.map((group) => ({ group }))
  const shop = world.add('many', { products })
  const random = new Random(seed)
  const some = (): string[] => ids.filter(() => random.chance(0.5))
  const model = worldOf(
    ids.map((id) => ({ id, group: groupOf(id), category: 'a' })),
    { next: some(), similar: some(), complements: some(), trending: some(), new: some() },
  )
  world.shops.set('many', { ...shop, model })
  world.shops.set('young', { ...shop, id: 'young', model: null })
})
afterAll(() => world.close())

test.each(['many', 'young'])('%s: of each group one on a page', async (shop) => {
  const random = new Random(seed)
  let count = 0
  for (let round = 0; round < 60; round++) {
    const slots = Array.from({ length: 1 + random.below(4) }, () => ({
      slot: random.pick([...pageTypes, undefined]),
      limit: 1 + random.below(12),
    }))
    const product = random.pick(ids)
    const inCart = shop === 'many' ? [random.pick(ids)] : []
    const answers = await world.batch({
      ...{ shop, page: 'product', product: [product], cart: inCart, exclude: [random.pick(ids)] },
      slots,
    })
    const shown = answers.flatMap(productIds).map(groupOf)
    count += shown.length
    const where = `seed ${seed}, round ${round}: ${shown.join(' ')}`
    check.equal(new Set(shown).size, shown.length, where)
    for (const id of [product, ...inCart]) check.ok(!shown.includes(groupOf(id)), where)
  }
  check.ok(count > 500, String(count))
})

test('where the product is sold out its page may get another variant, and is told what it was', async () => {
  const shop = world.shops.get('many')!
  const soldOut = (id: string) => {
    const product = shop.product(id)
    return product && { ...product, inStock: id !== 'p0' }
  }
  const products = ids.slice(0, 9).map((id) => ({ id, group: id < 'p3' ? 'shoe' : id }))
  const model = worldOf(
    products.map((it) => ({ ...it, stock: it.id !== 'p0' })),
    { similar: ['p0', 'p1', 'p2', 'p3'] },
  )
  world.shops.set('one', { ...shop, id: 'one', product: soldOut, model })
  const answer = await world.get('shop=one&product=p0&limit=2')
  check.deepEqual([answer.page, productIds(answer)], ['out-of-stock', ['p1', 'p3']])
})
