/**
 * Each stage of a bid by itself: nanoseconds, the least of interleaved rounds. Micro-benchmarks
 * flatter (caches are warm): read the ratios, and load.ts for what it costs in a server.
 *
 *   npm run bench:micro -- [--json] [--rounds 15]
 */
import { createHmac } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Decider } from '../src/bidding/decide.js'
import { RequestHead } from '../src/edge/listener.js'
import { parse } from '../src/openrtb/parse.js'
import { BidRequest } from '../src/openrtb/request.js'
import { LmdbProfileStore } from '../src/profiles/store-lmdb.js'
import { makeBodies } from './bodies.js'
import { endlessFunds, inProcessBidder } from './in-process-bidder.js'
import { madeRequests } from './made-requests.js'
import { prepareWorld, uidOf } from './world.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    campaigns: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '100000' },
  },
})
const profileCount = Number(values.profiles)
const folder = fileURLToPath(new URL('../../bench/out/', import.meta.url))
mkdirSync(folder, { recursive: true })
const dataDir = await prepareWorld(folder, Number(values.campaigns), profileCount)
const { settings, exchanges, signer, clickRate, catalogue, handler } =
  await inProcessBidder(dataDir)
const profiles = new LmdbProfileStore(join(dataDir, 'profiles'), settings.profiles)
const bids = handler(profiles)
const decider = new Decider(clickRate, endlessFunds)
const bodies = makeBodies(madeRequests, profileCount).bids.slice(0, 2_000)
const texts = bodies.map((body) => body.toString())
const requests = bodies.map((body) => {
  const request = new BidRequest()
  parse(body, request)
  return request
})
const found = requests.map(({ buyerUid }) => profiles.read(buyerUid))
const currency = catalogue.snapshot.rates.indexOf('PLN')
const scratch = new BidRequest()
const reply = { send: () => {} }
const head = Object.assign(new RequestHead(), { name: 'demo', contentType: 'application/json' })
const demo = exchanges.find(({ name }) => name === 'demo')!
const token = {
  isTest: false,
  issuedAtMs: Date.now(),
  incarnation: 1,
  sequence: 5,
  expiresAtMs: Date.now(),
  account: 7,
  exchangeKey: 8,
  shopKey: 9,
  reservedNanos: 10,
  bidCpmMicros: 10,
  currency: 'PLN',
}
const key = Buffer.alloc(32, 3)
const message = Buffer.alloc(61, 4)
const nowMs = Date.now()

/** Each is given the number of the turn. */
const stages: Record<string, (i: number) => unknown> = {
  'parse: JSON.parse alone': (i) => JSON.parse(texts[i % texts.length]!),
  'parse: openrtb/parse': (i) => parse(bodies[i % bodies.length]!, scratch),
  'profile: known': (i) => profiles.read(uidOf((i * 7_919) % profileCount)),
  'profile: stranger': (i) => profiles.read(`x${i % 50_000}`),
  'decide: stranger': (i) => {
    const request = requests[i % requests.length]!
    decider.begin(request, demo, currency, catalogue, null, nowMs)
    return decider.decide(request.impressions[0]!)
  },
  'decide: known': (i) => {
    const request = requests[i % requests.length]!
    decider.begin(request, demo, currency, catalogue, found[i % found.length]!, nowMs)
    return decider.decide(request.impressions[0]!)
  },
  'sign: createHmac alone': () => createHmac('sha256', key).update(message).digest(),
  'sign: whole token': () => signer.sign(token),
  'whole bid without the socket': (i) => bids.handle(head, bodies[i % bodies.length]!, reply),
}

const turns = 2_000
const best = new Map<string, number>()
let sink: unknown
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, stage] of Object.entries(stages)) {
    const start = performance.now()
    for (let i = 0; i < turns; i++) sink = stage(round * turns + i)
    const nanos = ((performance.now() - start) * 1e6) / turns
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, nanos))
  }
void sink
await profiles.close()

const report = Object.fromEntries([...best].map(([name, nanos]) => [name, Math.round(nanos)]))
if (values.json) console.info(JSON.stringify(report))
else console.table(report)
process.exit(0)
