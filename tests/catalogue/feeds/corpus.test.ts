// Goal: feeds that real shops publish are read: which dialect, how many products, and for every row that is
// refused the reason, as found by looking at the file. Method: every feed of the corpus with its count;
// each product held against the catalogue's schema; versions of one feed over time as well.
import { execFileSync } from 'node:child_process'
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { productSchema } from '../../../src/catalogue/products.js'
import { type Reading, readWhole } from './reading.js'

const corpus = new URL('../../../../shared/corpus/feeds/', import.meta.url)
const isThere = existsSync(corpus)
if (!isThere) console.warn('FEEDS OF THE CORPUS ARE NOT READ: there is no ../shared/corpus/feeds')

interface Expected {
  readonly dialect: string
  readonly products: number
  readonly inStock?: number
  readonly onSale?: number
  /** Of variants, as the file names them. */
  readonly groups?: number
  readonly refused?: Readonly<Record<string, number>>
  readonly warned?: Readonly<Record<string, number>>
  readonly broken?: RegExp
}
const whole = (dialect: string, products: number, more: Partial<Expected> = {}): Expected => ({
  dialect,
  products,
  ...more,
})
const noFeed = (broken: RegExp): Expected => ({ dialect: '', products: 0, broken })

const expected: Readonly<Record<string, Expected>> = {
  '313radu.xml': whole('google-rss', 7, { inStock: 6, onSale: 4, groups: 4 }),
  // Two prices are "213.25.00 SAR" and "462.00800000000004.00 SAR".
  'almatjar-arabic.google.xml': whole('google-rss', 2175, {
    onSale: 2175,
    refused: { bad_price: 2 },
  }),
  // Names, prices and pictures, but no pages.
  'almatjar-arabic.products.json': whole('json', 0, { refused: { no_link: 2188 } }),
  'analyticsteam47.yandex-yml.xml': whole('yandex-yml', 1),
  // Posts of a group, as an RSS without products.
  'bertax.facebook.xml': whole('xml', 0, { refused: { no_id: 3 } }),
  'caremobility.heureka.xml': whole('heureka', 20, { groups: 1 }),
  'dai.google.xml': whole('google-rss', 2),
  'google_product_taxonomy.txt': noFeed(/no column for id, title, link, image, price/),
  // One title is a space.
  'hertanto.google.xml': whole('google-rss', 1, { onSale: 1, refused: { no_title: 1 } }),
  'hm-articles-sample.csv': noFeed(/no column for title, link, image, price/),
  // A list of furniture without pictures.
  'ikea-sa.catalog.csv': noFeed(/no column for image; the first row is , item_id, name/),
  'joyco.facebook.csv': whole('facebook-csv', 328),
  // Nothing in it is Facebook's own: it is what Google takes, too.
  'joyco.facebook.xml': whole('google-rss', 328),
  // Plain tags without Google's namespace.
  'joyco.google.xml': whole('xml', 328),
  'mariannedenis.google.fr-be.xml': whole('google-rss', 427, { onSale: 57, groups: 62 }),
  'mimi.google.txt': whole('google-csv', 969),
  // Not well-formed: two descriptions have control characters. 847 entries.
  'mimi.google.xml': whole('google-atom', 841, {
    inStock: 501,
    refused: { bad_price: 3, no_image: 3 },
    warned: { 'description too_long': 1 },
  }),
  'mimi.twenga.csv': whole('csv', 917),
  'mw-chevy-vehicles.google.xml': whole('google-rss', 135),
  'mw.facebook.xml': whole('facebook-xml', 48),
  'olist.products.csv': noFeed(/no column for title, link, image, price/),
  'onlineerhverv.xml': whole('xml', 7, { onSale: 7 }),
  'opispost.google.xml': whole('google-rss', 486, { groups: 23 }),
  'opispost.pinterest.xml': whole('google-rss', 486, { groups: 23 }),
  'poseidon.google.csv': whole('google-csv', 2),
  'product-csvs.apparel.csv': whole('csv', 22, { groups: 20 }),
  'product-csvs.home-and-garden.csv': whole('csv', 21, { onSale: 16, groups: 20 }),
  // 41 rows, of which 18 only add a picture.
  'product-csvs.jewelery.csv': whole('csv', 23, { onSale: 17, groups: 20 }),
  // Categories, but no offers.
  'prom.xml': whole('yandex-yml', 0),
  // 75,800 for the car, and what is called a sale price is a month's rate.
  'skodacars-vehicles.google.xml': whole('google-rss', 2, {
    warned: { 'sale_price bad_price': 2 },
  }),
  'solarmarket.google.xml': whole('google-rss', 785),
}

function tally(lines: readonly string[], words: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const line of lines) {
    const key = line.split(' ').slice(-words).join(' ')
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

function expectSound({ products }: Reading): void {
  for (const product of products) {
    const { success, error } = productSchema.safeParse(product)
    if (!success) expect.fail(`${JSON.stringify(product)}: ${error.message}`)
  }
}

test.runIf(isThere)('every feed of the corpus is expected', () => {
  const files = readdirSync(corpus).filter((name) => name.includes('.'))
  expect(files.toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.runIf(isThere).each(Object.entries(expected))('%s', async (name, wanted) => {
  const reading = await readWhole(createReadStream(new URL(name, corpus)))
  const { dialect, products, refused, warnings, broken } = reading
  expect({
    dialect,
    products: products.length,
    inStock: products.filter(({ inStock }) => inStock).length,
    onSale: products.filter(({ salePriceMicros }) => salePriceMicros !== undefined).length,
    groups: new Set(products.flatMap(({ group }) => group ?? [])).size,
    refused: tally(refused, 1),
    warned: tally(warnings, 2),
  }).toEqual({
    inStock: wanted.products,
    onSale: 0,
    groups: 0,
    refused: {},
    warned: {},
    ...wanted,
    broken: undefined,
  })
  expect(broken).toMatch(wanted.broken ?? /^$/)
  expectSound(reading)
})

test.runIf(isThere)('what is refused is named where it stands', async () => {
  const feed = (name: string): Promise<Reading> =>
    readWhole(createReadStream(new URL(name, corpus)))
  expect((await feed('almatjar-arabic.google.xml')).refused).toEqual([
    '26425 1267 bad_price',
    '43036 2060 bad_price',
  ])
  expect((await feed('hertanto.google.xml')).refused).toEqual(['4 150 no_title'])
  expect((await feed('mimi.google.xml')).refused).toContain('1228 125 no_image')
})

test.runIf(isThere)(
  'versions of one feed over time are read whole',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'grosz-feeds-'))
    try {
      const series = new URL('series/', corpus)
      for (const archive of readdirSync(series))
        execFileSync('tar', ['xf', new URL(archive, series).pathname, '-C', folder])
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:xml|csv)$/.test(name))
        .toSorted()
      expect(files).toHaveLength(150)
      for (const name of files.filter((_, index) => index % 5 === 0)) {
        const text = readFileSync(join(folder, name), 'utf8')
        const reading = await readWhole(text)
        expect(reading.broken, name).toBe('')
        expect(reading.refused, name).toEqual([])
        const isTable = name.endsWith('.csv')
        expect(reading.dialect, name).toBe(isTable ? 'facebook-csv' : 'google-rss')
        const rows = isTable ? text.trimEnd().split('\n').slice(1) : text.split('<item>').slice(1)
        expect(reading.products, name).toHaveLength(rows.length)
        expectSound(reading)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
