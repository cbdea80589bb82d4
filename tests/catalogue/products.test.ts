// Goal: a bid finds the right product of the right shop, and never one that can't be bought; what a shop writes
// is checked with a reason. Method: written cases, and seeded catalogues compared with a list searched by hand,
// before and after a round through the snapshot's file.
import { describe, expect, test } from 'vitest'
import { decodeColumns, encodeColumns } from '../../src/base/columns.js'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { check } from '../../src/base/schema.js'
import type { Product, ProductShop, ProductTable } from '../../src/catalogue/products.js'
import {
  compileProducts,
  ProductFlag,
  productSchema,
  productTableColumns,
  readProductTable,
} from '../../src/catalogue/products.js'
import { render, shopOf, signTarget, someProduct, tableOf } from './creative-world.js'

const compile = (...shops: ProductShop[]): ProductTable => compileProducts(shops, signTarget)

/** Ids of what a stranger is shown by a shop, best first. */
function strangersSee(table: ProductTable, shopIndex: number, { products }: ProductShop): string[] {
  const first = table.shopOf.indexOf(shopIndex)
  return Array.from(
    table.list.subarray(table.listStart[shopIndex], table.listStart[shopIndex + 1]),
    (place) => products[place - first]!.id,
  )
}

test('products are found by their own shop only', () => {
  const table = compile(
    shopOf([{ id: 'a' }, { id: 'b' }]),
    shopOf([{ id: 'b' }, { id: 'c' }], { id: 'other' }),
  )
  expect(['a', 'b', 'c'].map((id) => table.find(0, keyOf(id)))).toEqual([0, 1, -1])
  expect(['a', 'b', 'c'].map((id) => table.find(1, keyOf(id)))).toEqual([-1, 2, 3])
  expect(table.find(2, keyOf('a'))).toBe(-1)
})

test('a product whose click link would be too long to come back is never shown', () => {
  const shop = shopOf([
    { id: 'a', link: `/${'ż'.repeat(500)}` },
    { id: 'b', link: '/b' },
  ])
  const table = compileProducts([shop], signTarget)
  expect(table.find(0, keyOf('a'))).toBe(-1)
  expect(Array.from(table.list)).toEqual([1])
})

test('what is out of stock is neither found nor shown, wherever it is named', () => {
  const shop = shopOf([{ id: 'a' }, { id: 'b', inStock: false }, { id: 'c' }])
  const table = compile(shop)
  expect(table.find(0, keyOf('b'))).toBe(-1)
  expect(strangersSee(table, 0, shop)).toEqual(['a', 'c'])
})

test('the first of two products with one id stands', () => {
  const shop = shopOf([
    { id: 'a', priceMicros: 1_000_000 },
    { id: 'a', priceMicros: 2_000_000 },
  ])
  const table = compile(shop)
  expect(table.priceMicros[table.find(0, keyOf('a'))]).toBe(1_000_000)
  expect(strangersSee(table, 0, shop)).toEqual(['a'])
})

test('a table of nothing finds nothing', () => {
  expect(compile().find(0, keyOf('a'))).toBe(-1)
  expect(compile(shopOf([])).find(0, keyOf('a'))).toBe(-1)
})

test('strangers see the best margin first, and each category in turn', () => {
  const shop = shopOf([
    { id: 'shoe-1', category: 'Shoes', marginShare: 0.2 },
    { id: 'shoe-2', category: 'Shoes', marginShare: 0.5 },
    { id: 'shoe-3', category: 'Shoes' },
    { id: 'bag-1', category: 'Bags', marginShare: 0.3 },
    { id: 'bag-2', category: 'Bags', marginShare: 0.3 },
    { id: 'cap-1', category: 'Caps' },
  ])
  expect(strangersSee(compile(shop), 0, shop)).toEqual([
    'shoe-2',
    'bag-1',
    'cap-1',
    'bag-2',
    'shoe-1',
    'shoe-3',
  ])
})

test('the price is what is paid now', () => {
  const table = tableOf({}, { salePriceMicros: 150_000_000 }, { salePriceMicros: 300_000_000 })
  expect([...table.priceMicros]).toEqual([199_990_000, 150_000_000, 199_990_000])
  expect([...table.flags].map((flags) => (flags & ProductFlag.onSale) !== 0)).toEqual([
    false,
    true,
    false,
  ])
})

describe('a shop is fit for pages served over https', () => {
  test.each([
    ['https throughout', {}, {}, true],
    ['a page over http', { link: 'http://shop.example/p' }, {}, false],
    ['a picture over http', { image: 'http://shop.example/i.jpg' }, {}, false],
    ['a picture that starts without a scheme', { image: '//cdn.example/i.jpg' }, {}, true],
    ['a shop over http, whose products are relative', {}, { url: 'http://shop.example/' }, false],
    ['a logo over http', {}, { logo: 'http://cdn.example/l.png' }, false],
    ['this machine, which browsers trust', {}, { url: 'http://127.0.0.1:8083/' }, true],
    ['this machine by name', {}, { url: 'http://localhost:8083/' }, true],
    ['this machine by its IPv6 address', {}, { url: 'http://[::1]:8083/' }, true],
    [
      'a name that only begins like this machine',
      {},
      { url: 'http://127.0.0.1.evil.example/' },
      false,
    ],
    [
      'an insecure product that is out of stock',
      { image: 'http://x.example/', inStock: false },
      {},
      true,
    ],
  ])('%s', (_why, product, shop, isSecure) => {
    expect(compile(shopOf([product, {}], shop)).secureByShop[0]).toBe(isSecure ? 1 : 0)
  })

  test('one shop says nothing of another', () => {
    const table = compile(shopOf([{ link: 'http://a.example/' }]), shopOf([{}], { id: 'other' }))
    expect([...table.secureByShop]).toEqual([0, 1])
  })
})

describe('what a shop sends is refused with a reason', () => {
  test.each<readonly [string, Partial<Record<keyof Product, unknown>>, RegExp]>([
    ['an empty title', { title: '' }, /title: must have something to read/],
    [
      'a title of controls only',
      { title: ' \u202e\u0000\n' },
      /title: must have something to read/,
    ],
    ['a title of 501 characters', { title: 'x'.repeat(501) }, /title/],
    ['a script as link', { link: 'javascript:alert(1)' }, /link: must be an http\(s\) URL/],
    [
      'a script with a tab in it',
      { link: 'java\tscript:alert(1)' },
      /link: must be an http\(s\) URL/,
    ],
    ['data as picture', { image: 'data:image/png;base64,xx' }, /image: must be an http\(s\) URL/],
    ['an empty link', { link: '' }, /link/],
    ['a link of 3,000 characters', { link: `/${'x'.repeat(3_000)}` }, /link/],
    ['a price of nothing', { priceMicros: 0 }, /priceMicros/],
    ['a price with a fraction', { priceMicros: 1.5 }, /priceMicros/],
    ['a price as text', { priceMicros: '1' }, /priceMicros/],
    ['a currency that is none', { currency: 'złoty' }, /currency/],
    ['a margin over the price', { marginShare: 1.2 }, /marginShare/],
    ['a field that nobody knows', { colour: 'red' } as object, /colour/],
  ])('%s', (_why, change, reason) => {
    const result = check(productSchema, { ...someProduct, ...change }, 'products[7]')
    expect(result.ok).toBe(false)
    if (!result.ok) expect(result.faults.join('\n')).toMatch(reason)
  })

  test('and taken where it is in order', () => {
    const product = {
      ...someProduct,
      link: 'p/1?a=b',
      image: '//cdn.example/1.jpg',
      marginShare: 0.4,
    }
    expect(check(productSchema, product, 'product')).toEqual({ ok: true, value: product })
  })
})

test('tables say the same as a list searched by hand, also when read back from the file', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed)
    const shops = Array.from({ length: random.below(5) }, (_, shop) =>
      shopOf(
        Array.from({ length: random.below(seed < 5 ? 3 : 120) }, (_, at) => ({
          id: random.chance(0.1) ? `p${random.below(20)}` : `p${at}`,
          title: `Title ${shop} ${at}`,
          inStock: random.chance(0.8),
          category: `c${random.below(4)}`,
          ...(random.chance(0.5) ? { marginShare: random.below(10) / 10 } : {}),
        })),
        { id: `shop${shop}` },
      ),
    )
    const made = compile(...shops)
    const file = encodeColumns({}, productTableColumns(made))
    const read = readProductTable(decodeColumns(file).column)
    for (const table of [made, read]) {
      let place = 0
      for (const [shop, { products }] of shops.entries()) {
        const first = place
        for (const { id, inStock } of products) {
          const isFirst = products.findIndex((it) => it.id === id) === place - first
          const found = table.find(shop, keyOf(id))
          if (isFirst) expect(found, `seed ${seed}, ${id}`).toBe(inStock ? place : -1)
          place++
        }
        const shown = strangersSee(table, shop, shops[shop]!)
        const expected = products.filter(
          (it, at) => it.inStock && products.findIndex(({ id }) => id === it.id) === at,
        )
        expect([...shown].sort(), `seed ${seed}`).toEqual(expected.map(({ id }) => id).sort())
        for (let i = 0; i < 20; i++)
          expect(table.find(shop, keyOf(`absent${i}`)), `seed ${seed}`).toBe(-1)
      }
      expect(table.count).toBe(place)
    }
    if (made.count > 0)
      expect(render({ table: read, productCount: 1 })).toEqual(
        render({ table: made, productCount: 1 }),
      )
  }
})
