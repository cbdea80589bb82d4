// Goal: a bid finds the right product of the right shop, and never one that can't be bought; what a shop writes
// is checked with a reason. Method: written cases, and seeded catalogues compared with a list searched by hand,
// before and after a round through the snapshot's file.
import { describe, expect, test } from 'vitest'
import { decodeColumns, encodeColumns } from '../../src/base/columns.js'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { check } from '../../src/base/schema.js'
import { ProductBuilder } from '../../src/catalogue/product-builder.js'
import { PieceMaker } from '../../src/catalogue/product-pieces.js'
import type { ProductChanges } from '../../src/catalogue/product-table.js'
import {
  fromProductColumns,
  noProducts,
  ProductFlag,
  ProductTable,
  toProductColumns,
} from '../../src/catalogue/product-table.js'
import type { Product } from '../../src/catalogue/products.js'
import { productSchema } from '../../src/catalogue/products.js'
import {
  build,
  type ProductShop,
  render,
  shopOf,
  signTarget,
  someProduct,
  tableOf,
} from './creative-world.js'

/** Ids of what a stranger is shown by a shop, best first. */
function strangersSee(table: ProductTable, { products }: ProductShop): string[] {
  return Array.from(table.list, (place) => products[place]!.id)
}

test('a product whose click link would be too long to come back is never shown', () => {
  const shop = shopOf([
    { id: 'a', link: `/${'ż'.repeat(500)}` },
    { id: 'b', link: '/b' },
  ])
  const { table } = build(shop)
  expect(table.find(keyOf('a'))).toBe(-1)
  expect(Array.from(table.list)).toEqual([1])
})

test('what is out of stock is neither found nor shown, wherever it is named', () => {
  const shop = shopOf([{ id: 'a' }, { id: 'b', inStock: false }, { id: 'c' }])
  const { table } = build(shop)
  expect(table.find(keyOf('b'))).toBe(-1)
  expect(strangersSee(table, shop)).toEqual(['a', 'c'])
})

test('the first of two products with one id stands', () => {
  const shop = shopOf([
    { id: 'a', priceMicros: 1_000_000 },
    { id: 'a', priceMicros: 2_000_000 },
  ])
  const { table } = build(shop)
  expect(table.priceMicros[table.find(keyOf('a'))]).toBe(1_000_000)
  expect(strangersSee(table, shop)).toEqual(['a'])
})

test('a table of nothing finds nothing', () => {
  expect(noProducts().find(keyOf('a'))).toBe(-1)
  expect(build(shopOf([])).table.find(keyOf('a'))).toBe(-1)
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
  expect(strangersSee(build(shop).table, shop)).toEqual([
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
    expect(build(shopOf([product, {}], shop)).isSecure).toBe(isSecure)
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

test('strangers see one of each group before any other of it, and no category waits for it', () => {
  const shop = shopOf([
    { id: 'shoe-38', category: 'Shoes', marginShare: 0.5, group: 'shoe' },
    { id: 'shoe-39', category: 'Shoes', marginShare: 0.5, group: 'shoe' },
    { id: 'shoe-40', category: 'Shoes', marginShare: 0.5, group: 'shoe' },
    { id: 'boot', category: 'Shoes' },
    { id: 'bag-1', category: 'Bags', marginShare: 0.3 },
    { id: 'bag-2', category: 'Bags', marginShare: 0.3 },
    { id: 'shoe-bag', category: 'Bags', marginShare: 0.2, group: 'shoe' },
  ])
  expect(strangersSee(build(shop).table, shop)).toEqual([
    'shoe-38',
    'bag-1',
    'bag-2',
    'boot',
    'shoe-39',
    'shoe-40',
    'shoe-bag',
  ])
})

test('tables say the same as a list searched by hand, also when read back from the file', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed)
    const shop = shopOf(
      Array.from({ length: random.below(seed < 5 ? 3 : 120) }, (_, at) => ({
        id: random.chance(0.1) ? `p${random.below(20)}` : `p${at}`,
        title: `Title ${at}`,
        inStock: random.chance(0.8),
        category: `c${random.below(4)}`,
        ...(random.chance(0.5) ? { marginShare: random.below(10) / 10 } : {}),
        ...(random.chance(0.5) ? { group: `g${random.below(9)}` } : {}),
      })),
    )
    const maker = new PieceMaker(shop.shop, signTarget)
    const builder = new ProductBuilder(0)
    const pieces: Buffer[] = []
    for (const product of shop.products) {
      const its = maker.make(product)
      if (builder.add(product, its)) pieces.push(...its.pieces)
    }
    const columns = builder.finish()
    const made = new ProductTable(columns, Buffer.concat(pieces))
    const distinct = shop.products.filter(
      ({ id }, at) => shop.products.findIndex((it) => it.id === id) === at,
    )
    const file = encodeColumns({}, fromProductColumns(columns))
    const read = new ProductTable(toProductColumns(decodeColumns(file).column), made.pieces)
    for (const table of [made, read]) {
      expect(table.count).toBe(distinct.length)
      for (const [place, { id, inStock }] of distinct.entries())
        expect(table.find(keyOf(id)), `seed ${seed}, ${id}`).toBe(inStock ? place : -1)
      const shown = Array.from(table.list, (place) => distinct[place]!.id)
      const expected = distinct.filter(({ inStock }) => inStock)
      expect([...shown].sort(), `seed ${seed}`).toEqual(expected.map(({ id }) => id).sort())
      expect([...table.groups]).toEqual(distinct.map(({ group }) => (group ? keyOf(group) : 0)))
      const groups = Array.from(table.list, (place) => distinct[place]!.group ?? `${place}`)
      const first = groups.filter((group, at) => groups.indexOf(group) === at)
      expect(groups.slice(0, first.length), `seed ${seed}: one of each first`).toEqual(first)
      for (let i = 0; i < 20; i++) expect(table.find(keyOf(`absent${i}`)), `seed ${seed}`).toBe(-1)
    }
    if (made.count > 0)
      expect(render({ table: read, productCount: 1 })).toEqual(
        render({ table: made, productCount: 1 }),
      )
  }
})

describe('a table that changes', () => {
  const bytes = Buffer.from('a new piece and its record')
  const change = (table: ProductTable, more: Partial<ProductChanges>): void =>
    table.change({
      places: Int32Array.of(1),
      flags: Uint8Array.of(ProductFlag.shown),
      priceMicros: Float64Array.of(7),
      groups: Float64Array.of(keyOf('mugs')),
      pieceStart: Uint32Array.of(0),
      nativeStart: Uint32Array.of(11),
      pieces: bytes,
      list: Int32Array.of(1, 0),
      ...more,
    })

  test('shows what it was told, and leaves all else as it is', () => {
    const table = tableOf({}, {}, {})
    const others = [0, 2].map((at) =>
      table.pieces.toString('utf8', table.pieceStart[at], table.nativeStart[at]),
    )
    for (let i = 0; i < 50; i++) change(table, {})
    const piece = table.pieces.toString('utf8', table.pieceStart[1], table.nativeStart[1])
    expect(piece).toBe('a new piece')
    expect(
      [0, 2].map((at) =>
        table.pieces.toString('utf8', table.pieceStart[at], table.nativeStart[at]),
      ),
    ).toEqual(others)
    expect([...table.priceMicros]).toEqual([199_990_000, 7, 199_990_000])
    expect([...table.groups]).toEqual([0, keyOf('mugs'), 0])
    expect([tableOf({}).hasGroups, table.hasGroups]).toEqual([false, true])
    expect([...table.list]).toEqual([1, 0])
  })

  test('does not find what is gone, and finds it when it is back', () => {
    const table = tableOf({}, {}, {})
    change(table, {
      flags: Uint8Array.of(0),
      nativeStart: Uint32Array.of(0),
      pieces: Buffer.alloc(0),
    })
    expect(table.find(keyOf('p2'))).toBe(-1)
    change(table, {})
    expect(table.find(keyOf('p2'))).toBe(1)
  })
})
