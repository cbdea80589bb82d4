// Goal: a banner looks right in every size, with few products and many, with short texts and long ones: nothing
// sticks out, is cut that mustn't be, or lies on something else. Method: a real browser lays out every case, in
// standards and in quirks mode, and is asked where things are. Skipped where there is no Chromium.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Product } from '../../src/catalogue/products.js'
import { bannerSizes } from '../../src/catalogue/sizes.js'
import { render, tableOf } from './creative-world.js'

const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

const picture = (width: number, height: number): string =>
  `https://pictures.example/${width}x${height}.svg`

const usual: Partial<Product>[] = [
  { title: 'Buty do biegania Halnik Zefir damskie', image: picture(400, 400) },
  { title: 'Kurtka', image: picture(300, 500), salePriceMicros: 149_990_000 },
  {
    title: 'Plecak Ostaniec Grań 35 l, zielony',
    image: picture(500, 300),
    priceMicros: 1_249_000_000,
  },
  { title: 'Namiot', image: picture(400, 400), salePriceMicros: 99_000_000 },
]
const long: Partial<Product>[] = usual.map((product, at) => ({
  ...product,
  title: [
    'Przeciwdeszczowa kurtka trzysezonowa z odpinanym kapturem i bardzo długą nazwą modelu',
    'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller',
    'W'.repeat(120),
    '超軽量防水ジャケット取り外し可能なフード付き三季節対応モデル長い名前',
  ][at]!,
  priceMicros: 123_456_780_000,
  salePriceMicros: 98_765_430_000,
}))

const samples = [
  { sample: 'usual', products: usual, callToAction: 'Kup teraz', font: '' },
  // In wide letters too, as devices without our first choices may have.
  {
    sample: 'long',
    products: long,
    callToAction: 'Zum Warenkorb zurück',
    font: 'DejaVu Sans,Verdana',
  },
]

describe.skipIf(chromiumPath === undefined)('banners in a browser', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
    page = await browser.newPage()
    await page.route('**/*', (route) => {
      const [, width, height] = /(\d+)x(\d+)\.svg/.exec(route.request().url()) ?? [null, 160, 48]
      const body = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%"/></svg>`
      return route.fulfill({ contentType: 'image/svg+xml', body })
    })
  })
  afterAll(async () => browser?.close())

  describe.each(bannerSizes.map((size, index) => ({ ...size, index })))(
    '$width × $height',
    ({ width, height, index, productCountMax }) => {
      const cases = samples.flatMap((it) =>
        Array.from({ length: productCountMax + 1 }, (_, count) => ({ ...it, count })),
      )
      test.each(cases)(
        '$count products, $sample',
        async ({ sample, products, callToAction, font, count }) => {
          const table = tableOf(...products)
          const { markup } = render({
            table,
            sizeIndex: index,
            productCount: count,
            brand: { callToAction, logo: picture(160, 48) },
          })
          await page.setViewportSize({ width, height })
          const layouts = []
          for (const doctype of ['<!doctype html>', '']) {
            const style = font === '' ? '' : `<style>.gz{font-family:${font}!important}</style>`
            await page.setContent(`${doctype}<body>${style}${markup}`, { waitUntil: 'load' })
            layouts.push(await page.evaluate<Measured>(measureText))
          }
          const [measured, inQuirksMode] = layouts as [Measured, Measured]
          expect(inQuirksMode).toEqual(measured)
          expect(measured.page, 'no scroll bars').toEqual({ width, height })
          expect(measured.products).toHaveLength(count)
          expect(measured.faults).toEqual([])
          // A usual call to action is there in full; a long one may end in an ellipsis.
          if (sample === 'usual') expect(measured.cutActions).toEqual([])
        },
      )
    },
  )
})

interface Measured {
  readonly page: { readonly width: number; readonly height: number }
  readonly products: readonly string[]
  readonly cutActions: readonly string[]
  readonly faults: readonly string[]
}

/** Runs in the page, so it is text: where everything is, and what of that mustn't be. */
const measureText = `(() => {
  const faults = []
  const box = (element) => element.getBoundingClientRect()
  const say = (element, text) => faults.push(text + ': ' + element.outerHTML.replace(/(href|src)="[^"]*"/g, '').slice(0, 120))
  // Half a pixel is lost where widths are divided.
  const inside = (element, outer, slack = 0.6) => {
    const a = box(element), b = box(outer)
    return a.left >= b.left - slack && a.right <= b.right + slack && a.top >= b.top - slack && a.bottom <= b.bottom + slack
  }
  const apart = (one, other) => {
    const a = box(one), b = box(other)
    return a.right <= b.left + 0.6 || b.right <= a.left + 0.6 || a.bottom <= b.top + 0.6 || b.bottom <= a.top + 0.6
  }
  const banner = document.querySelector('.gz')
  const links = [...banner.querySelectorAll('a')]
  for (const link of links) {
    if (!inside(link, banner)) say(link, 'tile sticks out')
    const isHeader = link.className === 'h'
    const [picture] = link.getElementsByTagName('img')
    if (!inside(picture, link)) say(picture, 'picture sticks out')
    if (box(picture).width < (isHeader ? 30 : 28) || box(picture).height < (isHeader ? 12 : 28)) say(picture, 'picture is too small: ' + Math.round(box(picture).width) + 'x' + Math.round(box(picture).height))
    const action = link.querySelector(':scope>b')
    if (action !== null) {
      if (!inside(action, banner)) say(action, 'call to action sticks out')
      if (action.scrollHeight > action.clientHeight + 1) say(action, 'call to action is cut')
      if (getComputedStyle(action).position !== 'absolute' && !inside(action, link)) say(action, 'call to action is cut')
      if (!apart(action, picture)) say(action, 'call to action lies on the picture')
    }
    if (isHeader) continue
    const text = link.querySelector('div'), [title] = text.children
    const price = text.querySelector('b'), old = text.querySelector('s')
    if (!apart(text, picture)) say(text, 'text lies on the picture')
    if (action !== null && !apart(text, action)) say(text, 'text lies on the call to action')
    if (box(title).height < 12) say(title, 'title is missing')
    if (box(title).width < 40) say(title, 'title is too narrow')
    if (!inside(price, link)) say(price, 'price is cut')
    const range = document.createRange()
    range.selectNodeContents(price)
    if (range.getBoundingClientRect().right > box(link).right + 0.6) say(price, 'price is cut')
    if (old !== null && box(old).bottom > box(link).bottom + 0.6) say(old, 'old price is cut')
    for (const element of [title, price]) {
      const size = Number.parseFloat(getComputedStyle(element).fontSize)
      if (size < 11) say(element, 'type is too small: ' + size)
    }
  }
  for (const [at, link] of links.entries())
    for (const other of links.slice(at + 1)) if (!apart(link, other)) say(link, 'tiles overlap')
  return {
    page: { width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight },
    products: links.slice(1).map((link) => JSON.stringify(box(link))),
    cutActions: [...banner.querySelectorAll('a>b')].filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.textContent),
    faults,
  }
})()`
