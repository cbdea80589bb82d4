// Goal: in the gallery an operator sees what publishers and players make of a shop's bids in every format: native ads
// as cards that show what the answer says, videos and spots that play, with their companion banner and documents; and
// looking costs nothing. Method: the page of the demo shops, and of shops that are odd, is parsed as a browser does.
import { describe, expect, test } from 'vitest'
import type { ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { demoShopFiles } from '../../src/demo/shops.js'
import { galleryPage } from '../../src/edge/gallery.js'
import { allOf, type Element, parseMarkup } from '../catalogue/creative-world.js'
import { snapshotOf } from '../catalogue/snapshot-of.js'

const shopUrl = 'http://127.0.0.1:8083'
const options = { version: 1, unitValue: { PLN: 1, EUR: 4.25 }, signTarget: () => 'signature' }
const files = demoShopFiles(shopUrl)

function pageOf(shopFiles: readonly ShopFileInput[], shopId: string): string {
  const parsed = shopFiles.map((file) => shopFileSchema.parse(file))
  return galleryPage(snapshotOf(parsed, options), shopId)!
}

/** Text without what only makes lines break. */
const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The part of a page that is about one format. */
function partOf(page: string, name: string): Element {
  const found = allOf(parseMarkup(page), 'div').find(({ attributes }) => attributes['id'] === name)
  return found!
}

const withClass = (within: Element, name: string, word: string): readonly Element[] =>
  allOf(within, name).filter(({ attributes }) => attributes['class']?.split(' ').includes(word))

/** What can be opened: its heading, and what it holds. */
const details = (within: Element): { heading: string; text: string }[] =>
  allOf(within, 'details').map((it) => ({
    heading: allOf(it, 'summary')[0]!.text,
    text: allOf(it, 'pre')[0]!.text,
  }))

interface Answer {
  readonly assets: {
    readonly id: number
    readonly title?: { readonly text: string }
    readonly img?: { readonly url: string }
    readonly data?: { readonly value: string }
  }[]
  readonly link: { readonly url: string }
  readonly imptrackers?: string[]
  readonly eventtrackers?: { readonly url: string }[]
}

describe.each(['ruszaj', 'fenrow'])('gallery of %s', (shopId) => {
  const page = pageOf(files, shopId)
  const file = files.find(({ shop }) => shop.id === shopId)!

  test('native ads are shown in three places, a reduced product among them', () => {
    const native = partOf(page, 'native')
    for (const place of ['feed', 'wall', 'link'])
      expect(withClass(native, 'article', place), place).toHaveLength(2)
    const asked = details(native).filter(({ heading }) => heading === 'What is asked for')
    expect(asked.map(({ text }) => (JSON.parse(text) as { ver?: string }).ver)).toEqual([
      '1.2',
      '1.1',
      undefined,
    ])
    expect(allOf(withClass(native, 'article', 'wall')[1]!, 's')).toHaveLength(1)
  })

  test('each card shows what its answer says, and of this shop', () => {
    const figures = allOf(partOf(page, 'native'), 'figure')
    expect(figures).toHaveLength(6)
    for (const figure of figures) {
      const whole = JSON.parse(details(figure)[0]!.text) as Answer & { native?: Answer }
      const answer = whole.native ?? whole
      const card = allOf(figure, 'article')[0]!
      const pictures = allOf(card, 'img').map(({ attributes }) => attributes['src'])
      for (const { title, img, data } of answer.assets) {
        if (img !== undefined) expect(pictures).toContain(img.url)
        else expect(tidy(card.text)).toContain(tidy(title?.text ?? data!.value))
      }
      for (const url of pictures) expect(url).toMatch(new RegExp(`^${shopUrl}/(img|logo)/`))
      const trackers = answer.eventtrackers?.map(({ url }) => url) ?? answer.imptrackers!
      expect(trackers).toHaveLength(1)
      for (const url of [answer.link.url, ...trackers]) expect(url).toMatch(/^data:,gallery\//)
    }
  })

  test.each([
    ['video', 'video', file.videos!],
    ['audio', 'audio', file.audios!],
  ] as const)('%ss play, with a banner beside them and their documents', (name, tag, creatives) => {
    const part = partOf(page, name)
    const players = allOf(part, tag)
    expect(players).toHaveLength(creatives.length)
    for (const [index, player] of players.entries()) {
      const sources = allOf(player, 'source').map(({ attributes }) => attributes)
      const said = creatives[index]!.files!
      expect(new Set(sources.map(({ src }) => src))).toEqual(new Set(said.map(({ url }) => url)))
      expect(player.attributes).toHaveProperty('controls')
      expect(player.attributes).not.toHaveProperty('autoplay')
    }
    const banners = allOf(part, 'iframe')
    expect(banners).toHaveLength(creatives.length)
    for (const { attributes } of banners) {
      expect(attributes).toMatchObject({ sandbox: '', width: '300', height: '250' })
      const banner = parseMarkup(attributes['srcdoc']!)
      expect(allOf(banner, 'a').length).toBeGreaterThan(1)
      for (const link of allOf(banner, 'a')) expect(link.attributes['href']).toMatch(/^data:,/)
    }
    const documents = details(part)
    expect(documents).toHaveLength(3 * creatives.length)
    for (const [index, { heading, text }] of documents.entries()) {
      const version = ['2.0', '3.0', '4.2'][index % 3]!
      expect(heading).toContain(`VAST ${version}`)
      expect(text).toMatch(new RegExp(`^<VAST version="${version.replace('.', '\\.')}"`))
      for (const { url } of creatives[Math.floor(index / 3)]!.files!) expect(text).toContain(url)
      for (const [, url] of text.matchAll(
        /<(?:Impression|Tracking|ClickThrough)[^>]*><!\[CDATA\[(.*?)\]/g,
      ))
        expect(url).toMatch(/^data:,gallery\//)
    }
  })

  test('a video of 640 pixels plays its file of that size', () => {
    for (const player of allOf(partOf(page, 'video'), 'video')) {
      expect(allOf(player, 'source')[0]!.attributes['src']).toContain('-360.mp4')
    }
  })

  test('nothing in it calls us, runs, or leads anywhere but to the shop', () => {
    const elements = ['a', 'img', 'iframe', 'source', 'video', 'audio', 'script', 'link', 'form']
    for (const name of elements)
      for (const { attributes } of allOf(parseMarkup(page), name))
        for (const url of [attributes['href'], attributes['src']])
          if (url !== undefined) expect(url).toMatch(new RegExp(`^(${shopUrl}/|#|\\?shop=)`))
    expect(allOf(parseMarkup(page), 'script')).toEqual([])
  })
})

describe('an odd shop', () => {
  const [plain] = files

  test('without videos, spots or any product says so', () => {
    const page = pageOf([{ ...plain!, videos: [], audios: [], products: [] }], 'ruszaj')
    expect(partOf(page, 'video').text).toContain('This shop has no video.')
    expect(partOf(page, 'audio').text).toContain('This shop has no audio spot.')
    expect(partOf(page, 'native').text).toContain('No product of this shop can fill')
    expect(allOf(partOf(page, 'native'), 'article')).toEqual([])
  })

  test('without a logo’s or picture’s size has the native ads that ask for none', () => {
    const { logoSize: _, pictures: __, ...shop } = plain!.shop
    const page = pageOf([{ ...plain!, shop }], 'ruszaj')
    const native = partOf(page, 'native')
    expect(withClass(native, 'article', 'feed')).toEqual([])
    expect(withClass(native, 'article', 'link')).toHaveLength(2)
  })

  test('that wraps another’s document shows whose, and plays nothing', () => {
    const tagUrl = 'https://ads.example/vast?a=1&b=2'
    const [video] = plain!.videos!
    const page = pageOf([{ ...plain!, videos: [{ ...video!, tagUrl }] }], 'ruszaj')
    const part = partOf(page, 'video')
    expect(allOf(part, 'video')).toEqual([])
    expect(allOf(part, 'code')[0]!.text).toBe(tagUrl)
    expect(details(part)).toHaveLength(3)
    for (const { text } of details(part)) expect(text).toContain(tagUrl)
  })

  test('whose words are markup stays text', () => {
    const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;'
    const products = plain!.products.slice(0, 4).map((it) => ({
      ...it,
      title: `${evil} ${it.title}`,
      description: evil,
      brand: evil,
    }))
    const shop = { ...plain!.shop, name: evil.slice(0, 100), callToAction: '<b onclick=x>' }
    const page = pageOf([{ ...plain!, shop, products }], 'ruszaj')
    const root = parseMarkup(page)
    expect(allOf(root, 'script')).toEqual([])
    for (const { attributes } of allOf(root, 'img'))
      expect(attributes).not.toHaveProperty('onerror')
    for (const { attributes } of allOf(root, 'b')) expect(attributes).not.toHaveProperty('onclick')
  })
})
