// Goal: what the catalogue says of a product is in its columns, after a build and after every change. Method:
// by hand, and random changes beside a map of products.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { plainCategory } from '../../../src/base/category.js'
import { Random } from '../../../src/base/random.js'
import type { Product } from '../../../src/catalogue/products.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import {
  buildFacts,
  CatalogueFacts,
  categoryCountMax,
} from '../../../src/recommend/models/facts-builder.js'

const product = (id: string, more: Partial<Product> = {}): Product => ({
  id,
  title: id,
  link: `/p/${id}`,
  image: `/i/${id}`,
  priceMicros: 10_000_000,
  currency: 'PLN',
  inStock: true,
  category: 'Shoes > Running',
  ...more,
})

test('facts: columns by item, categories with those above them', () => {
  const items = new ItemTable()
  items.add('known from events')
  const facts = buildFacts(items, [
    product('a', { salePriceMicros: 7_000_000, brand: ' Adidas', marginShare: 0.25 }),
    product('b', { category: 'shoes/Running/ Trail', brand: 'ADIDAS', inStock: false }),
    product('c', { category: ' ', salePriceMicros: 12_000_000 }),
    product('d', { category: 'SHOES' }),
  ])
  check.deepEqual(facts.categories, ['shoes', 'shoes/running', 'shoes/running/trail'])
  check.deepEqual([...facts.parent.subarray(0, 3)], [-1, 0, 1])
  check.deepEqual(facts.brands, ['adidas'])
  const column = (of: { readonly [index: number]: number }): (number | undefined)[] =>
    [0, 1, 2, 3, 4].map((item) => of[item])
  check.deepEqual(column(facts.flags), [0, 3, 1, 3, 3])
  check.deepEqual(column(facts.priceMicros), [0, 7_000_000, 10_000_000, 10_000_000, 10_000_000])
  check.deepEqual(column(facts.marginShare), [-1, 0.25, -1, -1, -1])
  check.deepEqual(column(facts.category), [-1, 1, 2, -1, 0])
  check.deepEqual(column(facts.brand), [-1, 0, 0, -1, -1])
  check.equal(facts.categoryNumber('Shoes | Running'), 1)
  check.equal(facts.categoryNumber('Hats'), -1)
  facts.update(items.indexOf('a'), null)
  check.deepEqual([facts.flags[1], facts.priceMicros[1], facts.category[1]], [0, 0, 1])
})

test('facts: changes in place, handed over in between, are what the products say', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(seed)
    const items = new ItemTable()
    let facts = new CatalogueFacts()
    const known = new Map<string, Product | null>()
    for (let change = 0; change < 300; change++) {
      const id = `p${random.below(80)}`
      const isGone = random.chance(0.2)
      const category = Array.from({ length: random.below(4) }, () => random.pick(['A', 'b ', 'Ć']))
      const now = product(id, {
        priceMicros: 1 + random.below(99),
        inStock: random.chance(0.5),
        category: category.join(random.pick([' > ', '/'])),
        ...(random.chance(0.5) ? { brand: random.pick(['X', 'x', 'Y', '']) } : {}),
        ...(random.chance(0.7) ? { group: `g${random.below(20)}` } : {}),
      })
      known.set(id, isGone ? null : now)
      facts.update(items.add(id), isGone ? null : now)
      if (random.chance(0.02)) {
        const parts = facts.parts()
        const transfer = [parts.flags.buffer, parts.priceMicros.buffer, parts.parent.buffer]
        facts = new CatalogueFacts(structuredClone(parts, { transfer }))
      }
    }
    const groups = new Map<string, number>()
    for (const [id, now] of known) {
      const item = items.indexOf(id)
      const flags = now === null ? 0 : now.inStock ? 3 : 1
      check.equal(facts.flags[item], flags, `seed ${seed}: ${id}`)
      check.equal(facts.priceMicros[item], now?.priceMicros ?? 0)
      if (now === null) continue
      const plain = plainCategory(now.category)
      check.equal(facts.categories[facts.category[item]!] ?? '', plain)
      check.equal(facts.brands[facts.brand[item]!] ?? '', now.brand?.toLowerCase() ?? '')
      const number = facts.group[item]!
      if (now.group === undefined) check.equal(number, -1)
      else {
        check.ok(number >= 0 && number < facts.groupCount, `seed ${seed}: ${id}`)
        check.equal(groups.get(now.group) ?? number, number, `seed ${seed}: ${id}`)
        groups.set(now.group, number)
      }
      const above = facts.categories[facts.parent[facts.category[item]!] ?? -1] ?? ''
      check.equal(above, plain.split('/').slice(0, -1).join('/'))
    }
    check.equal(new Set(groups.values()).size, groups.size, `seed ${seed}`)
  }
})

test('facts: a feed with a category of its own for each product fills no memory', () => {
  const items = new ItemTable()
  const facts = new CatalogueFacts()
  for (let i = 0; i < categoryCountMax + 10; i++)
    facts.update(items.add(`${i}`), product(`${i}`, { category: `all > ${i}` }))
  check.equal(facts.categories.length, categoryCountMax)
  check.equal(facts.category[categoryCountMax + 5], 0, 'the one above it')
})
