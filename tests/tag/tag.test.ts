// Goal: what a page does reaches the collector as it was meant, once, whatever the page does with it, and
// leaves no trace on the page. Method: a real browser, pages under a strict Content-Security-Policy, and
// a collector that writes down what comes. Skipped, aloud, where there is no Chromium.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agree, askFirst, chromiumPath, leave, run, Shop, startBrowser, tagPath } from './pages.js'

const items = `[{ item_id: 'bieg-01', item_name: 'Buty', price: 359.99, quantity: 2, item_category: 'Buty', item_brand: 'Halnik' }]`
const item = {
  item_id: 'bieg-01',
  price: 359.99,
  quantity: 2,
  item_category: 'Buty',
  item_brand: 'Halnik',
}
const browserId = /^[\w-]{22}$/

test('the tag is small', () => {
  const script = readFileSync(tagPath)
  expect(script.length).toBeLessThan(8_400)
  expect(gzipSync(script, { level: 9 }).length).toBeLessThan(3_900)
  // What it is written in is old enough for browsers of 2019.
  expect(script.toString()).not.toMatch(/\?\.[a-z([]|\?\?/)
})

describe.skipIf(chromiumPath === undefined)('the tag in a browser', () => {
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

  test('tells what gtag was told, before it came and after', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}
        gtag('js', new Date()); gtag('config', 'G-1')
        gtag('event', 'view_item', { currency: 'PLN', value: 359.99, items: ${items} })
        gtag('event', 'scroll', { percent: 90 })`,
    })
    await run(
      page,
      `gtag('event', 'add_to_cart', { currency: 'PLN', value: '719.98', items: ${items} })`,
    )
    await run(page, `gtag('event', 'search', { search_term: 'buty do biegania' })`)
    const messages = await shop.receiver.until(4)
    expect(shop.receiver.types).toEqual(['page_view', 'view_item', 'add_to_cart', 'search'])
    expect(messages[1]).toMatchObject({ currency: 'PLN', value: 359.99, items: [item] })
    expect(messages[2]).toMatchObject({ value: 719.98, items: [item] })
    expect(messages[3]).toMatchObject({ query: 'buty do biegania' })
    const [first] = messages
    expect(first!.anonymousId).toMatch(browserId)
    for (const message of messages) {
      expect(message.anonymousId).toBe(first!.anonymousId)
      expect(message.consent).toEqual({ ads: true, personalization: true })
      expect(message.messageId).toMatch(browserId)
      expect(Math.abs(Date.parse(message.timestamp) - Date.now())).toBeLessThan(60_000)
    }
    expect(new Set(shop.receiver.all.map((it) => it.shop))).toEqual(new Set(['ruszaj']))
    // Plain text, which browsers send without asking first.
    for (const type of shop.receiver.contentTypes) expect(type).toMatch(/^text\/plain/)
    expect(JSON.parse(shop.receiver.bodies[0]!)).toHaveProperty('sentAt')
  })

  test('tells what the Tag Manager was told', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}
        dataLayer.push({ 'gtm.start': 1, event: 'gtm.js' })
        dataLayer.push({ ecommerce: null })
        dataLayer.push({ event: 'view_item_list', ecommerce: { item_list_name: 'Buty', items: ${items} } })`,
    })
    await run(
      page,
      `dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T-1', value: 719.98, currency: 'PLN', items: ${items} } },
        { event: 'view_search_results', search_term: 'namiot' })`,
    )
    const [, list, purchase, search] = await shop.receiver.until(4)
    expect(list).toMatchObject({ type: 'view_item_list', category: 'Buty', items: [item] })
    expect(purchase).toMatchObject({
      type: 'purchase',
      orderId: 'T-1',
      value: 719.98,
      items: [item],
    })
    expect(search).toMatchObject({ type: 'search', query: 'namiot' })
  })

  test('whatever is pushed still reaches those who listened before', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}
        const original = dataLayer.push
        window.seen = []
        dataLayer.push = function (...entries) { seen.push(...entries); return original.apply(dataLayer, entries) }`,
    })
    const outcome = await run(
      page,
      `[dataLayer.push({ event: 'a' }, { event: 'b' }), seen.length, dataLayer.length]`,
    )
    expect(outcome).toEqual([4, 2, 4])
  })

  test('its own calls are taken: those of before it came, and after', async () => {
    const page = await shop.open({
      before: `window.grosz = window.grosz || function () { (grosz.q = grosz.q || []).push(arguments) }
        grosz('consent', { ads: true, personalization: false })
        grosz('event', 'back_in_stock', { items: [{ item_id: 'kurt-01' }] })`,
    })
    await run(page, `grosz('event', 'review', { items: [{ item_id: 'kurt-01' }], rating: 4 })`)
    const [, stock, review] = await shop.receiver.until(3)
    expect(stock).toMatchObject({
      type: 'back_in_stock',
      items: [{ item_id: 'kurt-01' }],
      consent: { ads: true, personalization: false },
    })
    expect(review).toMatchObject({ type: 'review', rating: 4 })
  })

  test('a call that it doesn’t know is said to be one, to the developer', async () => {
    const page = await shop.newPage()
    const warnings: string[] = []
    page.on('console', (message) => warnings.push(message.text()))
    await shop.open({}, page)
    await run(page, `grosz('event', 'add_to_basket'); grosz('evnet')`)
    expect(warnings).toEqual(['grosz: unknown event add_to_basket', 'grosz: unknown command evnet'])
  })

  test('a data layer that comes late, or is replaced, is heard too', async () => {
    const page = await shop.open()
    await run(page, `${askFirst}${agree}gtag('event', 'view_item', { items: ${items} })`)
    await shop.receiver.until(2)
    await run(page, `dataLayer = []; gtag('event', 'add_to_cart', { items: ${items} })`)
    await shop.receiver.until(3)
    expect(shop.receiver.types).toEqual(['page_view', 'view_item', 'add_to_cart'])
  })

  test('a page is told of once, though its own tag says so too', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}gtag('event', 'page_view', {})` })
    await run(page, `history.pushState(null, '', '/next'); gtag('event', 'page_view', {})`)
    await run(page, `gtag('event', 'page_view', {}); gtag('event', 'view_cart', { items: [] })`)
    await shop.receiver.until(3)
    expect(shop.receiver.types).toEqual(['page_view', 'page_view', 'view_cart'])
  })

  test('a click’s and a mail’s token go along once, and leave the address as it was without them', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}`,
      query: '?a=b%20c&gzc=click.token-1&d&gzm=mail%2Ftoken#part',
    })
    expect(page.url()).toBe(`${shop.address}/?a=b%20c&d#part`)
    await run(page, `gtag('event', 'view_item', { items: ${items} })`)
    const [first, second] = await shop.receiver.until(2)
    expect(first).toMatchObject({ clickToken: 'click.token-1', mailToken: 'mail/token' })
    expect(second).not.toHaveProperty('clickToken')
    expect(second).not.toHaveProperty('mailToken')
  })

  test.each([
    ['grosz', `grosz('identify', { customerId: 42, email: ' Jan.Kowalski@Example.com ' })`],
    ['gtag', `gtag('set', { user_id: '42', user_data: { email: 'jan.kowalski@example.com' } })`],
    [
      'the Tag Manager',
      `dataLayer.push({ user_id: '42', user_data: { email: 'Jan.Kowalski@example.com' } })`,
    ],
  ])('who it is, as %s is told: the address itself stays in the browser', async (_name, call) => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(page, `${call}; ${call}`)
    const [, person] = await shop.receiver.until(2)
    expect(person).toMatchObject({
      type: 'identify',
      customerId: '42',
      emailSha256: '323b95c3ebd98a852911b870fe9c0988a3e008a43804a90dd40b65bc75e8f168',
    })
    await leave(page, shop.receiver)
    expect(shop.receiver.types).toEqual(['page_view', 'identify'])
    for (const body of shop.receiver.bodies) expect(body.toLowerCase()).not.toContain('kowalski')
  })

  test('after a log-out the browser is somebody else', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    const [before] = await shop.receiver.until(1)
    await run(page, `grosz('reset'); gtag('event', 'view_cart', { items: [] })`)
    const [, after] = await shop.receiver.until(2)
    expect(after!.anonymousId).toMatch(browserId)
    expect(after!.anonymousId).not.toBe(before!.anonymousId)
  })

  test('leaves nothing on the page but grosz, and breaks none of its policies', async () => {
    const names = `Object.getOwnPropertyNames(window)`
    const bare = (await run(await shop.open({ isBare: true }), names)) as string[]
    const tagged = (await run(await shop.open(), names)) as string[]
    expect(tagged.filter((name) => !bare.includes(name))).toEqual(['grosz'])
    expect(bare.filter((name) => !tagged.includes(name))).toEqual([])
  })

  test('put on the page twice, it tells once; beside another shop’s, each its own', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}`,
      shops: ['ruszaj', 'ruszaj', 'fenrow'],
    })
    await run(
      page,
      `gtag('event', 'view_item', { items: ${items} }); grosz('event', 'view_cart', {})`,
    )
    await shop.receiver.until(6)
    await leave(page, shop.receiver)
    const { all, messages } = shop.receiver
    const told = (id: string) =>
      messages.filter((one) => all.some(({ shop, message }) => shop === id && message === one))
    for (const id of ['ruszaj', 'fenrow'])
      expect(told(id).map(({ type }) => type)).toEqual(['page_view', 'view_item', 'view_cart'])
    // Nothing that one shop could know the other's person by.
    expect(told('ruszaj')[0]!.anonymousId).not.toBe(told('fenrow')[0]!.anonymousId)
  })
})
