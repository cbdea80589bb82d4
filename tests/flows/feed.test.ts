// Goal: what a shop says of its products is what bids show, within two seconds: a feed, a price, what is sold out,
// and a campaign; also in a worker that was started since, and while a large shop is being compiled. Method: the real
// programs on a data folder with two shops without products; the shop's developer uses the API over HTTP, an exchange asks for bids.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopFile } from '../bidding/world.js'
import {
  type Bid,
  bannerRequest,
  eventually,
  newDataDir,
  postBid,
  type System,
  startSystem,
} from './system.js'

const data = newDataDir()
let system: System
let key: string

beforeAll(async () => {
  const folder = join(data.path, 'catalogue')
  mkdirSync(folder, { recursive: true })
  const campaign = { id: 'c', goal: 'cpm', bid: 5, maxCpm: 50, budget: {} }
  const file = shopFile('fed', [campaign])
  writeFileSync(join(folder, 'fed.json'), JSON.stringify({ ...file, products: [] }))
  const large = shopFile('large', [{ ...campaign, bid: 1 }])
  writeFileSync(join(folder, 'large.json'), JSON.stringify({ ...large, products: [] }))
  system = await startSystem(data.path, { GROSZ_DEMO: 'false' })
  key = readFileSync(join(data.path, 'operator.key'), 'utf8').trim()
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

async function ask(method: string, path: string, body?: string, shop = 'fed'): Promise<Response> {
  const response = await fetch(`${system.collector}${path}?shop=${shop}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
  return response
}

/** Best margin first, as strangers see them. */
const feedOf = (ids: readonly string[], price = 10): string =>
  ids
    .map((id, at) =>
      JSON.stringify({
        id,
        title: `Title ${id}`,
        link: `https://fed.example/p/${id}`,
        image_link: `https://fed.example/i/${id}.jpg`,
        price: `${price}.00 PLN`,
        availability: 'in stock',
        product_type: `C${at}`,
      }),
    )
    .join('\n')

/** Waits until all bids are as expected; fails where that takes longer than it may. */
async function untilBids(
  isExpected: (bid: Bid) => boolean,
  why: string,
  withinMs = 2_000,
): Promise<void> {
  const startMs = performance.now()
  await eventually(why, async () => {
    // More than there are workers, which take turns.
    for (let i = 0; i < 8; i++) {
      const { bids } = await postBid(system, bannerRequest(`stranger-${i}`))
      if (bids.length !== 1 || !isExpected(bids[0]!)) return false
    }
    return true
  })
  expect(performance.now() - startMs, why).toBeLessThan(withinMs)
}

const untilShown = (isExpected: (markup: string) => boolean): Promise<void> =>
  untilBids(({ adm }) => isExpected(adm), String(isExpected))

const shows = (id: string) => (markup: string) => markup.includes(`Title ${id}<`)
const not = (is: (markup: string) => boolean) => (markup: string) => !is(markup)

test('a feed is in bids within two seconds', async () => {
  await ask('PUT', '/v1/feed', feedOf(['a', 'b', 'c']))
  await untilShown((markup) => ['a', 'b', 'c'].every((id) => shows(id)(markup)))
})

test('what is sold out is in no bid two seconds later, and comes back', async () => {
  await ask('PATCH', '/v1/products', '[{"id":"b","inStock":false}]')
  await untilShown(not(shows('b')))
  const gallery = await (await fetch(`${system.admin}/gallery?shop=fed`)).text()
  expect([gallery.includes('Title a'), gallery.includes('Title b')]).toEqual([true, false])
  await ask('PATCH', '/v1/products', '[{"id":"b","inStock":true,"price":77}]')
  await untilShown((markup) => shows('b')(markup) && markup.includes('77'))
})

test('a worker that is started later shows the same', async () => {
  await ask('PATCH', '/v1/products', '[{"id":"a","inStock":false}]')
  await untilShown(not(shows('a')))
  const before = system.workerPids()
  process.kill(before[0]!, 'SIGKILL')
  await eventually('another worker is ready', async () => {
    const now = system.workerPids()
    const isAnother = now.length === 2 && !now.includes(before[0]!)
    return isAnother && (await fetch(`${system.admin}/readyz`)).status === 200
  })
  await untilShown((markup) => !shows('a')(markup) && shows('b')(markup))
})

test('another feed replaces it as a whole, one that halves it does not', async () => {
  await ask('PUT', '/v1/feed', feedOf(['x', 'y', 'z'], 20))
  await untilShown((markup) => shows('x')(markup) && !shows('b')(markup))
  const held = await ask('PUT', '/v1/feed', feedOf(['q']))
  expect(held.status).toBe(202)
  await untilShown(shows('x'))
  await ask('POST', '/v1/feed/held')
  await untilShown((markup) => shows('q')(markup) && !shows('x')(markup))
})

test('a change of a campaign is in bids within two seconds', async () => {
  const campaign = await ask('GET', '/v1/campaigns/c')
  const etag = campaign.headers.get('etag') ?? ''
  const changed = await fetch(`${system.collector}/v1/campaigns/c?shop=fed`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/merge-patch+json',
      'If-Match': etag,
    },
    body: '{"bid":9}',
  })
  expect(changed.status).toBe(200)
  await untilBids(({ price }) => price === 9, 'the campaign bids 9')
})

test('all of this while a large shop is being compiled and read', async () => {
  // Two seconds where there is a core to spare.
  const withinMs = 8_000
  const ids = Array.from({ length: 100_000 }, (_, i) => `l${i}`)
  await ask('PUT', '/v1/feed', feedOf(ids), 'large')
  await ask('PATCH', '/v1/products', '[{"id":"q","inStock":false}]')
  await untilBids(({ adm }) => !shows('q')(adm), 'what is sold out is gone', withinMs)
  await ask('PUT', '/v1/feed', feedOf(['s', 't']))
  const both = ({ adm }: Bid): boolean => shows('s')(adm) && shows('t')(adm)
  await untilBids(both, 'the new feed is shown', withinMs)
})
