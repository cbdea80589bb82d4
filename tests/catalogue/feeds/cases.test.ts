// Goal: each surprising thing that feeds do is read as its case says why. Method: snippets as JSON; of a
// product the named fields are compared (null: it must not be there), of the rest all.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { FeedOptions } from '../../../src/catalogue/feeds/feed.js'
import { productSchema } from '../../../src/catalogue/products.js'
import { inPieces, readWhole } from './reading.js'

interface Case {
  readonly why: string
  readonly options?: Partial<FeedOptions>
  /** Lines; or, where it isn't UTF-8, its bytes. */
  readonly feed: readonly string[]
  readonly hex?: string
  readonly expect: {
    readonly dialect: string
    readonly products?: readonly Readonly<Record<string, unknown>>[]
    /** Ids of those that can be bought. */
    readonly inStock?: readonly string[]
    /** Of all products. */
    readonly prices?: readonly string[]
    readonly refused?: readonly string[]
    readonly warnings?: readonly string[]
    readonly broken?: string
  }
}

const folder = new URL('../../cases/feed/', import.meta.url)
const cases = readdirSync(folder).map((name): [string, Case] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case,
])
const bytesOf = ({ feed, hex }: Case): Buffer =>
  hex === undefined ? Buffer.from(feed.join('\n')) : Buffer.from(hex, 'hex')

test.each(cases)('%s', async (_, given) => {
  const { options, expect: wanted } = given
  const reading = await readWhole(bytesOf(given), options)
  const { dialect, products, refused, warnings, broken } = reading
  expect({ dialect, refused, warnings, broken }).toEqual({
    dialect: wanted.dialect,
    refused: wanted.refused ?? [],
    warnings: wanted.warnings ?? [],
    broken: wanted.broken ?? '',
  })
  for (const product of products) expect(productSchema.safeParse(product).error).toBeUndefined()
  if (wanted.inStock !== undefined)
    expect(products.filter(({ inStock }) => inStock).map(({ id }) => id)).toEqual(wanted.inStock)
  if (wanted.prices !== undefined)
    expect(products.map(({ priceMicros, currency }) => `${priceMicros / 1e6} ${currency}`)).toEqual(
      wanted.prices,
    )
  if (wanted.products === undefined) return
  expect(products).toHaveLength(wanted.products.length)
  for (const [index, fields] of wanted.products.entries())
    for (const [name, value] of Object.entries(fields))
      expect(products[index]?.[name as keyof (typeof products)[number]] ?? null, name).toEqual(
        value,
      )
})

test.each(cases)('%s, packed and byte by byte', async (_, given) => {
  const bytes = bytesOf(given)
  const plain = await readWhole(bytes, given.options)
  expect(
    await readWhole(
      inPieces(bytes, () => 1),
      given.options,
    ),
  ).toEqual(plain)
  // Nothing that is packed is something, too.
  expect(await readWhole(gzipSync(bytes), given.options)).toEqual(plain)
})
