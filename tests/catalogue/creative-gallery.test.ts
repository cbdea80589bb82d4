// Goal: a person who opens the gallery sees every template in every size, as bids make them, and looking costs
// nothing. Method: the page for the demo shops is parsed, and so is every banner in it.
import { describe, expect, test } from 'vitest'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { bannerSizes } from '../../src/catalogue/sizes.js'
import { demoShopFiles } from '../../src/demo/shops.js'
import { galleryPage } from '../../src/edge/gallery.js'
import { allOf, type Element, parseMarkup, signTarget } from './creative-world.js'
import { snapshotOf } from './snapshot-of.js'

const files = demoShopFiles('http://127.0.0.1:8083').map((file) => shopFileSchema.parse(file))
const options = { version: 1, unitValue: { PLN: 1, EUR: 4.25 }, signTarget }
const snapshot = snapshotOf(files, options)

/** Companion banners, which stand beside videos, aside. */
const framesOf = (page: string): readonly Element[] =>
  allOf(parseMarkup(page), 'iframe').filter(
    ({ attributes }) => attributes['title'] !== 'Companion banner',
  )

describe.each(['ruszaj', 'fenrow'])('gallery of %s', (shopId) => {
  const page = galleryPage(snapshot, shopId)!
  const frames = framesOf(page)

  test.each(bannerSizes)(
    'shows $width × $height with every number of products',
    ({ width, height, productCountMax }) => {
      const own = frames.filter(
        ({ attributes }) =>
          attributes['width'] === `${width}` && attributes['height'] === `${height}`,
      )
      const counts = own.map(
        ({ attributes }) => allOf(parseMarkup(attributes['srcdoc']!), 'a').length - 1,
      )
      const upTo = Array.from({ length: productCountMax + 1 }, (_, count) => count)
      // Then once each for reduced products and for long texts.
      expect(counts).toEqual([...upTo, productCountMax, productCountMax])
    },
  )

  test('reduced samples are reduced, long ones are long, and all are of this shop', () => {
    for (const { attributes } of frames) {
      const banner = parseMarkup(attributes['srcdoc']!)
      expect(allOf(banner, 'img')[0]!.attributes['src']).toContain(`/logo/${shopId}.svg`)
      const products = allOf(banner, 'a').slice(1)
      const title = attributes['title']!
      for (const product of products) {
        if (title.endsWith('reduced')) expect(allOf(product, 's')).toHaveLength(1)
        if (title.endsWith('long'))
          expect(allOf(product, 'span')[0]!.text.length).toBeGreaterThan(80)
      }
    }
  })

  test('nothing in it calls us, and nothing in it can run or leave the frame', () => {
    for (const { attributes } of frames) {
      expect(attributes).toHaveProperty('sandbox', '')
      const banner = parseMarkup(attributes['srcdoc']!)
      for (const link of allOf(banner, 'a')) expect(link.attributes['href']).toMatch(/^data:,/)
      expect(allOf(banner, 'img').at(-1)!.attributes['src']).toMatch(/^data:,/)
      expect(allOf(banner, 'script')).toEqual([])
    }
  })
})

test('without a shop it is the first one; of an unknown shop there is none', () => {
  expect(galleryPage(snapshot, null)).toBe(galleryPage(snapshot, 'ruszaj'))
  expect(galleryPage(snapshot, 'nobody')).toBeNull()
  expect(galleryPage(snapshotOf([], options), null)).toBeNull()
})

test('a shop without campaigns or products has a page too', () => {
  const [file] = files
  const bare = snapshotOf([{ ...file!, campaigns: [] }], options)
  expect(framesOf(galleryPage(bare, 'ruszaj')!)).toEqual([])
  const empty = snapshotOf([{ ...file!, products: [] }], options)
  const counts = framesOf(galleryPage(empty, 'ruszaj')!).map(
    ({ attributes }) => allOf(parseMarkup(attributes['srcdoc']!), 'a').length - 1,
  )
  expect(new Set(counts)).toEqual(new Set([0]))
})

test('a shop is chosen from a list in which its name stays text', () => {
  const [one, two] = files
  const named = { ...two!, shop: { ...two!.shop, name: '<script>"x"' } }
  const page = galleryPage(snapshotOf([one!, named], options), 'ruszaj')!
  expect(allOf(parseMarkup(page), 'script')).toEqual([])
  const link = allOf(parseMarkup(page), 'a').find(
    ({ attributes }) => attributes['href'] === '?shop=fenrow',
  )
  expect(link?.text).toBe('<script>"x"')
})
