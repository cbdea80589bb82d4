// Goal: nothing that is in view moves, whatever becomes of a slot, and rows fit screens of any width. Method: a real
// browser measures boxes and its own layout shifts, at the widths of phones and desktops. Skipped, aloud, where there
// is no Chromium.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { becomes, chromiumPath, run } from '../tag/pages.js'
import { isIn, measureShifts, ready, shifts, soon, type WidgetShop, withShop } from './pages.js'

const docs = fileURLToPath(new URL('../../docs/widget.md', import.meta.url))
const pictureOf = (selector: string): string =>
  `document.querySelector('${selector}').shadowRoot.querySelector('img')`
const heightOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().height`)
const topOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().top`)

describe.skipIf(chromiumPath === undefined)('the room of a slot', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  /** The service answers once this is called. */
  function holdBack(): () => void {
    let release = (): void => undefined
    shop.service.until = new Promise((resolve) => {
      release = resolve
    })
    return release
  }

  const widths = [320, 360, 390, 768, 1_024, 1_440]

  test.each([
    ...widths.map((width) => [width, ''] as const),
    ...[360, 1_440].map((width) => [width, 'data-layout="grid" data-limit="6"'] as const),
  ])(
    'takes its room at once, at %i pixels: nothing moves when products come %s',
    async (width, attributes) => {
      shop.service.title =
        'Ci, którzy oglądali to samo co Ty, oglądali też rzeczy o naprawdę długich nazwach'
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      const release = holdBack()
      await shop.open(
        {
          before: measureShifts,
          body: `<h1 id="above">Sklep</h1><div data-grosz-slot="home" ${attributes}></div><p id="below">Dalej</p>`,
          // As a shop is advised to.
          style: `[data-grosz-slot]{min-height:260px}`,
        },
        page,
      )
      await becomes(page, isIn('waiting'))
      await soon(() => shop.service.asked.length).toBe(1)
      const before = await topOf(page, '#below')
      await run(page, 'shifts.length = 0')
      release()
      await ready(page)
      expect(await topOf(page, '#below')).toBe(before)
      expect(await shifts(page)).toEqual([])
      // Nor when the pictures come.
      await becomes(page, `${pictureOf('[data-grosz-slot]')}.naturalWidth > 0`)
      expect(await shifts(page)).toEqual([])
      expect(await run(page, `document.documentElement.scrollWidth`)).toBe(width)
    },
  )

  test('with the room that the shop gives it, a page never moves: above, below, from its first paint', async () => {
    const page = await shop.newPage({ viewport: { width: 1_440, height: 900 } })
    await shop.open(
      {
        before: measureShifts,
        body: `<h1>Sklep</h1><p>Przed</p><div data-grosz-slot="home"></div><p>Po</p><div data-grosz-slot="home-more"></div><p>Po</p><p class="tall">`,
        style: `[data-grosz-slot]{min-height:400px}`,
      },
      page,
    )
    await ready(page, 2)
    expect(await shifts(page)).toEqual([])
  })

  test.each([320, 360, 390, 479, 480, 540, 768, 990, 1_024, 1_440])(
    'the room that docs/widget.md advises is enough, and not much more, at %i pixels',
    async (width) => {
      const [style] = /(?<=```css\n)\[data-grosz-slot\][^`]+/.exec(readFileSync(docs, 'utf8'))!
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      await shop.open({ style, body: '<div data-grosz-slot="home"></div><p id="below">' }, page)
      await ready(page)
      const needed = await page.evaluate<number>(
        `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('.stack').getBoundingClientRect().height`,
      )
      const given = await heightOf(page, '[data-grosz-slot]')
      expect(given).toBeGreaterThanOrEqual(needed)
      expect(given - needed).toBeLessThan(90)
    },
  )

  test('a slot that stays empty goes without moving what is in view', async () => {
    shop.service.items = []
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        before: measureShifts,
        body: `<h1>Sklep</h1><div id="slot" data-grosz-slot="home"></div><p id="below">Dalej</p><p class="tall"></p>`,
        style: `[data-grosz-slot]{min-height:400px}`,
      },
      page,
    )
    await becomes(page, isIn('empty'))
    expect(await heightOf(page, '#slot')).toBeGreaterThanOrEqual(400)
    expect(await shifts(page)).toEqual([])
    const seen = await topOf(page, '.tall')
    // Out of view above, what is in view stays where it is.
    await run(page, `scrollTo(0, 900)`)
    await becomes(page, `document.querySelector('#slot').getBoundingClientRect().height === 0`)
    expect(Math.abs((await topOf(page, '.tall')) - (seen - 900))).toBeLessThan(1)
    expect(await shifts(page)).toEqual([])
  })

  test('one below the view goes at once', async () => {
    shop.service.items = []
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    const body = `<div class="tall"></div><div id="slot" data-grosz-slot="home"></div><p class="tall"></p>`
    await shop.open({ body, style: '.tall{height:900px}' }, page)
    await becomes(page, isIn('empty'))
    await becomes(page, `document.querySelector('#slot').getBoundingClientRect().height === 0`)
  })

  test.each(widths)(
    'fits at %i pixels: whole cards in a row, the next one in sight on phones',
    async (width) => {
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
      await ready(page)
      const found = await page.evaluate<{ card: number; row: number; heights: number[] }>(`(() => {
      const shadow = document.querySelector('[data-grosz-slot]').shadowRoot
      const items = [...shadow.querySelectorAll('li')].map((it) => it.getBoundingClientRect())
      return { card: items[0].width, row: shadow.querySelector('ul').clientWidth, heights: items.map((it) => it.height) }
    })()`)
      expect(new Set(found.heights.map(Math.round)).size).toBe(1)
      expect(found.card).toBeGreaterThan(width < 340 ? 120 : 140)
      const gap = width < 512 ? 12 : 16
      const perRow = (found.row + gap) / (found.card + gap)
      if (width < 1_000) expect(perRow % 1).toBeGreaterThan(width === 768 ? -1 : 0.1)
      else expect(perRow % 1).toBeLessThan(0.01)
      expect(await run(page, `document.documentElement.scrollWidth`)).toBe(width)
      // The service's long list is reached by going sideways.
      expect(
        await run(
          page,
          `(() => { const row = document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul'); return row.scrollWidth > row.clientWidth })()`,
        ),
      ).toBe(true)
    },
  )
})
