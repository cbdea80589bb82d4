// Goal: stops, kills and restarts lose no charge and make none twice. Method: the real programs, real
// signals, the same data folder again.
// Conformance checklist 118.
import { afterAll, expect, test } from 'vitest'
import {
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
afterAll(() => data.remove())

interface Ledger {
  campaigns: { campaignId: string; postedTotalNanos: string; paidNanos: Record<string, string> }[]
}

async function postedNanos(system: System, campaignId: string): Promise<number> {
  const { campaigns } = (await (await fetch(`${system.admin}/ledger`)).json()) as Ledger
  return Number(campaigns.find((it) => it.campaignId === campaignId)?.postedTotalNanos ?? 0)
}

test('Ctrl-C ends it with 0, a kill ends it somehow; nothing charged is lost or charged again', async () => {
  let system = await startSystem(data.path)
  const [bid] = (await postBid(system, bannerRequest('demo-cart'))).bids
  const [late] = (await postBid(system, bannerRequest('demo-cart'))).bids
  const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search
  const fire = (url: string, price: string): Promise<number> =>
    statusOf(system.bidder + pathOf(noticeUrl(url, price)))
  expect(await fire(bid!.burl, '1.5')).toBe(200)
  expect(await system.stop('SIGINT')).toBe(0)

  system = await startSystem(data.path)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(1_500_000)
  expect(await fire(bid!.burl, '1.5')).toBe(200)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(1_500_000)
  // A bid of the life before is still charged.
  expect(await fire(late!.burl, '2.25')).toBe(200)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(3_750_000)
  const [third] = (await postBid(system, bannerRequest('demo-cart'))).bids
  expect(await fire(third!.burl, '1')).toBe(200)
  await system.stop('SIGKILL')

  system = await startSystem(data.path)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(4_750_000)
  expect(await fire(third!.burl, '1')).toBe(200)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(4_750_000)
  expect(await system.stop('SIGTERM')).toBe(0)
})

test('a killed worker is started again while the other one goes on answering', async () => {
  const system = await startSystem(data.path)
  const requests = await metric(system, 'grosz_bid_requests_total')
  const [bid] = (await postBid(system, bannerRequest('demo-cart'))).bids
  const [victim] = system.workerPids()
  process.kill(victim!, 'SIGKILL')
  await eventually('the worker is counted as restarted', async () => {
    return (await metric(system, 'grosz_worker_restarts_total')) === 1
  })
  await eventually('both workers are ready again', async () => {
    return (await statusOf(`${system.admin}/readyz`)) === 200
  })
  expect(system.workerPids()).toHaveLength(2)
  // Whoever made the bid, and whether it still lives: the charge stands.
  const before = await postedNanos(system, 'ruszaj-cart')
  expect(await statusOf(noticeUrl(bid!.burl, '1.25'))).toBe(200)
  expect(await postedNanos(system, 'ruszaj-cart')).toBe(before + 1_250_000)
  for (let i = 0; i < 20; i++)
    expect((await postBid(system, bannerRequest('demo-cart', `r${i}`))).status).toBe(200)
  // A counter that went down would look like a restart to Prometheus.
  const total = await metric(system, 'grosz_bid_requests_total')
  expect(total).toBeGreaterThanOrEqual(requests + 20)
  expect(await system.stop()).toBe(0)
})

test('a second Grosz on the same port is refused with the reason', async () => {
  const system = await startSystem(data.path)
  const other = newDataDir()
  const port = new URL(system.bidder).port
  await expect(startSystem(other.path, { GROSZ_BIDDER_PORT: port })).rejects.toThrow(
    `127.0.0.1:${port}: is in use by another program`,
  )
  other.remove()
  await system.stop()
})

test.each([
  [{ GROSZ_WORKERS: 'many' }, 'workers: '],
  [{ GROSZ_STORE: 'mysql://localhost' }, 'store: must be lmdb, redis://'],
  [{ GROSZ_PUBLIC_URL: 'ftp://x' }, 'publicUrl: '],
  [{ GROSZ_CONFIG: '/nowhere.yaml' }, '/nowhere.yaml: '],
])('settings that can not be used are named: %j', async (environment, message) => {
  await expect(startSystem(data.path, environment)).rejects.toThrow(message)
})
