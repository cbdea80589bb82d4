/**
 * Session neighbours at the scale of a large shop: `node dist/bench/neighbours.bench.js [--json] [--items 1000000]
 * [--events 12000000] [--requests 20000] [--live 50000]`.
 *
 * Makes sessions (a power law of products, and of what follows a product), builds the index, asks for the next
 * products of other sessions: without and with a ranker (its weights are made up, which costs the same), lean and
 * full, with and without live sessions. Then notes looks. Times are wall clock, in one thread.
 */
import { parseArgs } from 'node:util'
import { Random } from '../src/base/random.js'
import { trainRanker } from '../src/recommend/evaluation/train-ranker.js'
import { Scores } from '../src/recommend/scores.js'
import { featureCount } from '../src/recommend/sessions/features.js'
import { LiveSessions, liveDefaults } from '../src/recommend/sessions/live-sessions.js'
import { NextItems } from '../src/recommend/sessions/next.js'
import { buildSessionIndex, bytesOf } from '../src/recommend/sessions/session-index.js'
import { fullSettings, leanOf, type NeighbourSettings } from '../src/recommend/sessions/settings.js'
import type { Sessions } from '../src/recommend/sessions.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    items: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '12000000' },
    requests: { type: 'string', default: '20000' },
    live: { type: 'string', default: String(liveDefaults.countMax) },
  },
})
const itemCount = Number(values.items)
const eventCount = Number(values.events)
const requestCount = Number(values.requests)
const random = new Random(1)
const scores = new Scores()
const top = new Int32Array(20)

/** Frequent ones are low. */
const popularItem = (): number => Math.floor(itemCount * random.next() ** 3)
/** Each product is followed by its own few, most by the first of them. */
const itemAfter = (item: number): number =>
  random.chance(0.2)
    ? popularItem()
    : (Math.imul(item + 1, 2_654_435_761) + Math.floor(30 * random.next() ** 3)) % itemCount
const lengthOf = (): number => 2 + Math.floor(14 * random.next() ** 5)

function makeSession(out: Int32Array, at: number): number {
  const length = Math.min(lengthOf(), out.length - at)
  let item = popularItem()
  for (let i = 0; i < length; i++) {
    out[at + i] = item
    item = Math.abs(itemAfter(item))
  }
  return length
}

function makeSessions(): Sessions {
  const items = new Int32Array(eventCount)
  const starts: number[] = [0]
  while (starts.at(-1)! < eventCount) {
    const at = starts.at(-1)!
    starts.push(at + makeSession(items, at))
  }
  const endSeconds = Uint32Array.from(starts, (_, i) => 1_750_000_000 + i)
  return {
    count: starts.length - 1,
    starts: Uint32Array.from(starts),
    items,
    endSeconds,
    hasTimes: true,
  }
}

function ask(next: NextItems): { p50Us: number; p90Us: number; p99Us: number } {
  const session = new Int32Array(16)
  const micros = new Float64Array(requestCount)
  for (let i = -2_000; i < requestCount; i++) {
    const length = makeSession(session, 0)
    const startMs = performance.now()
    scores.begin(itemCount)
    next.score(session, length, 0, scores)
    scores.top(20, top)
    if (i >= 0) micros[i] = (performance.now() - startMs) * 1_000
  }
  micros.sort()
  const at = (share: number): number => Math.round(micros[Math.floor(share * requestCount)]!)
  return { p50Us: at(0.5), p90Us: at(0.9), p99Us: at(0.99) }
}

const madeRanker = trainRanker({
  count: 1,
  starts: Uint32Array.of(0, 2),
  rows: Float32Array.from({ length: 2 * featureCount }, () => random.next()),
  wanted: Uint16Array.of(1),
})

const sessions = makeSessions()
const buildMs = performance.now()
const parts = buildSessionIndex(sessions, itemCount)
const buildSeconds = (performance.now() - buildMs) / 1_000

const live = new LiveSessions({ ...liveDefaults, countMax: Number(values.live) })
const noteCount = Number(values.live) * 4
const noteMs = performance.now()
for (let i = 0; i < noteCount; i++)
  live.note(random.below(noteCount / 3), popularItem(), 1_760_000_000 + (i >> 4))
const noteUs = ((performance.now() - noteMs) * 1_000) / Math.max(1, noteCount)

const kinds: Readonly<Record<string, [LiveSessions | null, NeighbourSettings]>> = {
  lean: [null, leanOf(fullSettings)],
  full: [null, fullSettings],
  'lean, ranked': [null, leanOf({ ...fullSettings, ranker: madeRanker })],
  'full, ranked': [null, { ...fullSettings, ranker: madeRanker }],
  'lean, ranked, with live sessions': [live, leanOf({ ...fullSettings, ranker: madeRanker })],
  'full, ranked, with live sessions': [live, { ...fullSettings, ranker: madeRanker }],
}
const latency = Object.fromEntries(
  Object.entries(kinds).map(([name, [its, settings]]) => [
    name,
    ask(new NextItems(parts, its, settings)),
  ]),
)
const report = {
  items: itemCount,
  events: eventCount,
  sessions: sessions.count,
  indexBytes: bytesOf(parts),
  indexBytesPerItem: Math.round(bytesOf(parts) / itemCount),
  buildSeconds: Number(buildSeconds.toFixed(2)),
  liveSessions: live.count,
  liveBytes: live.bytes,
  noteUs: Number(noteUs.toFixed(2)),
  latency,
}
if (values.json) console.info(JSON.stringify(report))
else {
  const { latency: rows, ...rest } = report
  console.table(rest)
  console.table(rows)
}
