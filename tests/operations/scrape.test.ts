// Goal: what Grosz counts arrives in Prometheus to the digit, and every panel of the dashboard then
// has something to show. Method: a real Prometheus with the project's own configuration scrapes a
// page on which everything keeps happening; its HTTP API is asked what a panel would ask.
import { strict as check } from 'node:assert'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createMetrics } from '../../src/base/metrics.js'
import { metricsContentType, renderMetrics } from '../../src/base/metrics-text.js'
import { queries } from './dashboard.js'
import { isMissing, Prometheus } from './prometheus.js'
import { livelyPage } from './vocabulary.js'

async function serve(page: () => string): Promise<{ server: Server; target: string }> {
  const server = createServer((request, response) => {
    const found = request.url === '/metrics'
    response.writeHead(found ? 200 : 404, { 'Content-Type': metricsContentType })
    response.end(found ? page() : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, target: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const exchange = 'a "quoted" \\ name\nof two lines'
const metrics = createMetrics({
  exchanges: ['demo', exchange],
  currencies: ['PLN'],
  noBidReasons: ['no_campaign'],
  noticeRefusals: ['bad_token'],
  lossReasons: ['102'],
  consentReasons: ['ok'],
  badRequestReasons: ['malformed'],
})
const budget = [{ labels: ['shoes', '50% "off"', 'PLN'], value: 2n ** 53n }]

describe.skipIf(isMissing('prometheus'))('a real Prometheus', () => {
  const servers: Server[] = []
  const started: Prometheus[] = []
  let counted: Prometheus
  let lively: Prometheus

  async function prometheusOf(page: () => string): Promise<Prometheus> {
    const { server, target } = await serve(page)
    servers.push(server)
    const prometheus = await Prometheus.start({ target })
    started.push(prometheus)
    return prometheus
  }

  beforeAll(async () => {
    const page = (): string => renderMetrics(metrics, metrics.values, { budgetLeft: budget })
    // Side by side: either takes its time until it looks for its targets.
    ;[counted, lively] = await Promise.all([prometheusOf(page), prometheusOf(livelyPage())])
  })

  afterAll(async () => {
    await Promise.all(started.map((prometheus) => prometheus.stop()))
    for (const server of servers) server.close()
  })

  test('a charge of CPM 1.2345 adds 1,234,500 nanos', async () => {
    const query = 'grosz_charged_nanos_total{currency="PLN"}'
    check.equal((await counted.query(query))[0]?.value, '0')
    metrics.add(metrics.slots.chargedNanos[0]!, 1_234_500)
    await counted.until(query, (samples) => samples[0]?.value === '1234500')
  })

  test('labels with quotes, backslashes and line ends come back as they were', async () => {
    metrics.add(metrics.slots.bidRequests[1]!, 3)
    const samples = await counted.until(
      'grosz_bid_requests_total == 3',
      (found) => found.length === 1,
    )
    check.equal(samples[0]?.labels['exchange'], exchange)
    const left = await counted.query('grosz_budget_left_nanos')
    check.equal(left[0]?.labels['campaign'], '50% "off"')
    check.equal(Number(left[0]?.value), 2 ** 53)
  })

  test('the 99th percentile lies in the bucket of the slow requests', async () => {
    const { slots } = metrics
    for (let i = 0; i < 1000; i++)
      metrics.observe(slots.requestDuration[0]!, i < 980 ? 0.0018 : 0.055)
    await counted.until('grosz_request_duration_seconds_count == 1000', (s) => s.length === 1)
    const quantile = async (q: number): Promise<number> => {
      const buckets = 'grosz_request_duration_seconds_bucket{exchange="demo"}'
      return Number((await counted.query(`histogram_quantile(${q}, ${buckets})`))[0]?.value)
    }
    const p99 = await quantile(0.99)
    check.ok(p99 > 0.05 && p99 <= 0.06, `p99 ${p99}`)
    const p50 = await quantile(0.5)
    check.ok(p50 > 0.0015 && p50 <= 0.002, `p50 ${p50}`)
  })

  test.each(queries)('the panel $panel has something to show', async ({ expression }) => {
    await lively.until(expression, (samples) =>
      samples.some((sample) => Number.isFinite(Number(sample.value))),
    )
  })
})
