// Goal: where there is little room, for letters of twice the size or in a column at a page's side, every price can be
// read, and belongs to what it stands under. Method: a real browser says how wide each text and each card are. Skipped,
// aloud, where there is no Chromium.
import { describe, expect, test } from 'vitest'
import { chromiumPath, run } from '../tag/pages.js'
import { ready, type WidgetShop, withShop } from './pages.js'

/** Texts that reach into the card beside theirs. */
const overlaps = `[...document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('.now, .old, .name')].filter((it) => {
  const range = document.createRange()
  range.selectNodeContents(it)
  return range.getBoundingClientRect().right > it.closest('.card').getBoundingClientRect().right + 0.5
}).map((it) => it.textContent)`

describe.skipIf(chromiumPath === undefined)('where there is little room', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  test.each([
    ['a phone, letters of twice the size', 'html{font-size:32px}', '', 359.99],
    ['a column at the side', '[data-grosz-slot]{width:220px}', '', 359.99],
    ['a grid in such a column', '[data-grosz-slot]{width:220px}', 'data-layout="grid"', 359.99],
    ['a phone, a price of millions', '', '', 12_345_678.9],
    ['columns as the shop sets them', '[data-grosz-slot]{--grosz-columns:4}', '', 1_359.99],
  ])('%s', async (_, style, attributes, price) => {
    shop.service.items = shop.service.items.map(({ salePrice: _, ...it }) => ({ ...it, price }))
    const page = await shop.newPage({ viewport: { width: 360, height: 800 } })
    await shop.open({ body: `<div data-grosz-slot="home" ${attributes}></div>`, style }, page)
    await ready(page)
    expect(await run(page, overlaps)).toEqual([])
  })
})
