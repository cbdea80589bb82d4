// Goal: the operator's Prometheus sees what the real Grosz does, to the nano, and sees no counter
// fall when a worker dies. Method: the real programs with the demo shops, scraped by a real
// Prometheus with the project's own configuration.
import { strict as check } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { System } from '../flows/system.js'
import {
  bannerRequest,
  newDataDir,
  noticeUrl,
  postBid,
  startSystem,
  statusOf,
} from '../flows/system.js'
import { queries } from './dashboard.js'
import { isMissing, Prometheus } from './prometheus.js'
import { seriesLabels } from './vocabulary.js'

describe.skipIf(isMissing('prometheus'))('Grosz as its operator sees it', () => {
  const data = newDataDir()
  let system: System
  let prometheus: Prometheus

  beforeAll(async () => {
    system = await startSystem(data.path)
    prometheus = await Prometheus.start({ target: new URL(system.admin).host })
  })
  afterAll(async () => {
    await prometheus?.stop()
    await system?.stop()
    data.remove()
  })

  const count = async (expression: string): Promise<number> =>
    Number((await prometheus.query(expression))[0]?.value)

  test('a request, its bid and its charge arrive in Prometheus', async () => {
    const { bids } = await postBid(system, bannerRequest('demo-cart'))
    check.equal(bids.length, 1)
    check.equal(await statusOf(noticeUrl(bids[0]!.burl, '1.2345')), 200)
    const charged = 'grosz_charged_nanos_total{currency="PLN"} == 1234500'
    await prometheus.until(charged, (samples) => samples.length === 1)
    check.equal(await count('grosz_charges_total'), 1)
    check.equal(await count('grosz_bid_requests_total{exchange="demo"}'), 1)
    check.equal(await count('grosz_bids_total'), 1)
    check.equal(await count('sum(grosz_budget_spent_nanos_total)'), 1_234_500)
  })

  test('promtool finds nothing to complain of', async () => {
    const input = await (await fetch(`${system.admin}/metrics`)).text()
    const result = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    check.equal(`${result.stdout}${result.stderr}`, '')
  })

  test('a worker that is killed takes nothing out of the counters', async () => {
    const requests = 'sum(grosz_bid_requests_total)'
    for (let i = 0; i < 20; i++) await postBid(system, bannerRequest('demo-cart', `r${i}`))
    await prometheus.until(`${requests} == 21`, (samples) => samples.length === 1)
    process.kill(system.workerPids()[0]!, 'SIGKILL')
    await prometheus.until('grosz_worker_restarts_total == 1', (samples) => samples.length === 1)
    await prometheus.until('grosz_workers == 2', (samples) => samples.length === 1)
    await postBid(system, bannerRequest('demo-cart'))
    await prometheus.until(`${requests} == 22`, (samples) => samples.length === 1)
    for (const [name, labels] of seriesLabels)
      if (/_(total|count|bucket)$/.test(name)) {
        const falls = await prometheus.query(`resets(${name}[1m]) > 0`)
        check.deepEqual(falls, [], `${name}, by ${labels.join()}`)
      }
  })

  test('Prometheus can answer every query of the dashboard', async () => {
    for (const { expression } of queries) await prometheus.query(expression)
  })

  test('no store has failed, and nothing but the killed worker is worth an alert', async () => {
    check.equal(await count('sum(grosz_store_errors_total)'), 0)
    // A machine that does other things as well makes everyone on it wait: that says nothing of Grosz.
    const expected = 'GroszNoRequests|GroszWorkersRestarting|GroszEventLoopLag'
    check.deepEqual(await prometheus.query(`ALERTS{alertname!~"${expected}"}`), [])
  })
})
