// Goal: the service hears of each product that was really seen, and of each that was clicked, once, also from a page
// that is left by that click; and of who it was only where they agreed. Method: a real browser; the service writes
// down what it is told. Skipped, aloud, where there is no Chromium.
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { agree, askFirst, becomes, chromiumPath, run, tagPath } from '../tag/pages.js'
import { ready, soon, type WidgetShop, withShop } from './pages.js'

const pause = (page: Page, ms: number): Promise<unknown> =>
  run(page, `new Promise((done) => setTimeout(done, ${ms}))`)

describe.skipIf(chromiumPath === undefined)('what the widget tells', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  const told = (type: 'view' | 'click') =>
    shop.service.told.filter((it) => it.type === type).map((it) => it.product)
  const ids = (from: number, to: number) =>
    shop.service.items.slice(from, to).map((it) => it['product'])
  const openAt = async (width: number, body: string): Promise<Page> => {
    const page = await shop.newPage({ viewport: { width, height: 800 } })
    await shop.open({ body }, page)
    return page
  }

  test('products that were half in view for a second, and those of the row once they come', async () => {
    const page = await openAt(1_280, '<div data-grosz-slot="home"></div>')
    await ready(page)
    await pause(page, 500)
    expect(shop.service.told).toEqual([])
    await soon(() => told('view').length).toBe(5)
    expect(told('view').sort()).toEqual(ids(0, 5).sort())
    for (const it of shop.service.told)
      expect(it).toEqual({ answer: 'answer-1-0', type: 'view', product: it.product })
    await page.getByRole('button', { name: 'Następne produkty' }).click()
    await soon(() => told('view').length).toBeGreaterThanOrEqual(9)
    await page.getByRole('button', { name: 'Poprzednie produkty' }).click()
    await pause(page, 1_800)
    // Each once, however often it is seen.
    expect(new Set(told('view')).size).toBe(told('view').length)
  })

  test('nothing of what was passed by, or lies below', async () => {
    const page = await openAt(
      1_280,
      '<p class="tall"></p><div data-grosz-slot="home"></div><p class="tall"></p>',
    )
    await run(page, `scrollTo(0, 1500)`)
    await ready(page)
    await pause(page, 300)
    await run(page, `scrollTo(0, 0)`)
    await pause(page, 2_000)
    expect(shop.service.told).toEqual([])
    await run(page, `scrollTo(0, 1500)`)
    await soon(() => told('view').length).toBe(5)
  })

  test('nothing while the tab isn’t looked at', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    const setHidden = (isHidden: boolean): string =>
      `window.seenAs = '${isHidden ? 'hidden' : 'visible'}'; document.dispatchEvent(new Event('visibilitychange'))`
    await shop.open(
      {
        before: `window.seenAs = 'visible'; Object.defineProperty(document, 'visibilityState', { get: () => seenAs })`,
        body: '<div data-grosz-slot="home"></div>',
      },
      page,
    )
    await ready(page)
    await run(page, setHidden(true))
    await pause(page, 2_000)
    expect(shop.service.told).toEqual([])
    await run(page, setHidden(false))
    await soon(() => told('view').length).toBe(5)
  })

  test('a click that leaves the page, with what was seen before it', async () => {
    const page = await openAt(1_280, '<div data-grosz-slot="home"></div>')
    await ready(page)
    await page.getByRole('link').nth(1).click()
    await page.waitForURL('**/p/*')
    await soon(() => told('click')).toEqual(ids(1, 2))
    // Whoever clicks has seen it.
    expect(told('view')).toEqual(ids(1, 2))
    const events = shop.service.requests.filter(({ path }) => path.endsWith('/events'))
    expect(events[0]!.type).toMatch(/^text\/plain/)
  })

  test('a click by key, and with the middle button, which opens a tab; not with the right one', async () => {
    const page = await openAt(1_280, '<div data-grosz-slot="home"></div>')
    await ready(page)
    await page.getByRole('link').nth(2).click({ button: 'right' })
    await page.keyboard.press('Escape')
    await page.getByRole('link').nth(0).click({ button: 'middle' })
    await soon(() => told('click')).toEqual(ids(0, 1))
    await page.getByRole('link').nth(0).click({ button: 'middle' })
    await page.getByRole('link').nth(3).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/p/*')
    await soon(() => told('click').length).toBe(2)
    expect(told('click')).toEqual([...ids(0, 1), ...ids(3, 4)])
  })

  test('what was seen just before the page is closed', async () => {
    const page = await openAt(1_280, '<div data-grosz-slot="home"></div>')
    await ready(page)
    await pause(page, 1_250)
    await page.goto('about:blank')
    await soon(() => told('view').length).toBe(5)
  })

  test('nobody’s id where nobody agreed; theirs once they did, and none after they took it back', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    const tag = readTag()
    // The shop's own tag, in the page's file: what it keeps, the widget finds.
    const visit = (answer: string) =>
      shop.open(
        { before: `${askFirst}${answer}`, body: '<div data-grosz-slot="home"></div>' },
        page,
      )
    await visit('')
    await ready(page)
    await page.getByRole('link').first().click({ button: 'middle' })
    await soon(() => told('click').length).toBe(1)
    expect(shop.service.asked[0]!.person).toBeUndefined()
    for (const it of shop.service.told) expect(it.person).toBeUndefined()

    await page.route('**/v1/events*', (route) => route.fulfill({ status: 200, body: '{}' }))
    const withTag = async (answer: string): Promise<void> => {
      await page.route('**/tag.js*', (route) =>
        route.fulfill({ contentType: 'text/javascript', body: tag }),
      )
      await shop.open(
        {
          before: `${askFirst}${answer}`,
          scripts: (service) =>
            `<script src="${service}/tag.js?shop=ruszaj"></script><script async src="${service}/widget.js?shop=ruszaj"></script>`,
          body: '<div data-grosz-slot="home"></div>',
        },
        page,
      )
      await ready(page)
    }
    await withTag(agree)
    await withTag(agree)
    const { person } = shop.service.asked.at(-1)!
    expect(person).toMatch(/^[\w-]{22}$/)
    const [cookie] = await page.context().cookies()
    expect(cookie!.value.split('.')[0]).toBe(person)
    await page.getByRole('link').first().click({ button: 'middle' })
    await soon(() => shop.service.told.at(-1)?.person).toBe(person)

    // The storage alone has it, where cookies were cleared.
    await page.context().clearCookies()
    await visit('')
    await ready(page)
    expect(shop.service.asked.at(-1)!.person).toBe(person)

    await withTag(`gtag('consent', 'update', ${denied})\n`)
    await withTag(`gtag('consent', 'update', ${denied})\n`)
    expect(shop.service.asked.at(-1)!.person).toBeUndefined()
  })

  test.each<[string, string, string, boolean]>([
    ['comes after the widget', agree, 'late', true],
    ['is there first', agree, 'first', true],
    ['is blocked', agree, 'blocked', false],
    ['never comes', agree, 'never', false],
    ['has nobody’s consent yet', '', 'late', false],
  ])('on a first page, where the tag %s', async (_name, answer, comes, isKnown) => {
    const page = await shop.newPage()
    await page.route('**/v1/events*', (route) => route.fulfill({ status: 200, body: '{}' }))
    await page.route('**/tag.js*', async (route) => {
      if (comes === 'blocked') await route.abort()
      if (comes === 'late') await becomes(page, 'window.groszWidget !== undefined')
      if (comes === 'first' || comes === 'late')
        await route.fulfill({ contentType: 'text/javascript', body: readTag() })
    })
    const isAsync = comes === 'first' ? '' : 'async'
    shop.set({
      before: `${askFirst}${answer}`,
      scripts: (service) =>
        `<script ${isAsync} src="${service}/tag.js?shop=ruszaj"></script><script async src="${service}/widget.js?shop=ruszaj"></script>`,
      body: '<div data-grosz-slot="home"></div>',
    })
    await page.goto(`${shop.address}/`, { waitUntil: 'commit' })
    await ready(page)
    expect(shop.service.asked.length).toBe(1)
    const [cookie] = await page.context().cookies()
    // Before they agree nothing is kept.
    expect(cookie !== undefined).toBe(isKnown)
    expect(shop.service.asked[0]!.person).toBe(cookie?.value.split('.')[0])
  })

  test.each([
    ['too old', `AAAAAAAAAAAAAAAAAAAAAA.\${Math.floor(Date.now() / 864e5) - 396}`],
    ['too short', 'AAAA.20000'],
    ['something else', '{"id":1}'],
    ['markup', '<img src=x>.20000'],
  ])('an entry that is %s is nobody’s id', async (_name, entry) => {
    const page = await shop.newPage()
    await shop.open(
      {
        before: `localStorage.setItem('_grosz_ruszaj', \`${entry}\`)`,
        body: '<div data-grosz-slot="home"></div>',
      },
      page,
    )
    await ready(page)
    expect(shop.service.asked[0]!.person).toBeUndefined()
  })

  test('another shop’s id isn’t told', async () => {
    const page = await shop.newPage()
    const entry = `\`AAAAAAAAAAAAAAAAAAAAAA.\${Math.floor(Date.now() / 864e5)}\``
    await shop.open(
      {
        before: `localStorage.setItem('_grosz_fenrow', ${entry}); localStorage.setItem('_grosz_ruszaj_out_1', ${entry})`,
        body: '<div data-grosz-slot="home"></div>',
      },
      page,
    )
    await ready(page)
    expect(shop.service.asked[0]!.person).toBeUndefined()
  })
})

const denied = `{ ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', personalization_storage: 'denied' }`
const readTag = (): string => readFileSync(tagPath, 'utf8').replaceAll('TCF_VENDOR_ID', '0')
