// Goal: what an operator reads is what happened, in the words of the vocabulary, and no counter ever
// falls. Method: a text reader of twenty lines as the opposite of the renderer, a slow and obvious
// histogram on seeded durations, and `promtool check metrics` as the judge of the text.
import { strict as check } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, test, vi } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import type { Metrics } from '../../src/base/metrics.js'
import { createMetrics } from '../../src/base/metrics.js'
import { Collectors } from '../../src/base/metrics-collect.js'
import { MetricsHub } from '../../src/base/metrics-hub.js'
import { ProcessMetrics } from '../../src/base/metrics-process.js'
import type { CollectedRow } from '../../src/base/metrics-text.js'
import { renderMetrics } from '../../src/base/metrics-text.js'
import type { MetricLabels } from '../../src/base/metrics-vocabulary.js'
import { exchangeCountMax } from '../../src/base/metrics-vocabulary.js'
import { Random } from '../../src/base/random.js'

const labels: MetricLabels = {
  exchanges: ['demo', 'say "hi"\\\n'],
  currencies: ['PLN', 'EUR'],
  noBidReasons: ['no_campaign', 'below_floor'],
  noticeRefusals: ['forged', 'above_bid'],
  lossReasons: ['outbid', 'other'],
  consentReasons: ['ok', 'lmt'],
  badRequestReasons: ['not_json', 'field'],
}

let metrics: Metrics
beforeEach(() => {
  metrics = createMetrics(labels)
})

/** Series by name and labels as written, e.g. `grosz_bids_total` or `grosz_notices_total{kind="win"}`. */
function read(text: string): Map<string, string> {
  const series = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const space = line.lastIndexOf(' ')
    const name = line.slice(0, space)
    check.ok(!series.has(name), `${name} comes twice`)
    series.set(name, line.slice(space + 1))
  }
  return series
}

const total = (hub: MetricsHub): Map<string, string> => read(renderMetrics(metrics, hub.total()))

describe('counting', () => {
  test('each slot is a series of its own', () => {
    const { slots } = metrics
    const scalarsAndLists = Object.entries(slots).filter(([key]) => !key.endsWith('Duration'))
    const all = scalarsAndLists.flatMap(([, slot]) =>
      typeof slot === 'number' ? [slot] : (Object.values(slot) as number[]),
    )
    check.equal(new Set(all).size, all.length)
    // Exchanges may still come: then each place has a name.
    const more = Array.from({ length: exchangeCountMax - 2 }, (_, i) => `exchange-${i}`)
    metrics.nameExchanges([...labels.exchanges, ...more])
    all.forEach((slot, i) => {
      metrics.add(slot, i + 1)
    })
    const written = [...read(renderMetrics(metrics, metrics.values)).entries()]
      .filter(([name]) => !name.includes('_duration_seconds'))
      .map(([, value]) => Number(value))
    check.deepEqual(
      written,
      all.map((_, i) => i + 1),
    )
  })

  test('labels are written with the value whose index was counted', () => {
    const { slots } = metrics
    metrics.inc(slots.bids)
    metrics.inc(slots.noBids[1]!)
    metrics.add(slots.chargedNanos[0]!, 1_234_500)
    metrics.inc(slots.notices.bill)
    metrics.set(slots.eventLoopLag, 0.0125)
    const series = read(renderMetrics(metrics, metrics.values))
    check.equal(series.get('grosz_bids_total'), '1')
    check.equal(series.get('grosz_no_bids_total{reason="no_campaign"}'), '0')
    check.equal(series.get('grosz_no_bids_total{reason="below_floor"}'), '1')
    check.equal(series.get('grosz_charged_nanos_total{currency="PLN"}'), '1234500')
    check.equal(series.get('grosz_charged_nanos_total{currency="EUR"}'), '0')
    check.equal(series.get('grosz_notices_total{kind="bill"}'), '1')
    check.equal(series.get('grosz_event_loop_lag_seconds'), '0.0125')
  })

  test('every nano of the largest exact sum is written, without an exponent', () => {
    metrics.add(metrics.slots.chargedNanos[1]!, Number.MAX_SAFE_INTEGER)
    const collected = { budgetSpent: [{ labels: ['s', 'c', 'EUR'], value: 2n ** 62n + 1n }] }
    const series = read(renderMetrics(metrics, metrics.values, collected))
    check.equal(series.get('grosz_charged_nanos_total{currency="EUR"}'), '9007199254740991')
    check.equal(
      series.get('grosz_budget_spent_nanos_total{shop="s",campaign="c",currency="EUR"}'),
      '4611686018427387905',
    )
  })

  test('a list that names a value twice is refused', () => {
    check.throws(() => createMetrics({ ...labels, currencies: ['PLN', 'PLN'] }), /comes twice/)
  })
})

describe('histograms', () => {
  test('buckets, sum and count equal those of a filter over all durations', () => {
    const seed = 7
    const random = new Random(seed)
    const durations = Array.from({ length: 2000 }, () => random.logNormal(0.004, 1.6))
    // What lies right on a bound belongs into its bucket: `le` means at most.
    durations.push(0, 0.00025, 0.1, 0.08, 1, 1.0001, 3600)
    for (const seconds of durations) metrics.observe(metrics.slots.requestDuration[0]!, seconds)

    const series = read(renderMetrics(metrics, metrics.values))
    const name = 'grosz_request_duration_seconds'
    let bucketCount = 0
    for (const [key, value] of series) {
      const bound = /_bucket\{exchange="demo",le="(.+)"\}$/.exec(key)?.[1]
      if (!key.startsWith(name) || bound === undefined) continue
      bucketCount++
      const most = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
      const expected = durations.filter((seconds) => seconds <= most).length
      check.equal(Number(value), expected, `le=${bound}, seed ${seed}`)
    }
    check.ok(bucketCount > 15, `only ${bucketCount} buckets`)
    check.equal(series.get(`${name}_count{exchange="demo"}`), String(durations.length))
    const sum = durations.reduce((a, b) => a + b, 0)
    check.ok(Math.abs(Number(series.get(`${name}_sum{exchange="demo"}`)) - sum) < 1e-6)
  })

  test('an exchange leaves the other one and the stages alone', () => {
    metrics.observe(metrics.slots.requestDuration[0]!, 2)
    metrics.observe(metrics.slots.stageDuration.encode, 0.00003)
    const counts = [...read(renderMetrics(metrics, metrics.values)).entries()].filter(
      ([name, value]) => name.includes('_count{') && value !== '0',
    )
    check.deepEqual(counts, [
      ['grosz_request_duration_seconds_count{exchange="demo"}', '1'],
      ['grosz_stage_duration_seconds_count{stage="encode"}', '1'],
    ])
  })

  test('an alert can look at exactly 80 ms, and an exchange waits exactly 100 ms', () => {
    const text = renderMetrics(metrics, metrics.values)
    check.match(text, /grosz_request_duration_seconds_bucket\{exchange="demo",le="0\.08"\}/)
    check.match(text, /grosz_request_duration_seconds_bucket\{exchange="demo",le="0\.1"\}/)
  })
})

describe('the text', () => {
  test('hostile label values come out escaped', () => {
    const text = renderMetrics(metrics, metrics.values)
    check.ok(text.includes('grosz_bid_requests_total{exchange="say \\"hi\\"\\\\\\n"} 0\n'))
  })

  test('promtool finds nothing to complain of', (context) => {
    if (spawnSync('promtool', ['--version']).error !== undefined) {
      console.warn('*** SKIPPED: promtool is missing; see scripts/install-system-packages.sh ***')
      context.skip()
    }
    const collectors = new Collectors(metrics, 10)
    collectors.addBuild('1.2.3')
    const row = { labels: ['shop', 'spring "sale"\n', 'PLN'], value: 5n }
    collectors.add('budgetLeft', () => [row])
    collectors.add('budgetSpent', () => [row])
    metrics.observe(metrics.slots.requestDuration[1]!, 0.02)
    const input = renderMetrics(metrics, metrics.values, collectors.collect())
    const result = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    check.equal(`${result.stdout}${result.stderr}`, '')
    check.equal(result.status, 0)
  })
})

describe('rows asked for at the scrape', () => {
  function* rows(count: number): Generator<CollectedRow> {
    for (let i = 0; i < count; i++) yield { labels: ['shop', `campaign-${i}`, 'PLN'], value: i }
  }

  test('as many as a scrape may carry are all there', () => {
    const collectors = new Collectors(metrics, 3)
    collectors.add('budgetLeft', () => rows(3))
    const series = read(renderMetrics(metrics, metrics.values, collectors.collect()))
    const left = [...series.keys()].filter((name) => name.startsWith('grosz_budget_left_nanos'))
    check.equal(left.length, 3)
    check.equal(series.get('grosz_collected_rows_cut_total'), '0')
  })

  test('one more is left out, and the cut is counted in the same scrape', () => {
    const collectors = new Collectors(metrics, 3)
    collectors.add('budgetLeft', () => rows(4))
    const series = read(renderMetrics(metrics, metrics.values, collectors.collect()))
    const left = [...series.keys()].filter((name) => name.startsWith('grosz_budget_left_nanos'))
    check.equal(left.length, 3)
    check.equal(series.get('grosz_collected_rows_cut_total'), '1')
  })
})

describe('all processes together', () => {
  let hub: MetricsHub
  beforeEach(() => {
    hub = new MetricsHub(metrics)
  })

  /** A worker's life: what it would send after so many bids. */
  function worker(bids: number, lagSeconds = 0, residentBytes = 0): Metrics {
    const own = createMetrics(labels)
    own.add(own.slots.bids, bids)
    own.set(own.slots.eventLoopLag, lagSeconds)
    own.set(own.slots.processResidentMemory.bidder, residentBytes)
    return own
  }

  test('counters and memory are added, of lags the longest is taken', () => {
    metrics.inc(metrics.slots.bids)
    hub.receive(1, worker(10, 0.5, 1000).snapshot())
    hub.receive(2, worker(20, 0.25, 2000).snapshot())
    const series = total(hub)
    check.equal(series.get('grosz_bids_total'), '31')
    check.equal(series.get('grosz_event_loop_lag_seconds'), '0.5')
    check.equal(series.get('grosz_process_resident_memory_bytes{role="bidder"}'), '3000')
  })

  test('a newer snapshot takes the place of the older one', () => {
    const own = worker(10)
    hub.receive(1, own.snapshot())
    own.inc(own.slots.bids)
    check.equal(total(hub).get('grosz_bids_total'), '10')
    hub.receive(1, own.snapshot())
    check.equal(total(hub).get('grosz_bids_total'), '11')
  })

  test('the dead keep their counters and lose their gauges', () => {
    hub.receive(1, worker(10, 0.5, 1000).snapshot())
    hub.receive(2, worker(20, 0.25, 2000).snapshot())
    hub.ended(1)
    hub.receive(3, worker(1, 0, 500).snapshot())
    const series = total(hub)
    check.equal(series.get('grosz_bids_total'), '31')
    check.equal(series.get('grosz_event_loop_lag_seconds'), '0.25')
    check.equal(series.get('grosz_process_resident_memory_bytes{role="bidder"}'), '2500')
  })

  test('a report that comes in after its sender has died counts, once', () => {
    const own = worker(10, 9)
    hub.receive(1, own.snapshot())
    hub.ended(1)
    own.add(own.slots.bids, 5)
    hub.receive(1, own.snapshot())
    hub.ended(1)
    const series = total(hub)
    check.equal(series.get('grosz_bids_total'), '15')
    check.equal(series.get('grosz_event_loop_lag_seconds'), '0')
  })

  test('no counter ever falls, whatever lives and dies', () => {
    const seed = 11
    const random = new Random(seed)
    const living = new Map<number, Metrics>()
    let nextKey = 0
    let bids = 0
    let before = 0
    let seconds = 0
    for (let step = 0; step < 3000; step++) {
      const keys = [...living.keys()]
      if (keys.length < 2 || (keys.length < 5 && random.chance(0.1)))
        living.set(nextKey++, worker(0))
      else if (random.chance(0.1)) {
        const key = random.pick(keys)
        hub.receive(key, living.get(key)!.snapshot())
        hub.ended(key)
        living.delete(key)
      } else {
        const key = random.pick(keys)
        const own = living.get(key)!
        own.inc(own.slots.bids)
        own.observe(own.slots.requestDuration[0]!, 0.5)
        bids++
        seconds += 0.5
        if (random.chance(0.7)) hub.receive(key, own.snapshot())
      }
      const now = Number(total(hub).get('grosz_bids_total'))
      check.ok(now >= before, `fell from ${before} to ${now} at step ${step}, seed ${seed}`)
      before = now
    }
    for (const [key, own] of living) hub.receive(key, own.snapshot())
    const series = total(hub)
    check.ok(nextKey > 100, `only ${nextKey} processes lived`)
    check.equal(series.get('grosz_bids_total'), String(bids))
    check.equal(series.get('grosz_request_duration_seconds_sum{exchange="demo"}'), String(seconds))
  })

  test('a worker that was started with other labels is not mixed in', () => {
    const other = createMetrics({ ...labels, currencies: ['PLN', 'USD'] })
    other.inc(other.slots.bids)
    check.equal(hub.receive(1, other.snapshot()), false)
    check.equal(total(hub).get('grosz_bids_total'), '0')
  })

  test('an exchange that comes later is counted, and no other one’s numbers move', () => {
    const worker = createMetrics(labels)
    const names = [...labels.exchanges, 'new']
    worker.inc(worker.slots.bidRequests[worker.exchangePlace('demo')]!)
    // The supervisor and the worker hear of it at different times.
    worker.nameExchanges(names)
    worker.add(worker.slots.bidRequests[worker.exchangePlace('new')]!, 2)
    check.equal(hub.receive(1, worker.snapshot()), true)
    check.equal(total(hub).get('grosz_bid_requests_total{exchange="new"}'), undefined)
    metrics.nameExchanges(names)
    const series = total(hub)
    check.equal(series.get('grosz_bid_requests_total{exchange="new"}'), '2')
    check.equal(series.get('grosz_bid_requests_total{exchange="demo"}'), '1')
    check.throws(() => metrics.nameExchanges(['new', ...labels.exchanges]), /has moved/)
    const tooMany = Array.from({ length: exchangeCountMax + 1 }, (_, i) => `${i}`)
    check.throws(() => metrics.nameExchanges(tooMany), /room for 128/)
  })

  describe('refreshed for a scrape', () => {
    beforeEach(() => {
      vi.useFakeTimers()
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    test('waits until all living have answered', async () => {
      const workers = [worker(1), worker(2)]
      workers.forEach((own, key) => {
        hub.receive(key, own.snapshot())
        own.inc(own.slots.bids)
      })
      await hub.refresh((key) => {
        queueMicrotask(() => hub.receive(key, workers[key as number]!.snapshot()))
      }, 100)
      check.equal(total(hub).get('grosz_bids_total'), '5')
      check.equal(vi.getTimerCount(), 0)
    })

    test('goes on without one that does not answer, and without one that dies', async () => {
      hub.receive('silent', worker(1).snapshot())
      hub.receive('dying', worker(2).snapshot())
      let done = false
      const refreshed = hub
        .refresh(() => {}, 100)
        .then(() => {
          done = true
        })
      hub.ended('dying')
      await vi.advanceTimersByTimeAsync(99)
      check.equal(done, false)
      await vi.advanceTimersByTimeAsync(1)
      await refreshed
      check.equal(total(hub).get('grosz_bids_total'), '3')
    })

    test('has nothing to wait for where no worker has reported yet', async () => {
      await hub.refresh(() => check.fail('nobody to ask'), 100)
    })
  })
})

test('a process that stood still says for how long, until 15 seconds have passed', async () => {
  const clock = new ManualClock()
  const own = new ProcessMetrics(metrics, 'bidder', clock)
  const { slots, values } = metrics
  const lagAfter = (ms: number): number => {
    clock.advance(ms)
    own.update()
    return values[slots.eventLoopLag]!
  }
  const turn = () => new Promise((resolve) => setTimeout(resolve, 30))
  await turn()
  const until = performance.now() + 120
  while (performance.now() < until);
  await turn()
  const lag = lagAfter(0)
  check.ok(lag > 0.08 && lag < 2, `lag ${lag}`)
  check.equal(lagAfter(0), lag)
  check.equal(lagAfter(9_000), lag)
  check.equal(lagAfter(5_000), lag)
  check.ok(lagAfter(1_000) < lag)
  own.stop()
  check.ok(values[slots.processCpu.bidder]! > 0.1)
  check.ok(values[slots.processResidentMemory.bidder]! > 10e6)
})
