// Goal: what happened on a page arrives although the page is left, the collector away or the storage
// closed; more than once rather than never, and always under the same id, by which it counts once.
// Method: a real browser, and a collector that goes and comes back.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agree,
  askFirst,
  becomes,
  chromiumPath,
  kept,
  leave,
  run,
  Shop,
  startBrowser,
} from './pages.js'

const cart = `gtag('event', 'add_to_cart', { items: [{ item_id: 'bieg-01', quantity: 1 }] })\n`

describe.skipIf(chromiumPath === undefined)('what the tag delivers', () => {
  let browser: Browser
  let shop: Shop

  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    shop = new Shop()
    await shop.start(browser)
  })
  afterEach(async () => {
    await shop.stop()
    expect(shop.faults).toEqual([])
  })

  test('is what happened in the last moment of a page', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await run(page, `${cart}location.href = 'about:blank'`)
    await shop.receiver.until(2)
    expect(shop.receiver.types).toEqual(['page_view', 'add_to_cart'])
  })

  test('is what happened in a tab that is closed at once', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await run(page, cart)
    await page.close({ runBeforeUnload: true })
    await shop.receiver.until(2)
    expect(shop.receiver.types).toEqual(['page_view', 'add_to_cart'])
  })

  test('comes together where it happens together', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(page, cart.repeat(9))
    await shop.receiver.until(10)
    expect(shop.receiver.requestCount).toBeLessThanOrEqual(2)
  })

  test('is there a second after it happened', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    const happenedMs = (await run(page, `${cart}Date.now()`)) as number
    await shop.receiver.until(2)
    // The tag itself waits for 100 ms; the rest is for a machine that is busy.
    expect(Date.now() - happenedMs).toBeLessThan(1_000)
  })

  test('is forgotten here once the collector has it', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await becomes(page, `!Object.keys(localStorage).some((it) => it.includes('_out'))`)
    await run(page, cart)
    await shop.receiver.until(2)
    await becomes(page, `!Object.keys(localStorage).some((it) => it.includes('_out'))`)
    await leave(page, shop.receiver)
    expect(shop.receiver.all).toHaveLength(2)
  })

  test('is sent by the next page where the collector was away, under the same ids', async () => {
    shop.receiver.status = 503
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(page, cart)
    await shop.receiver.untilTrue(() => shop.receiver.requestCount > 0)
    const { stored } = await kept(page)
    const waiting = JSON.parse(waitingIn(stored)) as {
      type: string
      messageId: string
    }[]
    expect(waiting.map(({ type }) => type)).toEqual(['page_view', 'add_to_cart'])
    shop.receiver.status = 200
    await shop.open({ before: `${askFirst}${agree}` }, page)
    const messages = await shop.receiver.until(3)
    expect(messages.slice(0, 2).map(({ messageId }) => messageId)).toEqual(
      waiting.map(({ messageId }) => messageId),
    )
    expect(shop.receiver.types).toEqual(['page_view', 'add_to_cart', 'page_view'])
  })

  test('is sent by the same page once the network is back', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await page.context().setOffline(true)
    const failed = page.waitForEvent('requestfailed')
    await run(page, cart)
    await failed
    await page.context().setOffline(false)
    await shop.receiver.until(2)
    expect(shop.receiver.types).toEqual(['page_view', 'add_to_cart'])
  })

  test('is not sent again where the collector refuses it', async () => {
    shop.receiver.status = 400
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await becomes(
      page,
      `!Object.keys(localStorage).some((it) => it.includes('_out')) && localStorage.length > 0`,
    )
    await leave(page, shop.receiver)
    expect(shop.receiver.requestCount).toBe(1)
  })

  test('is bounded while the collector is away: the oldest go first', async () => {
    shop.receiver.status = 503
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(
      page,
      `for (let i = 0; i < 500; i++) gtag('event', 'view_item', { items: [{ item_id: 'p-' + i }] })`,
    )
    const { stored } = await kept(page)
    const waiting = JSON.parse(waitingIn(stored)) as { items: { item_id: string }[] }[]
    expect(waiting).toHaveLength(100)
    expect(waiting.at(-1)!.items[0]!.item_id).toBe('p-499')
  })

  test('is no less from two tabs than from one', async () => {
    const one = await shop.open({ before: `${askFirst}${agree}` })
    const other = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(2)
    await Promise.all([run(one, cart.repeat(5)), run(other, cart.repeat(5))])
    const messages = await shop.receiver.until(12)
    expect(new Set(messages.map(({ anonymousId }) => anonymousId)).size).toBe(1)
  })

  test.each([
    [
      'closed',
      `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })`,
    ],
    [
      'full',
      `Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError') }`,
    ],
    [
      'somebody else’s',
      `localStorage.setItem('_grosz_ruszaj_out_1', '[1,null,{"messageId":5}]'); localStorage.setItem('_grosz_ruszaj', '<script>')`,
    ],
    ['garbled', `localStorage.setItem('_grosz_ruszaj_out_1', '{')`],
  ])('doesn’t depend on the page’s storage: %s', async (_how, script) => {
    const page = await shop.open({ before: `${script}\n${askFirst}${agree}` })
    await run(page, cart)
    await shop.receiver.until(2)
    await run(page, cart)
    const messages = await shop.receiver.until(3)
    expect(shop.receiver.types).toEqual(['page_view', 'add_to_cart', 'add_to_cart'])
    expect(new Set(messages.map(({ anonymousId }) => anonymousId)).size).toBe(1)
  })

  test('is what happened on a page that has no origin to keep anything under', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}`, isSandboxed: true })
    await run(page, cart)
    const [first, second] = await shop.receiver.until(2)
    expect(second!.anonymousId).toBe(first!.anonymousId)
  })
})

/** What the one page that there was has not delivered. */
const waitingIn = (stored: Readonly<Record<string, string>>): string =>
  stored[Object.keys(stored).find((name) => name.startsWith('_grosz_ruszaj_out_'))!]!
