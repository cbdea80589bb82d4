// Goal: whatever else runs on the page, the tag neither fails it nor is made to say what nobody did.
// Method: a real browser, and pages that hand over what no page should.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agree, askFirst, chromiumPath, leave, run, Shop, startBrowser } from './pages.js'

const element = (name: string): string =>
  `document.documentElement.append(Object.assign(document.createElement('form'), { id: '${name}', name: '${name}' }))\n`
const last = `gtag('event', 'view_cart', { items: [] })\n`

describe.skipIf(chromiumPath === undefined)('the tag on a hostile page', () => {
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

  test.each([
    ['a getter that throws', `{ event: 'purchase', get ecommerce() { throw new Error('no') } }`],
    ['an event that throws', `{ get event() { throw new Error('no') } }`],
    [
      'itself',
      `(() => { const it = { event: 'view_item' }; it.ecommerce = it; it.items = [it]; return it })()`,
    ],
    [
      'a proxy that is gone',
      `(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()`,
    ],
    [
      'items that are gone',
      `(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return { event: 'view_item', ecommerce: { items: proxy } } })()`,
    ],
    ['null', `null`],
    ['nothing', `undefined`],
    ['a function', `function () { throw new Error('no') }`],
    ['a text', `'event'`],
    ['an object without a prototype', `Object.assign(Object.create(null), { event: 'view_item' })`],
    ['a name that isn’t one', `{ event: { toString() { throw new Error('no') } } }`],
    ['a symbol', `{ event: Symbol('x') }`],
    ['a big integer', `{ event: 'view_item', value: 10n, items: [{ item_id: 10n, price: 10n }] }`],
    [
      'numbers that aren’t',
      `{ event: 'view_item', ecommerce: { value: NaN, items: [{ item_id: 'a', price: Infinity, quantity: 'many' }] } }`,
    ],
    [
      'itself as arguments',
      `(function () { arguments[2] = arguments; return arguments })('event', 'view_item', 1)`,
    ],
    ['an element', `document.body`],
    ['the window', `window`],
  ])('%s in the data layer does no harm', async (_what, entry) => {
    const page = await shop.open({ before: `${askFirst}${agree}dataLayer.push(${entry})` })
    await run(page, `dataLayer.push(${entry}); ${last}`)
    await shop.receiver.untilTrue(() => shop.receiver.types.includes('view_cart'))
    for (const message of shop.receiver.messages) expect(message.items ?? []).not.toContain(null)
  })

  test('calls of any kind do no harm', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}grosz = { q: 'abc', shops: 5 }` })
    await run(
      page,
      `grosz(); grosz(null); grosz('event'); grosz('event', null, null); grosz('identify'); grosz('identify', { get email() { throw new Error('no') } })
       grosz('consent'); grosz('consent', { ads: true })
       ${last}`,
    )
    await shop.receiver.untilTrue(() => shop.receiver.types.includes('view_cart'))
  })

  test('an element of the page that is called like ours does no harm', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}${element('grosz')}` })
    await run(page, last)
    await shop.receiver.until(2)
  })

  test('an element that stands in for the tag’s own leads it nowhere', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}${element('currentScript')}` })
    await leave(page, shop.receiver)
    expect(shop.receiver.requestCount).toBe(0)
  })

  test('a cart whose products have names alone isn’t told as an empty one', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(
      page,
      `gtag('event', 'view_cart', { items: [{ item_name: 'Boots', quantity: 2 }, { item_name: 'Hat' }] })
       gtag('event', 'view_cart', { items: [] })`,
    )
    const [, nameless, empty] = await shop.receiver.until(3)
    expect(nameless!.items).toEqual([{ quantity: 2 }])
    expect(empty!.items).toEqual([])
  })

  test('what is long is cut or left out: bodies stay small, and other events arrive', async () => {
    const page = await shop.open({ before: `${askFirst}${agree}` })
    await run(
      page,
      `gtag('event', 'view_item_list', { items: Array.from({ length: 10000 }, (_, at) => ({ item_id: 'p-' + at, item_name: 'x'.repeat(1000), item_category: 'c'.repeat(1e5) })) })
       gtag('event', 'view_item', { items: [{ item_id: 'x'.repeat(1e6) }, { item_id: 'fine' }] })
       gtag('event', 'search', { search_term: 'x'.repeat(1e6) })
       for (let i = 0; i < 6; i++) gtag('event', 'view_item_list', { items: Array.from({ length: 200 }, (_, at) => ({ item_id: 'p-' + at, item_category: 'ż'.repeat(250) })) })
       ${last}`,
    )
    await shop.receiver.untilTrue(() => shop.receiver.types.includes('view_cart'))
    const [, list, item, search] = shop.receiver.messages
    expect(list!.items).toHaveLength(200)
    expect(item!.items).toEqual([{ item_id: 'fine' }])
    expect(search).not.toHaveProperty('query')
    for (const body of shop.receiver.bodies) expect(Buffer.byteLength(body)).toBeLessThan(130_000)
  })

  test('a data layer with a million entries doesn’t hold the page up', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}${last}for (let i = 0; i < 1e6; i++) dataLayer.push(i)`,
    })
    await shop.receiver.until(2)
    await leave(page, shop.receiver)
  })

  test('what hangs on every object is nobody’s consent, nor anything of an event', async () => {
    const page = await shop.open({
      before: `${askFirst}
        Object.assign(Object.prototype, { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted', ads: true, item_id: 'evil', event: 'purchase', transaction_id: 'evil', user_id: 'evil' })
        gtag('consent', 'update', {}); window.grosz = undefined
        dataLayer.push({})`,
    })
    await run(page, `grosz('consent', {}); grosz('identify', {})`)
    await leave(page, shop.receiver)
    expect(shop.receiver.requestCount).toBe(0)
  })

  test('the same with consent: events have what is theirs', async () => {
    const page = await shop.open({
      before: `Object.assign(Object.prototype, { item_id: 'evil', transaction_id: 'evil', value: 5 })\n${askFirst}${agree}`,
    })
    await run(
      page,
      `gtag('event', 'view_item', { items: [{}, { item_id: 'a' }] }); dataLayer.push(JSON.parse('{"event":"view_cart","__proto__":{"value":7}}'))`,
    )
    const [, item, cart] = await shop.receiver.until(3)
    expect(item!.items).toEqual([{ item_id: 'a' }])
    expect(item).not.toHaveProperty('value')
    expect(item).not.toHaveProperty('orderId')
    expect(cart).not.toHaveProperty('value')
    const polluted = await run(page, `Object.keys(Object.prototype)`)
    expect(polluted).toEqual(['item_id', 'transaction_id', 'value'])
  })

  test('a page that breaks the browser’s own functions isn’t broken further', async () => {
    const page = await shop.open({
      before: `${askFirst}${agree}
        window.fetch = () => { throw new Error('no') }
        navigator.sendBeacon = () => { throw new Error('no') }
        history.replaceState = () => { throw new Error('no') }
        Object.freeze(dataLayer)`,
      query: '?gzc=token',
    })
    await run(page, `grosz('event', 'view_cart', {})`)
    await leave(page, shop.receiver)
  })
})
