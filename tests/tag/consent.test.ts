// Goal: nothing of a person is kept at the browser or sent before they have agreed, nor after they have
// refused; and who takes their consent back is forgotten here and told of there. Method: a real browser;
// whatever may still be under way when a page is left is waited for before it is said that nothing came.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agree,
  askFirst,
  becomes,
  chromiumPath,
  gtag,
  kept,
  leave,
  refuse,
  run,
  Shop,
  startBrowser,
} from './pages.js'

const view = `gtag('event', 'view_item', { items: [{ item_id: 'bieg-01' }] })\n`
const nothingKept = { cookies: '', stored: {} }

describe.skipIf(chromiumPath === undefined)('the tag and consent', () => {
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

  async function expectNothing(page: Page): Promise<void> {
    expect(await kept(page)).toEqual(nothingKept)
    await leave(page, shop.receiver)
    expect(shop.receiver.requestCount).toBe(0)
  }

  test('until it is known, what happens waits in memory; then it is told', async () => {
    const page = await shop.open({ before: `${askFirst}${view}` })
    expect(await kept(page)).toEqual(nothingKept)
    expect(shop.receiver.requestCount).toBe(0)
    await run(page, agree)
    const [first, second] = await shop.receiver.until(2)
    expect([first!.type, second!.type]).toEqual(['page_view', 'view_item'])
    const { cookies, stored } = await kept(page)
    expect(cookies).toMatch(new RegExp(`^_grosz_ruszaj=${first!.anonymousId}\\.\\d{5}$`))
    expect(stored['_grosz_ruszaj']).toBe(cookies.split('=')[1])
  })

  test('the id is the shop’s own cookie: for its pages only, and for thirteen months', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    const { anonymousId } = (await shop.receiver.until(1))[0]!
    const [cookie] = await page.context().cookies(shop.address)
    expect(cookie).toMatchObject({ sameSite: 'Lax', path: '/' })
    const days = (cookie!.expires - Date.now() / 1_000) / 86_400
    expect(days).toBeGreaterThan(393)
    expect(days).toBeLessThan(396)
    // One that was made long ago isn't given for longer: it is over, and there is another.
    const longAgo = Math.floor(Date.now() / 86_400_000) - 396
    await run(
      page,
      `document.cookie = '_grosz_ruszaj=${anonymousId}.${longAgo};path=/'; localStorage._grosz_ruszaj = '${anonymousId}.${longAgo}'`,
    )
    await shop.open({ before: `${askFirst}${agree}` }, page)
    const [, later] = await shop.receiver.until(2)
    expect(later!.anonymousId).not.toBe(anonymousId)
  })

  test('the same browser on the next page, also with only one of cookie and storage left', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    const { anonymousId } = (await shop.receiver.until(1))[0]!
    await run(page, `localStorage.clear()`)
    await shop.open({ before: `${askFirst}${agree}` }, page)
    await shop.receiver.until(2)
    await page.context().clearCookies()
    await shop.open({ before: `${askFirst}${agree}` }, page)
    for (const message of await shop.receiver.until(3))
      expect(message.anonymousId).toBe(anonymousId)
  })

  test.each([
    ['nobody has been asked', gtag],
    ['nobody has answered', askFirst],
    ['they refuse', `${askFirst}${refuse}`],
    [
      'they agree to measuring alone',
      `${askFirst}gtag('consent', 'update', { analytics_storage: 'granted' })\n`,
    ],
    [
      'they agree to one third of it',
      `${askFirst}gtag('consent', 'update', { ad_storage: 'granted' })\n`,
    ],
    [
      'somewhere they would be asked first',
      `${gtag}
      gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied', region: ['PL'] })
      gtag('consent', 'default', { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' })\n`,
    ],
    [
      'the page says what nobody understands',
      `${gtag}gtag('consent', 'update', { ad_storage: true }); gtag('consent', 'update', 'granted'); gtag('consent')\n`,
    ],
  ])('nothing is kept or sent where %s', async (_why, consent) => {
    const page = await shop.open({ before: `${consent}${view}`, query: '?gzc=token' })
    await run(page, view)
    await expectNothing(page)
  })

  test('nobody is asked where the page says from the start that they agree', async () => {
    await shop.open({
      before: `${gtag}gtag('consent', 'default', { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted', personalization_storage: 'denied' })`,
    })
    const [view] = await shop.receiver.until(1)
    expect(view!.consent).toEqual({ ads: true, personalization: false })
  })

  test('who agrees after having refused is told of from then on', async () => {
    const page = await shop.open({ before: `${askFirst}${refuse}${view}` })
    await run(page, agree)
    await run(page, `gtag('event', 'view_cart', { items: [] })`)
    await shop.receiver.until(2)
    expect(shop.receiver.types).toEqual(['consent', 'view_cart'])
  })

  test('who agrees to less is said to', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await run(page, `grosz('consent', { ads: false, personalization: true })`)
    const [, change] = await shop.receiver.until(2)
    expect(change).toMatchObject({
      type: 'consent',
      consent: { ads: false, personalization: true },
    })
  })

  test('who takes it back is forgotten here, and told of there by the id that they had', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    const { anonymousId } = (await shop.receiver.until(1))[0]!
    await run(page, `${view}${refuse}${view}`)
    const [, withdrawal] = await shop.receiver.until(2)
    expect(withdrawal).toMatchObject({
      type: 'consent',
      anonymousId,
      consent: { ads: false, personalization: false },
    })
    await becomes(page, 'localStorage.length === 0')
    expect(await kept(page)).toEqual(nothingKept)
    await run(page, view)
    await leave(page, shop.receiver)
    expect(shop.receiver.types).toEqual(['page_view', 'consent'])
  })

  test('who takes it back while the collector is away is told of once it is there again', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    const { anonymousId } = (await shop.receiver.until(1))[0]!
    shop.receiver.status = 503
    await run(page, `${view}${refuse}`)
    await shop.receiver.untilTrue(() => shop.receiver.requestCount > 1)
    shop.receiver.status = 200
    await shop.open({ before: `${askFirst}${refuse}` }, page)
    const [, withdrawal] = await shop.receiver.until(2)
    expect(withdrawal).toMatchObject({ type: 'consent', anonymousId })
    await becomes(page, 'localStorage.length === 0')
    expect(await kept(page)).toEqual(nothingKept)
  })

  test('who took it back on a page without the tag is told of on the next with it', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await shop.receiver.until(1)
    await shop.open({ before: `${askFirst}${refuse}` }, page)
    await shop.receiver.until(2)
    expect(shop.receiver.types).toEqual(['page_view', 'consent'])
  })

  test('a browser that says no to all sites has no adverts chosen by what it did', async () => {
    const page = await shop.newPage()
    await page.addInitScript(
      `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    )
    await shop.open({ before: `${askFirst}${agree}` }, page)
    const [first] = await shop.receiver.until(1)
    expect(first!.consent).toEqual({ ads: false, personalization: true })
  })

  describe('by the TCF', () => {
    /** A consent manager of the framework, which is asked before it knows the answer. */
    const manager = `const listeners = []
      window.__tcfapi = (command, version, callback) => { if (command === 'addEventListener' && version === 2) listeners.push(callback) }
      window.answer = (data) => { for (const it of listeners) it(data, true) }\n`
    const data = (purposes: readonly number[], vendors: readonly number[]): string =>
      JSON.stringify({
        eventStatus: 'useractioncomplete',
        gdprApplies: true,
        purpose: { consents: Object.fromEntries(purposes.map((it) => [it, true])) },
        vendor: { consents: Object.fromEntries(vendors.map((it) => [it, true])) },
      })

    beforeEach(() => {
      shop.receiver.tcfVendorId = 755
    })

    test.each([
      ['all', [1, 2, 3, 4, 5, 6, 7], { ads: true, personalization: true }],
      ['adverts', [1, 3, 4], { ads: true, personalization: false }],
      ['content', [1, 5, 6], { ads: false, personalization: true }],
    ])('what they agree to counts: %s', async (_what, purposes, consent) => {
      const page = await shop.open({ before: manager })
      await run(page, `answer({ eventStatus: 'cmpuishown', gdprApplies: true })`)
      expect(shop.receiver.requestCount).toBe(0)
      await run(page, `answer(${data(purposes, [755])})`)
      const [first] = await shop.receiver.until(1)
      expect(first!.consent).toEqual(consent)
    })

    test.each([
      ['not to us', data([1, 2, 3, 4, 5, 6], [754])],
      ['to keeping nothing', data([2, 3, 4, 5, 6], [755])],
      ['to nothing', data([], [])],
      [
        'in words that we don’t know',
        `{ eventStatus: 'tcloaded', get purpose() { throw new Error('no') } }`,
      ],
    ])('nothing is kept or sent where they agree %s', async (_what, answer) => {
      const page = await shop.open({ before: manager })
      await run(page, `answer(${answer})`)
      await expectNothing(page)
    })

    test('where the GDPR doesn’t apply there is nothing to ask', async () => {
      const page = await shop.open({ before: manager })
      await run(page, `answer({ eventStatus: 'tcloaded', gdprApplies: false })`)
      const [first] = await shop.receiver.until(1)
      expect(first!.consent).toEqual({ ads: true, personalization: true })
    })

    test('it isn’t asked where we aren’t in its list', async () => {
      shop.receiver.tcfVendorId = 0
      const page = await shop.open({ before: manager })
      await run(page, `answer(${data([1, 3, 4], [0])})`)
      await expectNothing(page)
    })
  })
})
