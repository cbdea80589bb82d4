import { ByteWriter } from '../base/byte-writer.js'
import { chooseNativeParts, isNativeAnswerable, nativeFits } from '../bidding/native-fit.js'
import { escapeHtml } from '../catalogue/creative/escape.js'
import { nativeAssetCountMax, nativeLinks, renderNative } from '../catalogue/creative/native.js'
import { ProductFlag } from '../catalogue/product-table.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { NativeOffer } from '../openrtb/offers.js'
import { parse } from '../openrtb/parse.js'
import { BidRequest } from '../openrtb/request.js'
import { galleryToken, nowhere } from './gallery-banners.js'

/** What an asset is for; its number is the asset's id in each of our requests. */
const Role = {
  title: 1,
  picture: 2,
  icon: 3,
  sponsor: 4,
  text: 5,
  action: 6,
  rating: 7,
  price: 8,
  salePrice: 9,
  address: 10,
} as const

/** A place for native ads: what its publisher asks for, and how it would show the answer. */
interface Place {
  readonly title: string
  readonly note: string
  readonly request: object
  show(ad: Shown): string
}

const data = (id: number, type: number, more: object = {}, required = 0): object => ({
  id,
  required,
  data: { type, ...more },
})

const places: readonly Place[] = [
  {
    title: 'In a feed',
    note: 'A large picture, the shop’s name and logo, a call to action: Native 1.2 with an event tracker.',
    request: {
      ver: '1.2',
      context: 2,
      plcmttype: 1,
      privacy: 1,
      assets: [
        { id: Role.title, required: 1, title: { len: 90 } },
        { id: Role.picture, required: 1, img: { type: 3, wmin: 300, hmin: 157 } },
        { id: Role.icon, required: 0, img: { type: 1, wmin: 50, hmin: 50 } },
        data(Role.sponsor, 1, { len: 25 }, 1),
        data(Role.text, 2, { len: 90 }),
        data(Role.action, 12, { len: 20 }),
        data(Role.rating, 3),
      ],
      eventtrackers: [{ event: 1, methods: [1] }],
    },
    show: feedCard,
  },
  {
    title: 'On a content wall',
    note: 'Among recommended articles, with prices: Native 1.1 with impression trackers.',
    request: {
      ver: '1.1',
      context: 1,
      plcmttype: 4,
      assets: [
        { id: Role.title, required: 1, title: { len: 50 } },
        { id: Role.picture, required: 1, img: { type: 3, wmin: 200, hmin: 200 } },
        data(Role.sponsor, 1),
        data(Role.price, 6),
        data(Role.salePrice, 7),
      ],
    },
    show: wallCard,
  },
  {
    title: 'As a text link',
    note: 'No picture and little room; wrapped in an object of its own, as Native 1.0 has it.',
    request: {
      native: {
        ver: '1.0',
        assets: [
          { id: Role.title, required: 1, title: { len: 30 } },
          data(Role.text, 2, { len: 70 }),
          data(Role.address, 11),
        ],
      },
    },
    show: textLink,
  },
]

/** A shop's native ads for typical requests, shown as from the answer alone, and the answer beside it. */
export function nativeSection(snapshot: Snapshot, row: number, shop: number): string {
  const sections = places.map((place) => {
    const offer = offerOf(place.request)
    const figures = sampleProducts(snapshot, row, shop, offer).map((product) =>
      figure(place, answerOf(snapshot, row, product, offer)),
    )
    const content =
      figures.length > 0
        ? `<div class="row">${figures.join('')}</div>`
        : '<p>No product of this shop can fill what is required here.</p>'
    return (
      `<h3>${place.title}</h3><p class="note">${place.note}</p>${content}` +
      `<details><summary>What is asked for</summary>${pre(place.request)}</details>`
    )
  })
  return `<section><h2>Native ads</h2>${sections.join('')}</section>`
}

/** Read as any request is. */
function offerOf(native: object): NativeOffer {
  const request = new BidRequest()
  const imp = [{ id: '1', native: { request: JSON.stringify(native) } }]
  const fault = parse(Buffer.from(JSON.stringify({ id: 'gallery', imp })), request)
  if (fault !== '') throw new Error(`gallery: ${fault}`)
  return request.impressions[0]!.native
}

/** The best product that fits, then the best reduced one. */
function sampleProducts(
  snapshot: Snapshot,
  row: number,
  shop: number,
  offer: NativeOffer,
): number[] {
  if (!isNativeAnswerable(offer)) return []
  const { list, flags } = snapshot.products[shop]!
  return [0, ProductFlag.onSale].flatMap((sale) => {
    const found = list.find(
      (it) => (flags[it]! & ProductFlag.onSale) === sale && nativeFits(offer, snapshot, row, it),
    )
    return found === undefined ? [] : [found]
  })
}

/** The answer as JSON text. */
function answerOf(snapshot: Snapshot, row: number, product: number, offer: NativeOffer): string {
  const out = new ByteWriter(16_384)
  const parts = new Uint8Array(nativeAssetCountMax)
  chooseNativeParts(offer, snapshot, row, product, parts)
  renderNative(out, {
    request: offer,
    parts,
    isWrapped: offer.isWrapped,
    products: snapshot.products[snapshot.shopOf[row]!]!,
    product,
    brands: snapshot.brands,
    brandAt: snapshot.brandEnd[row]!,
    links: nativeLinks(nowhere, '', ''),
    token: galleryToken,
  })
  return out.view().toString()
}

/** What of an answer is shown. */
interface Answer {
  readonly assets: readonly {
    readonly id: number
    readonly title?: { readonly text: string }
    readonly img?: { readonly url: string }
    readonly data?: { readonly value: string }
  }[]
  readonly privacy?: string
}

/** Texts and pictures' addresses by role, escaped for HTML; '' for what was left out. */
interface Shown {
  readonly of: (role: number) => string
  readonly privacy: string
}

function figure({ show }: Place, json: string): string {
  const whole = JSON.parse(json) as Answer & { readonly native?: Answer }
  const { assets, privacy } = whole.native ?? whole
  const texts = new Map(
    assets.map(({ id, title, img, data }) => [
      id,
      escapeHtml(title?.text ?? img?.url ?? data?.value ?? ''),
    ]),
  )
  const shown: Shown = {
    of: (role) => texts.get(role) ?? '',
    privacy: escapeHtml(privacy ?? ''),
  }
  return (
    `<figure>${show(shown)}<figcaption><span>${assets.length} assets</span><span>${Buffer.byteLength(json)} bytes</span></figcaption>` +
    `<details><summary>Answer</summary>${pre(whole)}</details></figure>`
  )
}

const pre = (value: object): string => `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`

/** @param text nothing where this is ''. */
const given = (text: string, html: string): string => (text === '' ? '' : html)

function feedCard({ of, privacy }: Shown): string {
  const icon = of(Role.icon)
  const rating = of(Role.rating)
  const action = of(Role.action)
  return (
    `<article class="ad feed"><header>${given(icon, `<img src="${icon}" alt="">`)}<div><b>${of(Role.sponsor)}</b><small>Sponsored</small></div>` +
    `${given(privacy, `<a href="${privacy}" rel="noreferrer">Privacy</a>`)}</header>` +
    `<img src="${of(Role.picture)}" alt=""><h4>${of(Role.title)}</h4><p>${of(Role.text)}</p>` +
    `<footer><small>${given(rating, `★ ${rating} / 5`)}</small>${given(action, `<b>${action}</b>`)}</footer></article>`
  )
}

function wallCard({ of }: Shown): string {
  const price = of(Role.price)
  const sale = of(Role.salePrice)
  const prices = sale === '' ? given(price, `<b>${price}</b>`) : `<b>${sale}</b><s>${price}</s>`
  return (
    `<article class="ad wall"><img src="${of(Role.picture)}" alt=""><h4>${of(Role.title)}</h4>` +
    `<p>${prices}</p><small>${given(of(Role.sponsor), `Ad by ${of(Role.sponsor)}`)}</small></article>`
  )
}

function textLink({ of }: Shown): string {
  return `<article class="ad link"><h4>${of(Role.title)}</h4><p>${of(Role.text)}</p><small>Ad · ${of(Role.address)}</small></article>`
}
