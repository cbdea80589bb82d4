/**
 * What it costs to have profiles in Redis rather than at hand: reads from memory and over the network,
 * and how long bids take at a steady rate. The store given must be empty, or filled by this.
 *
 *   node dist/bench/stores.bench.js --store redis://127.0.0.1:6379 [--profiles 100000] [--rate 3000]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openLog } from '../src/base/log.js'
import { Random } from '../src/base/random.js'
import { type Reply, RequestHead } from '../src/edge/listener.js'
import { copyStore } from '../src/profiles/copy-store.js'
import { ProfileFetch } from '../src/profiles/fetch.js'
import { openProfileStore } from '../src/profiles/open-store.js'
import { type ProfileStore, pending } from '../src/profiles/store.js'
import { makeBodies } from './bodies.js'
import { type InProcessBidder, inProcessBidder } from './in-process-bidder.js'
import { madeRequests } from './made-requests.js'
import { prepareWorld, uidOf } from './world.js'

export interface StoresBench {
  readonly folder: string
  readonly store: string
  readonly profileCount: number
  /** Bids a second, and for how long. */
  readonly rate: number
  readonly seconds: number
}

/** People fetched together: those of requests that a busy worker reads in one turn. */
const batchSize = 32

export async function benchStores(
  { folder, store, profileCount, rate, seconds }: StoresBench,
  report: (line: string) => void,
): Promise<void> {
  const dataDir = await prepareWorld(folder, 1_000, profileCount)
  const bidder = await inProcessBidder(dataDir)
  const open = (name: string) =>
    openProfileStore({
      store: name,
      directory: join(dataDir, 'profiles'),
      config: bidder.settings.profiles,
      log: openLog('bench', 'error'),
    })
  const lmdb = open('lmdb')
  const redis = open(store)
  await redis.ready()
  const startMs = performance.now()
  const { people, slices, copied } = await copyStore(lmdb, redis, {
    prune: false,
    onProgress: () => {},
  })
  const copySeconds = (performance.now() - startMs) / 1_000
  report(
    `${people} people, ${slices} slices; ${copied} copied and all compared in ${copySeconds.toFixed(1)} s`,
  )

  await benchReads(redis, profileCount, report)
  // So that the first isn't the one that code is still compiled for.
  const { bids } = makeBodies(madeRequests, profileCount)
  await benchBids('', bidder, lmdb, bids, rate, Math.min(seconds, 3), () => {})
  for (const [name, profiles] of [
    ['lmdb', lmdb],
    ['redis, nobody remembered yet', open(store)],
    ['redis, most remembered', redis],
  ] as const) {
    await profiles.ready()
    await benchBids(name, bidder, profiles, bids, rate, seconds, report)
    if (profiles !== redis) await profiles.close()
  }
  await redis.close()
}

async function benchReads(
  store: ProfileStore,
  profileCount: number,
  report: (line: string) => void,
): Promise<void> {
  const count = Math.min(profileCount, 20_000)
  for (const [kind, uid] of [
    ['known', uidOf],
    ['strangers', (i: number) => `stranger-${i}`],
  ] as const) {
    let startMs = performance.now()
    for (let from = 0; from < count; from += batchSize)
      await fetched(
        store,
        Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => uid(from + i)),
      )
    const awayMicros = ((performance.now() - startMs) * 1_000) / count
    startMs = performance.now()
    let missing = 0
    for (let i = 0; i < count; i++) if (store.read(uid(i)) === pending) missing++
    const nearMicros = ((performance.now() - startMs) * 1_000) / count
    report(
      `${kind}: fetched by ${batchSize} ${awayMicros.toFixed(1)} µs each, remembered ${nearMicros.toFixed(2)} µs (${missing} not)`,
    )
  }
  const singles: number[] = []
  for (let i = 0; i < 500; i++) {
    const startMs = performance.now()
    await fetched(store, [`single-${i}`])
    singles.push(performance.now() - startMs)
  }
  report(`one alone: ${quantiles(singles)}`)
}

const fetched = (store: ProfileStore, uids: readonly string[]): Promise<void> =>
  new Promise((resolve) => store.fetch!(new ProfileFetch(uids, resolve)))

/** Bids as they come, evenly: each is timed from the moment that it is due. */
async function benchBids(
  name: string,
  bidder: InProcessBidder,
  profiles: ProfileStore,
  bodies: readonly Buffer[],
  rate: number,
  seconds: number,
  report: (line: string) => void,
): Promise<void> {
  const handler = bidder.handler(profiles)
  const head = Object.assign(new RequestHead(), { name: 'demo', contentType: 'application/json' })
  const random = new Random(1)
  const times: number[] = []
  let bidCount = 0
  const count = rate * seconds
  const startMs = performance.now()
  for (let i = 0; i < count; ) {
    for (; i < count && startMs + (i * 1_000) / rate <= performance.now(); i++) {
      const dueMs = startMs + (i * 1_000) / rate
      const reply: Reply = {
        send: (status) => {
          times.push(performance.now() - dueMs)
          if (status === 200) bidCount++
        },
      }
      handler.handle(head, random.pick(bodies), reply)
    }
    await sleep(1)
  }
  while (times.length < count) await sleep(1)
  const share = ((bidCount / count) * 100).toFixed(0)
  report(
    `${name}: ${rate} bids/s, ${quantiles(times)}, ${share} % bid, ${profiles.stats.readErrors} read errors`,
  )
}

function quantiles(millis: number[]): string {
  const sorted = Float64Array.from(millis).sort()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'redis://127.0.0.1:6379' },
      profiles: { type: 'string', default: '100000' },
      rate: { type: 'string', default: '3000' },
      seconds: { type: 'string', default: '10' },
    },
  })
  const folder = fileURLToPath(new URL('../../bench/out/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  await benchStores(
    {
      folder,
      store: values.store,
      profileCount: Number(values.profiles),
      rate: Number(values.rate),
      seconds: Number(values.seconds),
    },
    (line) => console.info(line),
  )
}
