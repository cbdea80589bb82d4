// Goal: however quickly products are compiled, tables hold what the plain way gives, byte for byte. Method: seeded texts
// and addresses of everything that has a rule of its own, and the corpus's feeds, each compiled in both ways.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { isSecureUrl, resolveHttp } from '../../src/catalogue/creative/url.js'
import { readFeed } from '../../src/catalogue/feeds/read-feed.js'
import { PieceMaker, pieceFormat } from '../../src/catalogue/product-pieces.js'
import type { Product } from '../../src/catalogue/products.js'
import { signTarget } from './creative-world.js'
import { slowPieces, slowResolve, slowSecure } from './slow-pieces.js'

const seed = Number(process.env['SEED'] ?? 7)
const shops = [
  { id: 'shop', url: 'https://shop.example/', language: 'pl' },
  { id: 'other', url: 'http://a:b@shop.example:81/x/', language: 'ar' },
  { id: 'third', url: 'https://shop.example', language: 'en', pictures: { width: 600, height: 9 } },
]

function expectSame(products: readonly Product[], why: string, whose = shops): void {
  for (const shop of whose) {
    const maker = new PieceMaker(shop, signTarget)
    for (const product of products) {
      const { pieces, ...facts } = maker.make(product)
      const quick = { ...facts, pieces: Buffer.concat(pieces).toString('latin1') }
      const plain = slowPieces(shop, product, signTarget)
      expect(quick, `${why}: ${JSON.stringify(product)}`).toEqual({
        ...plain,
        pieces: plain.pieces.toString('latin1'),
      })
    }
  }
}

const signs = [
  ...[
    'a',
    'ż',
    '<',
    '>',
    '"',
    "'",
    '&',
    '\\',
    '`',
    '${',
    '%%',
    '%',
    '{',
    '}',
    '…',
    '–',
    '—',
    '(',
    '/',
    '-',
    ',',
  ],
  ...[
    '\u0000',
    '\t',
    '\n',
    '\u007f',
    '\u00a0',
    '\u00ad',
    '\u0600',
    '\u200b',
    '\u2028',
    '\u202e',
    '\u3000',
    '\ufeff',
  ],
  ...[
    '\ud83d',
    '\ude00',
    '👨‍👩‍👧',
    'é',
    'e\u0301',
    '漢',
    '한',
    'ก็',
    'לא',
    '\ufdd0',
    '\u{1fffe}',
    '€',
    '™',
    '‼️',
  ],
  ...[
    '  ',
    ' ',
    ' ',
    ' ',
    'word ',
    'word ',
    '12',
    '&amp;',
    '&#1234;',
    '&#x1F600;',
    '<b>',
    '</p>',
    '<!-- x -->',
  ],
]
const addressParts = [
  ...[
    'https://',
    'http://',
    'HTTPS://',
    'ftp:',
    'shop.example',
    'a.b',
    'cdn',
    '/',
    '/',
    '//',
    '/p',
    '..',
    '.',
    '/./',
  ],
  ...[
    '?',
    '#',
    '%20',
    '%zz',
    '{x}',
    '$',
    '%24%7b',
    '@',
    'user:pw@',
    ':80',
    ':443',
    ':8080',
    'xn--',
    '1',
    '0x1',
    'A',
  ],
  ...[
    'ż',
    ' ',
    '\\',
    '&',
    '=',
    "'",
    '"',
    '~',
    '!',
    'jpg',
    '.png',
    '.JPEG',
    '.svg',
    '[::1]',
    '127.0.0.1',
    'localhost',
  ],
  ...['-', '_', '*', '(', ')', '+', ';', ',', '|', '^', '`', '<', '\t', 'x'.repeat(700)],
]

const some = (random: Random, from: readonly string[], countMax: number): string =>
  Array.from({ length: random.below(countMax) }, () => random.pick(from)).join('')
const address = (random: Random): string =>
  (random.chance(0.6) ? 'https://shop.example/' : '') + some(random, addressParts, 8)

function randomProduct(random: Random): Product {
  const maybe = <T>(value: T): T | undefined => (random.chance(0.5) ? value : undefined)
  return {
    id: 'p',
    title: some(random, signs, random.chance(0.1) ? 300 : 40),
    link: random.chance(0.3) ? '/p/1' : address(random),
    image: random.chance(0.3) ? 'https://cdn.shop.example/i/1.jpg' : address(random),
    priceMicros: 1 + random.below(1_000_000_000),
    salePriceMicros: maybe(1 + random.below(1_000_000_000)),
    currency: random.pick(['PLN', 'EUR', 'JPY']),
    inStock: random.chance(0.95),
    category: some(random, [...signs, ' > '], 20),
    brand: maybe(some(random, signs, 20)),
    description: maybe(some(random, signs, 250)),
    rating: maybe(random.below(50) / 10),
    imageWidth: maybe(1 + random.below(16_000)),
    imageHeight: maybe(1 + random.below(16_000)),
  }
}

test('pieces are what their format says: where they change, it has to, or old ones stay in use', () => {
  const maker = new PieceMaker({ ...shops[2]!, language: 'en' }, signTarget)
  const product: Product = {
    id: 'p',
    title:
      'Łódź "mug" & <saucer>, as large as a mug can be without being a bowl or a bucket for all that it holds',
    link: '/p/1?a={b}',
    image: 'http://cdn.shop.example/i/1.webp',
    priceMicros: 12_345_600_000,
    salePriceMicros: 9_990_000,
    currency: 'USD',
    inStock: true,
    category: 'Home > Mugs',
    description:
      '<p>Ceramic, 350&nbsp;ml, fired twice &amp; glazed by hand; every piece differs a little.</p>',
    rating: 4.46,
  }
  const all = [
    product,
    { ...product, imageWidth: 10, imageHeight: 20 },
    { ...product, inStock: false },
  ]
  const hash = createHash('sha256')
  for (const { flags, priceMicros, pieces } of all.map((it) => maker.make(it)))
    hash.update(`${flags} ${priceMicros} `).update(Buffer.concat(pieces))
  expect([pieceFormat, hash.digest('hex')]).toEqual([
    1,
    'f92a0d18e7808d2bac2cd737a750dcb6510521b97d42bc0cf9362c22ffeb26dc',
  ])
})

test('products of any texts and addresses are compiled as in the plain way', () => {
  const random = new Random(seed)
  expectSame(
    Array.from({ length: 1_500 }, () => randomProduct(random)),
    `seed ${seed}`,
  )
})

test('addresses are resolved as by reading and writing each of them', () => {
  const random = new Random(seed)
  const bases = [
    'https://shop.example/x/',
    'http://a:b@q.example:81/',
    'mailto:a',
    'nonsense',
    'https://1.2/',
  ]
  for (let i = 0; i < 30_000; i++) {
    const reference = address(random)
    const base = random.pick(bases)
    const why = `seed ${seed}: ${reference} on ${base}`
    const url = resolveHttp(reference, base)
    expect(url, why).toBe(slowResolve(reference, base))
    if (url !== null && URL.canParse(url)) expect(isSecureUrl(url), why).toBe(slowSecure(url))
  }
})

const feeds = fileURLToPath(new URL('../../../shared/corpus/feeds/', import.meta.url))

test.skipIf(!existsSync(feeds))(
  'real feeds are compiled as in the plain way',
  { timeout: 60_000 },
  async () => {
    let count = 0
    for (const name of readdirSync(feeds)) {
      if (!/\.(csv|json|txt|xml)$/.test(name)) continue
      const products: Product[] = []
      try {
        const reading = await readFeed(createReadStream(join(feeds, name)), {
          currency: 'PLN',
          shopUrl: 'https://shop.example/',
          contentType: '',
          rowBytesMax: 1_000_000,
          bytesMax: 1e9,
          nowMs: 1_750_000_000_000,
        })
        for await (const row of reading.rows)
          if (row.kind === 'product' && products.push(row.product) === 120) break
      } catch {
        // Not every file is a feed that can be read; the corpus has its own test for that.
      }
      expectSame(products, name, [shops[count % shops.length]!])
      count += products.length
    }
    expect(count).toBeGreaterThan(1_000)
  },
)
