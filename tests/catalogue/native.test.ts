// Goal: a native answer says of a product what its shop said, in the room that was asked for, and nothing that a
// shop writes breaks the answer or works in it. Method: written cases; every text at every length compared with
// the rule; answers parsed back.
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import type { NativeAsset, NativeRequest } from '../../src/catalogue/creative/native.js'
import { nativeLinks } from '../../src/catalogue/creative/native.js'
import { NativePart } from '../../src/catalogue/creative/native-pieces.js'
import { cutEnd, nativeText, withoutMarkup } from '../../src/catalogue/creative/native-text.js'
import type { Product } from '../../src/catalogue/products.js'
import { clickBehind, signTarget } from './creative-world.js'
import { answerOf, shopFileOf, worldOf } from './native-world.js'

const request = (change: Partial<NativeRequest> = {}, ...assets: NativeAsset[]): NativeRequest => ({
  version: 12,
  assets,
  assetCount: assets.length,
  impressionMethods: 0,
  wantsPrivacy: false,
  ...change,
})

const everyPart = Object.values(NativePart).filter((part) => part !== NativePart.none)

interface Answer {
  readonly ver: string
  readonly assets: readonly {
    readonly id: number
    readonly title?: { readonly text: string }
    readonly img?: { readonly url: string; readonly w?: number; readonly h?: number }
    readonly data?: { readonly value: string }
  }[]
  readonly link: { readonly url: string }
  readonly imptrackers?: readonly string[]
  readonly eventtrackers?: readonly object[]
  readonly privacy?: string
}

/** What a product's answer has for each part, and 0 for no limit of length. */
function valuesOf(
  product: Partial<Product>,
  shop: Parameters<typeof shopFileOf>[1] = {},
  lengthMax = 0,
): Record<string, string> {
  const world = worldOf(shopFileOf([product], shop))
  const assets = everyPart.map((part) => ({ id: part, type: 0, lengthMax }))
  const answer = JSON.parse(answerOf(world, 0, request({}, ...assets), everyPart)) as Answer
  return Object.fromEntries(
    Object.entries(NativePart).flatMap(([name, part]) => {
      const asset = answer.assets.find(({ id }) => id === part)
      return asset === undefined
        ? []
        : [[name, asset.title?.text ?? asset.img?.url ?? asset.data?.value ?? '']]
    }),
  )
}

describe('what an asset is filled with', () => {
  test('of a product on sale, with all that a shop can say', () => {
    const product = {
      title: 'Trail shoes',
      description: 'Light <b>shoes</b> &amp; socks',
      brand: 'Fjell',
      salePriceMicros: 150_000_000,
      rating: 4.44,
    }
    expect(valuesOf(product)).toEqual({
      title: 'Trail shoes',
      picture: 'https://shop.example/img/1.jpg',
      description: 'Light shoes & socks',
      detail: 'Fjell',
      price: 'PLN\u00a0199.99',
      salePrice: 'PLN\u00a0150',
      rating: '4.4',
      logo: 'https://shop.example/logo.png',
      sponsor: 'Some Shop',
      displayUrl: 'shop.example',
      action: 'Buy now',
    })
  })

  test('of a product of which little is known', () => {
    const { description, detail, price, salePrice, rating } = valuesOf({
      title: 'Trail shoes',
      category: 'Sport › For men > Shoes',
      rating: 0,
    })
    expect({ description, detail, price, salePrice, rating }).toEqual({
      description: 'Trail shoes',
      detail: 'Shoes',
      price: 'PLN\u00a0199.99',
      salePrice: '',
      rating: '',
    })
  })

  test('the campaign says it in the shop’s language', () => {
    const { price } = valuesOf({ priceMicros: 1_299_990_000 }, { language: 'pl' })
    expect(price).toBe('1299,99\u00a0zł')
  })
})

describe('the answer', () => {
  const file = shopFileOf([{ imageWidth: 1_200, imageHeight: 900 }], {
    logoSize: { width: 80, height: 60 },
    privacyUrl: 'https://shop.example/privacy?a=1&b=2',
  })
  const world = worldOf(file)
  const assets = [
    { id: 7, type: 0, lengthMax: 25 },
    { id: 3, type: 3, lengthMax: 0 },
    { id: 4, type: 1, lengthMax: 0 },
    { id: 1, type: 12, lengthMax: 0 },
  ]
  const parts = [NativePart.title, NativePart.picture, NativePart.logo, NativePart.action]
  const pixel = 'https://bid.example/n/imp?t=TOKEN&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}'
  const target = 'https://shop.example/p/1'
  const signature = signTarget(keyOf('shop'), target)
  const encoded = Buffer.from(target).toString('base64url')
  const link = { url: `https://bid.example/n/click/TOKEN.${signature}.${encoded}` }

  test('to 1.2 has types, sizes and the tracker that was offered', () => {
    const asked = request({ impressionMethods: 0b110, wantsPrivacy: true }, ...assets)
    expect(JSON.parse(answerOf(world, 0, asked, parts))).toEqual({
      ver: '1.2',
      assets: [
        { id: 7, title: { text: 'A pair of shoes' } },
        { id: 3, img: { url: 'https://shop.example/img/1.jpg', w: 1_200, h: 900, type: 3 } },
        { id: 4, img: { url: 'https://shop.example/logo.png', w: 80, h: 60, type: 1 } },
        { id: 1, data: { value: 'Buy now', type: 12 } },
      ],
      link,
      eventtrackers: [{ event: 1, method: 1, url: pixel }],
      privacy: 'https://shop.example/privacy?a=1&b=2',
    })
  })

  test('to 1.0 is wrapped, and counts the impression the older way', () => {
    const asked = request({ version: 10, impressionMethods: 0b10 }, ...assets)
    const none = NativePart.none
    expect(
      JSON.parse(answerOf(world, 0, asked, [none, none, none, NativePart.action], true)),
    ).toEqual({
      native: {
        ver: '1.0',
        assets: [{ id: 1, data: { value: 'Buy now' } }],
        link,
        imptrackers: [pixel],
      },
    })
  })

  test('counts the older way too where only scripts are offered', () => {
    const answer = JSON.parse(
      answerOf(world, 0, request({ impressionMethods: 0b100 }), []),
    ) as Answer
    expect(answer.imptrackers).toEqual([pixel])
    expect(answer.eventtrackers).toBeUndefined()
  })

  test('puts the exchange’s own macros where it wants them', () => {
    const own = nativeLinks('https://b.example', '&p=%%WINNING_PRICE%%', '%%CLICK_URL_UNESC%%')
    const answer = JSON.parse(answerOf(world, 0, request(), [], false, own)) as Answer
    expect(answer.link.url).toMatch(/^%%CLICK_URL_UNESC%%https:/)
    expect(clickBehind(answer.link.url, '%%CLICK_URL_UNESC%%', 'https://b.example')).toEqual({
      token: 'TOKEN',
      signature,
      target,
    })
    expect(answer.imptrackers).toEqual(['https://b.example/n/imp?t=TOKEN&p=%%WINNING_PRICE%%'])
  })

  test('a privacy notice over http is kept out of a shop that is secure without it', () => {
    const privacyOf = (shop: object): string | undefined => {
      const own = worldOf(shopFileOf([{}], { privacyUrl: 'http://shop.example/privacy', ...shop }))
      return (JSON.parse(answerOf(own, 0, request({ wantsPrivacy: true }), [])) as Answer).privacy
    }
    expect(privacyOf({})).toBeUndefined()
    expect(privacyOf({ url: 'http://shop.example/' })).toBe('http://shop.example/privacy')
  })

  test('a size that is only the least of the shop’s pictures is not told as the picture’s', () => {
    const own = worldOf(shopFileOf([{}], { pictures: { width: 800, height: 800 } }))
    const asked = request({}, { id: 1, type: 3, lengthMax: 0 })
    const [asset] = (JSON.parse(answerOf(own, 0, asked, [NativePart.picture])) as Answer).assets
    expect(asset!.img).toEqual({ url: 'https://shop.example/img/1.jpg', type: 3 })
  })
})

const hostile = [
  'Shoes ${AUCTION_PRICE} %%CLICK_URL_UNESC%% %%%',
  '</script><script>alert("1")</script>',
  'A "quoted" \\ title\u2028with\u0000 everything \ud800',
  'Wygodne buty trekkingowe dla całej rodziny, męskie i damskie, rozmiary od 36 do 46 w trzech kolorach',
  'حذاء رياضي مريح للجري في الجبال والطرق الوعرة مع نعل مقاوم للانزلاق',
  'נעלי ריצה קלות לשטח עם סוליה מונעת החלקה במבצע מיוחד לשבוע אחד בלבד',
  '防水登山靴男女通用轻便透气耐磨防滑户外徒步鞋四季可穿多色可选大码加宽版型',
  '👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈',
  `z${'\u0300\u0301\u0302'.repeat(40)} shoes`,
  'x'.repeat(500),
  'Buty – sprzedaż – wyprzedaż – '.repeat(12),
  '$',
  '%',
]

const graphemeEnds = (text: string): Set<number> =>
  new Set([
    0,
    ...Array.from(
      new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
      ({ index, segment }) => index + segment.length,
    ),
  ])

describe('texts', () => {
  test.each(hostile)('hostile text %# at every length', (title) => {
    const whole = nativeText(title)
    const ends = graphemeEnds(whole)
    expect(whole.length).toBeLessThanOrEqual(140)
    expect(whole).not.toMatch(/\$\{|%%|[<>"]/)
    expect(Buffer.from(whole).toString()).toBe(whole)
    const world = worldOf(shopFileOf([{ title, description: title }]))
    for (let lengthMax = 1; lengthMax <= 200; lengthMax++) {
      const asset = { id: 1, type: 2, lengthMax }
      for (const part of [NativePart.title, NativePart.description]) {
        const answer = JSON.parse(answerOf(world, 0, request({}, asset), [part])) as Answer
        const value = answer.assets[0]!.title?.text ?? answer.assets[0]!.data!.value
        const own =
          part === NativePart.description ? nativeText(withoutMarkup(title)) || whole : whole
        if (lengthMax >= own.length) expect(value).toBe(own)
        // What can't be shortened is refused by `partFits` before it gets here.
        else if (value !== '…') {
          expect(value.length).toBeLessThanOrEqual(lengthMax)
          expect(value).toMatch(/…$/)
          expect(own.startsWith(value.slice(0, -1))).toBe(true)
          if (own === whole) expect(ends.has(value.length - 1)).toBe(true)
        }
      }
    }
  })

  test('are cut after whole words where that wastes little', () => {
    const cut = (text: string, lengthMax: number): string => text.slice(0, cutEnd(text, lengthMax))
    expect(cut('Trail running shoes, waterproof', 25)).toBe('Trail running shoes')
    expect(cut('Trail running shoes', 19)).toBe('Trail running shoes')
    expect(cut('Trail running shoes', 18)).toBe('Trail running')
    expect(cut('Donaudampfschifffahrt mit Musik', 20)).toBe('Donaudampfschifffah')
    expect(cut('A Donaudampfschifffahrt', 20)).toBe('A Donaudampfschifff')
  })

  test('of any characters hold at every length', () => {
    const alphabet = [
      ' ',
      'a',
      'ż',
      '-',
      '.',
      '$',
      '{',
      '%',
      '"',
      '<',
      '\\',
      '字',
      '👍🏽',
      'é',
      '\u05d0',
    ]
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed)
      const text = Array.from({ length: random.below(120) }, () => random.pick(alphabet)).join('')
      const whole = nativeText(text)
      const ends = graphemeEnds(whole)
      expect(whole, `seed ${seed}`).not.toMatch(/\$\{|%%|[<>"]/)
      for (let lengthMax = 1; lengthMax < 150; lengthMax += 1 + random.below(5)) {
        const end = cutEnd(whole, lengthMax)
        expect(ends.has(end), `seed ${seed}, ${lengthMax}`).toBe(true)
        if (end < whole.length) expect(end, `seed ${seed}`).toBeLessThan(lengthMax)
      }
    }
  })

  test('markup in descriptions is taken out, not shown', () => {
    expect(
      withoutMarkup('<p class="a">One</p><br/>two &lt; &#51; &#x34;<!-- no\nnote -->').trim(),
    ).toMatch(/^One\s+two < 3 4$/)
    expect(withoutMarkup('5 < 6 and 7 > 6')).toBe('5 < 6 and 7 > 6')
    expect(withoutMarkup('&#1114112;&#xfffff;')).toBe('\u{fffff}')
  })
})
