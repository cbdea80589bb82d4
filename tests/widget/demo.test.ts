// Goal: a demo shop's pages have recommendations where there is a recommender, and allow no more for it than they must.
// Method: pages are fetched as text. What a browser makes of them is in the tests beside.
import { strict as check } from 'node:assert'
import { get } from 'node:http'
import { afterAll, beforeAll, test } from 'vitest'
import { type DemoShopServer, startDemoShop } from '../../src/demo-shop.js'

const recommenderUrl = 'http://127.0.0.1:8082'
let bare: DemoShopServer
let recommending: DemoShopServer
beforeAll(async () => {
  const options = { host: '127.0.0.1', port: 0, collectorUrl: null }
  bare = await startDemoShop(options)
  recommending = await startDemoShop({ ...options, recommenderUrl })
})
afterAll(async () => {
  await bare.close()
  await recommending.close()
})

/** A page as a browser gets it that knows the server by this name. */
function open(
  server: DemoShopServer,
  path: string,
  host = '127.0.0.1:8083',
): Promise<{ policy: string; text: string }> {
  return new Promise((resolve, reject) => {
    get(server.address + path, { headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      const policy = String(response.headers['content-security-policy'])
      response.once('end', () => resolve({ policy, text }))
    }).once('error', reject)
  })
}
const slotsIn = (text: string): string[] =>
  [...text.matchAll(/<div data-grosz-slot="([\w-]+)"([^>]*)>/g)].map(
    ([, slot, about]) => slot + about!.replace(/ data-heading="[^"]+"/, ''),
  )

test.each([
  ['/', ['home']],
  ['/?category=Buty', ['category data-category="Buty"']],
  ['/?category=', []],
  ['/p/bieg-01', ['product data-product="bieg-01"', 'product-complements data-product="bieg-01"']],
  ['/p/kurt-01', ['out-of-stock data-product="kurt-01"']],
  ['/cart', ['cart']],
  ['/search?q=namiot', []],
  ['/search?q=%22%3E%3Czzz%3E', ['search data-query="&#34;&gt;&lt;zzz&gt;"']],
  ['/nothing', ['not-found']],
  ['/thanks', ['thank-you']],
  ['/checkout', []],
  ['/fenrow', ['home']],
])('the slots of %s', async (path, slots) => {
  const { text, policy } = await open(recommending, path)
  check.deepEqual(slotsIn(text), slots)
  const id = path.startsWith('/fenrow') ? 'fenrow' : 'ruszaj'
  check.ok(text.includes(`<script async src="${recommenderUrl}/widget.js?shop=${id}"></script>`))
  check.match(policy, /script-src 'self' http:\/\/127\.0\.0\.1:8082; connect-src 'self' http:/)
  check.match(policy, /img-src 'self';/)
  check.doesNotMatch(policy, /unsafe/)
  const without = await open(bare, path)
  check.deepEqual(slotsIn(without.text), [])
  check.doesNotMatch(without.text + without.policy, /widget\.js|8082/)
})

test('on one’s own machine it goes by the name that the page goes by, and so do the pictures', async () => {
  const { text, policy } = await open(recommending, '/', 'localhost:8083')
  check.ok(text.includes('src="http://localhost:8082/widget.js?shop=ruszaj"'))
  check.match(policy, /connect-src 'self' http:\/\/localhost:8082$/)
  check.match(policy, /img-src 'self' http:\/\/127\.0\.0\.1:8083;/)
})
