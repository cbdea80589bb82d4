import type { ShopFileInput } from '../catalogue/model.js'
import { demoCampaigns } from './campaigns.js'
import { homeAssortment } from './home-assortment.js'
import { logoSize } from './logo.js'
import { demoMedia } from './media.js'
import { pictureSide } from './picture.js'
import type { DemoProduct } from './product-line.js'
import { makeProducts } from './product-line.js'
import { sportAssortment } from './sport-assortment.js'
import type { ShopWords } from './words.js'
import { english, polish } from './words.js'

/** A shop of the demo with what its own pages need. */
export interface DemoShop {
  readonly id: string
  readonly name: string
  readonly language: string
  readonly currency: string
  readonly timeZone: string
  /** Path of its home on the demo's server. */
  readonly path: string
  readonly privacyPath: string
  readonly colours: ShopFileInput['shop']['colours']
  readonly callToAction: string
  /** IAB content categories of what it sells. */
  readonly categories: string[]
  readonly words: ShopWords
  readonly products: readonly DemoProduct[]
}

export const demoShops: readonly DemoShop[] = [
  {
    id: 'ruszaj',
    name: 'Ruszaj',
    language: 'pl',
    currency: 'PLN',
    timeZone: 'Europe/Warsaw',
    path: '/',
    privacyPath: '/privacy',
    colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#e9efe9', text: '#17231d' },
    callToAction: 'Kup teraz',
    categories: ['IAB17', 'IAB22'],
    words: polish,
    products: makeProducts(sportAssortment),
  },
  {
    id: 'fenrow',
    name: 'Fenrow',
    language: 'en',
    currency: 'EUR',
    timeZone: 'Europe/Dublin',
    path: '/fenrow',
    privacyPath: '/fenrow/privacy',
    colours: { primary: '#8f3f2b', onPrimary: '#ffffff', background: '#f5ece1', text: '#2c211b' },
    callToAction: 'Shop now',
    categories: ['IAB10', 'IAB22'],
    words: english,
    products: makeProducts(homeAssortment),
  },
]

/** The product with this id and its shop; undefined where no demo shop has it. */
export function findDemoProduct(
  id: string,
): { readonly shop: DemoShop; readonly product: DemoProduct } | undefined {
  for (const shop of demoShops) {
    const product = shop.products.find((it) => it.id === id)
    if (product !== undefined) return { shop, product }
  }
  return undefined
}

/** None of them has a feed: all that it sells is in its file. */
export type DemoShopFile = ShopFileInput & {
  readonly products: NonNullable<ShopFileInput['products']>
}

/**
 * The origins that a demo's pages have: on one's own machine one opens them by either of its names.
 *
 * @param url any of the demo's server.
 */
export function demoOrigins(url: string): string[] {
  const { hostname, origin, port, protocol } = new URL(url)
  return hostname === '127.0.0.1' ? [origin, `${protocol}//localhost:${port}`] : [origin]
}

/**
 * The demo shops as the files that shops are read from.
 *
 * @param baseUrl where the demo's server is reached, without a slash at the end.
 */
export function demoShopFiles(baseUrl: string): DemoShopFile[] {
  return demoShops.map((shop) => ({
    shop: {
      id: shop.id,
      name: shop.name,
      domain: `${shop.id}.example`,
      url: `${baseUrl}${shop.path}`,
      origins: demoOrigins(baseUrl),
      currency: shop.currency,
      timeZone: shop.timeZone,
      language: shop.language,
      logo: `/logo/${shop.id}.svg`,
      colours: shop.colours,
      callToAction: shop.callToAction,
      categories: shop.categories,
      pictures: { width: pictureSide, height: pictureSide },
      logoSize: logoSize(shop.id),
      privacyUrl: `${baseUrl}${shop.privacyPath}`,
    },
    campaigns: [...demoCampaigns[shop.id]!],
    products: shop.products.map(({ kind: _, colourway: __, ...product }) => product),
    ...demoMedia(shop.id, baseUrl),
  }))
}
