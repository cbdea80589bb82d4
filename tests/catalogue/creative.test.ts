// Goal: every banner shows its shop and products, links and counts as it should, and nothing that a shop writes
// gets out of where it was put. Method: banners of all sizes are read as an exchange reads them (JSON) and as a
// browser does (parse5), and compared with what went in; hostile texts by hand and from a seeded generator.
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { contrast, paletteOf } from '../../src/catalogue/creative/colour.js'
import { cleanText } from '../../src/catalogue/creative/escape.js'
import { bannerSizes, sizeIndexOf, sizeKeyOf } from '../../src/catalogue/sizes.js'
import {
  allOf,
  clickBehind,
  clickIn,
  type Element,
  parseMarkup,
  render,
  signTarget,
  someBrand,
  tableOf,
} from './creative-world.js'

/** The only macros in a banner: the exchange tells the pixel what the impression was sold for. */
const macros = '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}'

const four = tableOf(
  { title: 'Alpha' },
  { title: 'Beta', salePriceMicros: 99_990_000 },
  { title: 'Gamma' },
  { title: 'Delta' },
)

describe.each(bannerSizes.map((size, index) => ({ ...size, index })))(
  'banner of $width × $height',
  ({ width, height, index, productCountMax }) => {
    test('is found by its key', () => {
      expect(sizeIndexOf(sizeKeyOf(width, height))).toBe(index)
    })

    test.each([0, 1, 2, 3, 4])('shows %i products as far as there is room', (productCount) => {
      const { markup, json } = render({ table: four, sizeIndex: index, productCount })
      const root = parseMarkup(markup)
      const shown = Math.min(productCount, productCountMax)
      const titles = ['Alpha', 'Beta', 'Gamma', 'Delta'].slice(0, shown)
      expect(productLinks(root).map((link) => allOf(link, 'span')[0]!.text)).toEqual(titles)
      expect(productLinks(root).map((link) => allOf(link, 'img')[0]!.attributes['alt'])).toEqual(
        titles,
      )
      expect(markup).toContain(`width:${width}px;height:${height}px`)

      // One call to action each for the one product, or one for all; never none.
      const actions = allOf(root, 'b').filter(({ text }) => text === 'Buy now')
      expect(actions).toHaveLength(1)
      expect(logoOf(root).attributes).toEqual({
        src: 'https://shop.example/logo.png',
        alt: 'Some Shop',
      })
      expect(pixelsOf(root)).toEqual([`https://bid.example/n/imp?t=TOKEN${macros}`])
      expect(allOf(root, 'script')).toEqual([])
      // The style, the opening and the pixel: what every banner of this size costs.
      expect(Buffer.byteLength(json) - shown * 420).toBeLessThan(2_400)
    })
  },
)

test('sizes that we do not serve are not found', () => {
  const served = new Set(bannerSizes.map(({ width, height }) => sizeKeyOf(width, height)))
  const random = new Random(7)
  const others = [0, -1, sizeKeyOf(1, 1), sizeKeyOf(250, 300), sizeKeyOf(0x7fff, 0xffff)]
  for (let i = 0; i < 10_000; i++)
    others.push(sizeKeyOf(random.below(0x8000), random.below(0x10000)))
  for (const key of others) if (!served.has(key)) expect(sizeIndexOf(key)).toBe(-1)
})

test('a click carries token, target and the signature of just that target', () => {
  const table = tableOf({ link: 'https://shop.example/p?a=1&b="2"#c' })
  const links = allOf(parseMarkup(render({ table, token: 'To_ken-1' }).markup), 'a')
  const targets = ['https://shop.example/', 'https://shop.example/p?a=1&b=%222%22#c']
  expect(links.map(({ attributes }) => clickIn(attributes['href']!))).toEqual(
    targets.map((target) => ({
      token: 'To_ken-1',
      signature: signTarget(keyOf('shop'), target),
      target,
    })),
  )
  for (const { attributes } of links)
    expect(attributes).toMatchObject({ target: '_blank', rel: 'noopener' })
})

test.each([
  ['%%CLICK_URL_UNESC%%'],
  ['${CLICK_URL}'],
  ['https://count.example/c?a=1&b="2"&to={click}'],
])('%s stands before each click link, and nowhere else', (clickMacro) => {
  const { markup } = render({ table: four, clickMacro })
  const links = allOf(parseMarkup(markup), 'a')
  expect(links).toHaveLength(4)
  for (const { attributes } of links)
    expect(clickBehind(attributes['href']!, clickMacro)).toMatchObject({
      token: 'TOKEN',
      target: expect.stringMatching(/^https:\/\/shop\.example\//),
    })
  // An exchange looks for its macro in the text.
  const name = /%%.*%%|\$?\{\w+\}/.exec(clickMacro)![0]
  expect(markup.split(name)).toHaveLength(5)
  expect(pixelsOf(parseMarkup(markup))).toEqual([`https://bid.example/n/imp?t=TOKEN${macros}`])
})

test('our own base URL is escaped like everything else', () => {
  const { markup } = render({ table: four, publicUrl: 'https://bid.example/a"b&c' })
  expect(pixelsOf(parseMarkup(markup))).toEqual([
    `https://bid.example/a"b&c/n/imp?t=TOKEN${macros}`,
  ])
})

describe('prices', () => {
  const pricesOf = (product: Parameters<typeof tableOf>[0]): readonly string[] => {
    const link = productLinks(parseMarkup(render({ table: tableOf(product) }).markup))[0]!
    return ['small', 'b', 's']
      .flatMap((name) => allOf(link, name))
      .map(({ text }) => text.replace(/\s/g, ' '))
      .filter((text) => text !== 'Buy now')
  }

  test.each([
    ['a plain price', {}, ['199,99 zł']],
    ['decimals that are zero are left out', { priceMicros: 250_000_000 }, ['250 zł']],
    [
      'reduced: badge, new price, old price',
      { salePriceMicros: 149_990_000 },
      ['−25%', '149,99 zł', '199,99 zł'],
    ],
    [
      'a badge never promises more than it is',
      { priceMicros: 3_000_000, salePriceMicros: 2_000_000 },
      ['−33%', '2 zł', '3 zł'],
    ],
    ['too little for a badge', { salePriceMicros: 195_990_000 }, ['195,99 zł', '199,99 zł']],
    ['a sale price that is none', { salePriceMicros: 199_990_000 }, ['199,99 zł']],
    ['a sale price above the price', { salePriceMicros: 250_000_000 }, ['199,99 zł']],
    ['another currency', { currency: 'EUR' }, ['199,99 €']],
  ])('%s', (_why, product, expected) => {
    expect(pricesOf(product)).toEqual(expected)
  })
})

const hostile: readonly string[] = [
  `"><script>alert(1)</script>`,
  `</style></div></a><script>`,
  `' onmouseover='x' "onload="y`,
  '<!-- --> <![CDATA[ ]]> <svg/onload=x>',
  '&lt;b&gt; &amp;amp; &#x3c;',
  '${AUCTION_PRICE} %%WINNING_PRICE%% ${AUCTION_ID}',
  '$ ${ $${x}} % %% %%%',
  '\\" \\u003cscript\\u003e \\\\',
  'emoji 👩🏽‍🚀 family 👨‍👩‍👧‍👦 flag 🇵🇱 zażółć gęślą jaźń',
  'العربية עברית',
  '`template` ${`x`}',
]
/** Text that is to be shown as if these characters weren't in it. */
const withInvisible: readonly (readonly [text: string, shown: string])[] = [
  ['safe\u202egnp.exe\u202c', 'safegnp.exe'],
  ['a\u0000b\u0007c\u007fd\u0085e', 'abcde'],
  ['two\nlines\tand\u2028more', 'two lines and more'],
  ['\ufefflone \ud800 surrogate \udc00', 'lone \ufffd surrogate \ufffd'],
  ['zero\u200bwidth\u2066isolate\u2069', 'zerowidthisolate'],
  ['\ufdd0non\uffffcharacter', '\ufffdnon\ufffdcharacter'],
]

describe('what shops write', () => {
  test.each([...hostile.map((text) => [text, text] as const), ...withInvisible])(
    'title, name and call to action stay text: %j',
    (text, shown) => {
      const table = tableOf({ title: text })
      const { markup } = render({ table, brand: { name: text, callToAction: text } })
      const root = parseMarkup(markup)
      const product = productLinks(root)[0]!
      const [title, alt] = [allOf(product, 'span')[0]!.text, allOf(product, 'img')[0]!]
      expect(title).toBe(cleanText(shown, 90))
      expect(alt.attributes['alt']).toBe(cleanText(shown, 90))
      expect(logoOf(root).attributes['alt']).toBe(cleanText(shown, 60))
      expect(allOf(root, 'b').map((it) => it.text)).toContain(cleanText(shown, 40))
      expectSound(root)
      expectNoMacros(markup)
    },
  )

  test('10 kB of title cost no more than a long one', () => {
    const title = '👩🏽‍🚀 "quoted" '.repeat(700)
    const { json, markup } = render({ table: tableOf({ title }) })
    const shown = allOf(productLinks(parseMarkup(markup))[0]!, 'span')[0]!.text
    expect(shown.length).toBeLessThanOrEqual(90)
    expect(shown.endsWith('…')).toBe(true)
    // Cut between characters, never within one.
    expect(title.startsWith(shown.slice(0, -1))).toBe(true)
    expect(shown).not.toMatch(/\p{Surrogate}|\u200d…$/u)
    expect(Buffer.byteLength(json)).toBeLessThan(4_000)
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://shop.example/',
    'http://',
    'vbscript:x',
  ])('a product that leads to %s is never shown', (link) => {
    expect(tableOf({ link }, { image: link }).list).toHaveLength(0)
  })

  test('a shop whose logo is no picture address shows its name', () => {
    const root = parseMarkup(render({ table: four, brand: { logo: 'javascript:x' } }).markup)
    const header = allOf(root, 'a')[0]!
    expect(allOf(header, 'img')).toEqual([])
    expect(allOf(header, 'span')[0]!.text).toBe('Some Shop')
  })

  test('addresses hold no macro, plain or encoded, and mean what they meant', () => {
    const reference = '/p/${AUCTION_PRICE}?q=${AUCTION_ID}&r=%%CLICK%%&s=50%#${AUCTION_PRICE}'
    const table = tableOf({ link: reference, image: reference })
    const { markup } = render({
      table,
      brand: { url: `https://shop.example${reference}`, logo: reference },
    })
    expectNoMacros(markup)
    const link = productLinks(parseMarkup(markup))[0]!.attributes['href']!
    const target = new URL(clickIn(link).target!)
    expect(decodeURIComponent(target.pathname)).toBe('/p/${AUCTION_PRICE}')
    expect(target.searchParams.get('q')).toBe('${AUCTION_ID}')
    expect(target.searchParams.get('r')).toBe('%%CLICK%%')
    expect(target.searchParams.get('s')).toBe('50%')
  })

  test('random texts come out as they went in', () => {
    const alphabet = [
      ...'<>&"\'`${}%\\/=;: \u00a0\u202e\u0000\n\u2028\ud83d\ude00\ud800\u200dżé\u0301',
      '${AUCTION_PRICE}',
      '</script>',
      '<!--',
      '-->',
      '&#60;',
      '&quot',
      '%%',
      ']]>',
      '\\u003c',
      '</a>',
    ]
    for (let seed = 0; seed < 1_500; seed++) {
      const random = new Random(seed)
      const some = (): string =>
        Array.from({ length: 1 + random.below(30) }, () => random.pick(alphabet)).join('')
      const [title, name, callToAction, path] = [some(), some(), some(), some()]
      const link = `https://shop.example/${encodeURIComponent(path.replace(/\p{Surrogate}/gu, ''))}?${path}`
      const table = tableOf({ title, link, image: link })
      const { markup } = render({ table, brand: { name, callToAction }, productCount: 1 })
      const root = parseMarkup(markup)
      const product = productLinks(root)[0]!
      const why = `seed ${seed}`
      expect(allOf(product, 'span')[0]!.text, why).toBe(cleanText(title, 90))
      expect(logoOf(root).attributes['alt'], why).toBe(cleanText(name, 60))
      expect(allOf(product, 'b').at(-1)!.text, why).toBe(cleanText(callToAction, 40))
      const { signature, target } = clickIn(product.attributes['href']!)
      expect(signature, why).toBe(signTarget(keyOf('shop'), target!))
      const pathOf = (url: string): string => decodeURIComponent(new URL(url).pathname)
      expect(pathOf(target!), why).toBe(pathOf(link))
      expectSound(root, why)
      expectNoMacros(markup, why)
    }
  })
})

test('text is readable on whatever colours a shop chooses', () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = new Random(seed)
    const colour = (): string => `#${random.below(0x1000000).toString(16).padStart(6, '0')}`
    const colours = { primary: colour(), onPrimary: colour(), background: colour(), text: colour() }
    const palette = paletteOf(
      random.chance(0.5) ? colours : { ...colours, header: colour(), sale: colour() },
    )
    const pairs = [
      [palette.onPrimary, palette.primary],
      [palette.text, palette.card],
      [palette.mutedText, palette.card],
      [palette.saleText, palette.card],
      [palette.onSale, palette.sale],
      [palette.onHeader, palette.header],
      [palette.onHeaderAction, palette.headerAction],
    ] as const
    for (const [text, ground] of pairs)
      expect(contrast(text, ground), `seed ${seed}: ${text} on ${ground}`).toBeGreaterThanOrEqual(
        4.5,
      )
    // The button on the header must be seen to be one.
    expect(contrast(palette.headerAction, palette.header), `seed ${seed}`).toBeGreaterThan(1.5)
  }
})

test('right-to-left languages run from right to left', () => {
  const { markup } = render({ table: four, brand: { language: 'he' } })
  expect(allOf(parseMarkup(markup), 'div')[0]!.attributes).toMatchObject({ lang: 'he', dir: 'rtl' })
  expect(render({ table: four, brand: someBrand }).markup).not.toContain('dir=')
})

const productLinks = (root: Element): readonly Element[] =>
  allOf(root, 'a').filter(({ attributes }) => attributes['class'] === 'p')

const logoOf = (root: Element): Element => allOf(allOf(root, 'a')[0]!, 'img')[0]!

const pixelsOf = (root: Element): readonly string[] =>
  root.children
    .filter(({ name }) => name === 'div')
    .flatMap(({ children }) => children.filter(({ name }) => name === 'img'))
    .map(({ attributes }) => attributes['src']!)

/** Nothing but the elements and attributes that we write, one in the other as we write them. */
function expectSound(root: Element, why = ''): void {
  expect(
    root.children.map(({ name }) => name),
    why,
  ).toEqual(['style', 'div'])
  const banner = root.children[1]!
  expect(
    banner.children.map(({ name }) => name),
    why,
  ).toEqual(['a', ...productLinks(root).map(() => 'a'), 'img'])
  const known: Readonly<Record<string, readonly string[]>> = {
    style: [],
    div: ['class', 'lang', 'style', 'dir'],
    a: ['class', 'href', 'target', 'rel'],
    img: ['src', 'alt', 'width', 'height'],
    span: ['aria-hidden'],
    b: ['class'],
    s: [],
    small: [],
  }
  for (const element of everything(root)) {
    const names = known[element.name]
    expect(names, `${why}: <${element.name}>`).toBeDefined()
    for (const name of Object.keys(element.attributes)) expect(names, why).toContain(name)
  }
}

const everything = (element: Element): Element[] =>
  element.children.flatMap((child) => [child, ...everything(child)])

/** What an exchange would replace, as it stands or encoded for a URL: nothing but the pixel's own. */
function expectNoMacros(markup: string, why = ''): void {
  const ours = macros.replaceAll('&', '&amp;')
  expect(markup.replace(ours, ''), why).not.toMatch(/\$\{|%%|%24%7B/i)
}
