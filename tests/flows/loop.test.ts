// Goal: the loop that money goes round in, as an exchange, a browser and an operator see it. Method:
// the real programs on a fresh data folder with the demo shops; HTTP only.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Bid,
  bannerRequest,
  eventually,
  metric,
  newDataDir,
  noticeUrl,
  postBid,
  type System,
  startSystem,
  statusOf,
} from './system.js'

const data = newDataDir()
let system: System

beforeAll(async () => {
  system = await startSystem(data.path)
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

async function someBid(uid = 'demo-cart'): Promise<Bid> {
  const { bids } = await postBid(system, bannerRequest(uid))
  expect(bids).toHaveLength(1)
  return bids[0]!
}

test('the person with the abandoned cart sees that cart, at a raised price', async () => {
  const cart = await someBid('demo-cart')
  const stranger = await someBid('somebody-else')
  expect(cart.cid).toBe('ruszaj-cart')
  expect(cart.price).toBeGreaterThan(stranger.price * 1.5)
  const { products } = JSON.parse(
    readFileSync(join(data.path, 'catalogue/ruszaj.json'), 'utf8'),
  ) as { products: { id: string; title: string }[] }
  const shown = products.filter(({ title }) => cart.adm.includes(title))
  expect(shown.length).toBeGreaterThanOrEqual(3)
  expect((await someBid('demo-intent')).cid).toBe('ruszaj-running')
})

test('a billing notice charges its price exactly, once, and only if it is ours', async () => {
  const { burl, price } = await someBid()
  const before = await metric(system, 'grosz_charged_nanos_total')
  const refused = await metric(system, 'grosz_notices_refused_total')
  expect(await statusOf(noticeUrl(burl, '1.2345'))).toBe(200)
  expect(await metric(system, 'grosz_charged_nanos_total')).toBe(before + 1_234_500)
  expect(await statusOf(noticeUrl(burl, '1.2345'))).toBe(200)
  expect(await statusOf(noticeUrl(burl, '0.5'))).toBe(200)
  expect(await metric(system, 'grosz_charged_nanos_total')).toBe(before + 1_234_500)

  const { burl: other } = await someBid()
  expect(await statusOf(noticeUrl(other, String(price + 0.01)))).toBe(400)
  expect(await statusOf(noticeUrl(other, '1.00').replace(/t=(.)(.)/, 't=$2$1'))).toBe(400)
  for (const bad of ['', 'AUDIT', '-1', '1e3', 'NaN', '${AUCTION_PRICE}', '%24%7BAUCTION_PRICE%7D'])
    expect(await statusOf(noticeUrl(other, bad)), bad).toBe(400)
  expect(await statusOf(noticeUrl(other, '1.00', 'USD'))).toBe(400)
  expect(await metric(system, 'grosz_charged_nanos_total')).toBe(before + 1_234_500)
  expect(await metric(system, 'grosz_notices_refused_total')).toBe(refused + 10)
})

test('a win is counted and charges nothing; a loss is counted by its reason', async () => {
  const { nurl } = await someBid()
  const charged = await metric(system, 'grosz_charged_nanos_total')
  const wins = await metric(system, 'grosz_wins_total')
  expect(await statusOf(noticeUrl(nurl, '2'))).toBe(200)
  expect(await statusOf(noticeUrl(nurl, '2'))).toBe(200)
  expect(await metric(system, 'grosz_wins_total')).toBe(wins + 1)
  const { lurl } = await someBid()
  expect(await statusOf(lurl.replace('${AUCTION_LOSS}', '102'))).toBe(200)
  expect(await metric(system, 'grosz_losses_total', 'reason="102"')).toBe(1)
  expect(await metric(system, 'grosz_charged_nanos_total')).toBe(charged)
})

test('the pixel is a gif, and a click leads to the product and nowhere else', async () => {
  const { adm } = await someBid()
  const urls = [...adm.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) =>
    url!.replaceAll('&amp;', '&'),
  )
  const pixel = await fetch(urls.find((url) => url.includes('/n/imp'))!)
  expect(pixel.headers.get('content-type')).toBe('image/gif')
  expect((await pixel.arrayBuffer()).byteLength).toBe(42)
  const click = urls.filter((url) => url.includes('/n/click/')).at(-1)!
  const answer = await fetch(click, { redirect: 'manual' })
  expect(answer.status).toBe(302)
  const location = answer.headers.get('location')!
  expect(location).toMatch(new RegExp(`^${system.demo}/p/`))
  expect(await (await fetch(location)).text()).toContain('<html')
  const evil = Buffer.from('https://evil.example/').toString('base64url')
  const elsewhere = click.replace(/[^.]+$/, evil)
  expect(await statusOf(elsewhere)).toBe(400)
})

test('what is not a bid request is told why', async () => {
  const post = (path: string, body: string) =>
    fetch(`${system.bidder}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
  const bad = await post('/openrtb2/demo', '{"id":"1","imp":[{}]}')
  expect(bad.status).toBe(400)
  expect(await bad.json()).toEqual({ error: 'imp[0].id: must be a string' })
  expect((await post('/openrtb2/nobody', '{}')).status).toBe(404)
  expect((await post('/openrtb2/demo', 'x'.repeat(300_000))).status).toBe(413)
  expect((await fetch(`${system.bidder}/openrtb2/demo`)).status).toBe(405)
  const video = { id: 'v', imp: [{ id: '1', video: { mimes: ['video/x-flv'] } }] }
  expect((await postBid(system, video)).status).toBe(204)
})

test('a native ad, a video and a spot are bid, and what they show is there to be loaded', async () => {
  const asset = (id: number, more: object): object => ({ id, required: 1, ...more })
  const native = {
    ver: '1.2',
    assets: [
      asset(1, { title: { len: 90 } }),
      asset(2, { img: { type: 3, wmin: 1_200, hmin: 627 } }),
      asset(3, { img: { type: 1, wmin: 80, hmin: 80 } }),
      asset(4, { data: { type: 6 } }),
    ],
  }
  const companionad = [{ w: 300, h: 250 }]
  const impressions = {
    native: { native: { request: JSON.stringify(native) } },
    video: { video: { mimes: ['video/mp4'], protocols: [2, 3], w: 640, h: 360, companionad } },
    audio: { audio: { mimes: ['audio/mpeg'], protocols: [2, 3], companionad } },
  }
  const countOf = { native: 2, video: 2, audio: 1 }
  for (const [format, imp] of Object.entries(impressions)) {
    const { bids } = await postBid(system, { id: format, imp: [{ id: '1', ...imp }] })
    expect(bids, format).toHaveLength(1)
    const files = bids[0]!.adm.match(/http:[^"\]<]+\/(?:media|img|logo)\/[\w.-]+/g)!
    const shown = files.slice(0, countOf[format as keyof typeof countOf])
    for (const url of shown) {
      const response = await fetch(url, { headers: { Range: 'bytes=0-99' } })
      expect(response.status, url).toBe(format === 'native' ? 200 : 206)
      expect(response.headers.get('content-type')!.split('/')[0]).toBe(
        format === 'native' ? 'image' : format,
      )
      await response.arrayBuffer()
    }
    if (format !== 'native') expect(bids[0]!.adm).toContain('<Companion width="300" height="250"')
  }
})

test('why no bid? is answered campaign by campaign', async () => {
  const request = { ...bannerRequest('demo-viewer'), bcat: ['IAB17'] }
  const response = await fetch(`${system.admin}/explain/demo`, {
    method: 'POST',
    body: JSON.stringify(request),
  })
  expect(response.status).toBe(200)
  const { impressions } = (await response.json()) as {
    impressions: { campaigns: { campaign: string; reason: string }[] }[]
  }
  const reasons = new Map(impressions[0]!.campaigns.map((c) => [c.campaign, c.reason]))
  expect(reasons.get('ruszaj-everyone')).toBe('advertiser_category_blocked')
  expect(reasons.size).toBeGreaterThan(5)
})

test('a changed campaign is bid with within seconds, and a broken file changes nothing', async () => {
  const path = join(data.path, 'catalogue/ruszaj.json')
  const text = readFileSync(path, 'utf8')
  const file = JSON.parse(text) as { campaigns: { id: string; paused?: boolean }[] }
  for (const campaign of file.campaigns) if (campaign.id === 'ruszaj-cart') campaign.paused = true
  writeFileSync(path, JSON.stringify(file))
  await eventually('the paused campaign no longer bids', async () => {
    const { bids } = await postBid(system, bannerRequest('demo-cart'))
    return bids.length > 0 && bids[0]!.cid !== 'ruszaj-cart'
  })
  const refused = await metric(system, 'grosz_catalogue_refused_total')
  writeFileSync(path, text.slice(0, 1_000))
  await eventually('the broken file is counted', async () => {
    return (await metric(system, 'grosz_catalogue_refused_total')) > refused
  })
  expect((await postBid(system, bannerRequest('demo-cart'))).bids).toHaveLength(1)
  writeFileSync(path, text)
  await eventually('the campaign bids again', async () => {
    return (await someBid('demo-cart')).cid === 'ruszaj-cart'
  })
})
