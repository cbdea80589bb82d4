/**
 * The whole bidder on one core under load, as a ratio to the floor: the same listener that reads the
 * body and answers 204, in the same run. Clients and everything else of Grosz share the other core.
 *
 *   npm run bench -- [--json] [--campaigns 10000] [--profiles 1000000] [--seconds 5] [--rounds 3]
 *                    [--scale]   also 100 and 100,000 campaigns
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { autocannonSaturation } from './autocannon.js'
import { type Bodies, makeBodies } from './bodies.js'
import { madeRequests } from './made-requests.js'
import { commandVersion, pin, type Server, startFloor, startGrosz } from './processes.js'
import {
  bidShareOf,
  type Latency,
  latencyAt,
  requestOf,
  type Saturation,
  saturate,
  saturateWithWrk,
  writeWrkScript,
} from './saturation.js'
import { prepareWorld } from './world.js'

const serverCore = 0
const clientCore = 1
/** Rate at which latency is measured, of what saturates the bidder. */
const loadShare = 0.7

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    campaigns: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'boolean', default: false },
  },
})
const campaignCount = Number(values.campaigns)
const profileCount = Number(values.profiles)
const seconds = Number(values.seconds)
const folder = fileURLToPath(new URL('../../bench/out/', import.meta.url))
mkdirSync(folder, { recursive: true })
const say = (text: string): void => {
  if (!values.json) console.info(text)
}

const hasWrk = commandVersion('wrk', ['-v']) !== null
const isPinned = pin(process.pid, clientCore)

type Measured = Record<'floor' | 'bids' | 'noBids', Saturation>

/** Rounds in turn, so that what else the machine does meets all three; the median of each. */
async function measure(floor: Server, grosz: Server, bodies: Bodies): Promise<Measured> {
  const scripts = hasWrk
    ? {
        bids: writeWrkScript(folder, 'bids', bodies.bids),
        noBids: writeWrkScript(folder, 'no-bids', bodies.noBids),
      }
    : null
  const requests = { bids: bodies.bids.map(requestOf), noBids: bodies.noBids.map(requestOf) }
  const once = (server: Server, kind: 'bids' | 'noBids', forSeconds = seconds) =>
    scripts !== null
      ? saturateWithWrk(server, scripts[kind], forSeconds, clientCore)
      : saturate(server, requests[kind], forSeconds)
  // Compiled and warm before anything counts.
  await once(grosz, 'bids', Math.min(4, seconds))
  await once(grosz, 'noBids', Math.min(2, seconds))
  await once(floor, 'bids', Math.min(2, seconds))
  const all: Record<keyof Measured, Saturation[]> = { floor: [], bids: [], noBids: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    all.floor.push(await once(floor, 'bids'))
    all.bids.push(await once(grosz, 'bids'))
    all.noBids.push(await once(grosz, 'noBids'))
  }
  return { floor: median(all.floor), bids: median(all.bids), noBids: median(all.noBids) }
}

function median(rounds: Saturation[]): Saturation {
  const sorted = rounds.sort((a, b) => a.cpuMicrosPerRequest - b.cpuMicrosPerRequest)
  return sorted[Math.floor(sorted.length / 2)]!
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

function ratios(of: Saturation, floor: Saturation) {
  return {
    requestsPerSecond: Math.round(of.requestsPerSecond),
    cpuMicrosPerRequest: round(of.cpuMicrosPerRequest, 1),
    ratio: round(of.requestsPerSecond / floor.requestsPerSecond, 3),
    cpuRatio: round(floor.cpuMicrosPerRequest / of.cpuMicrosPerRequest, 3),
  }
}

async function withGrosz<T>(campaigns: number, then: (grosz: Server) => Promise<T>): Promise<T> {
  const dataDir = await prepareWorld(folder, campaigns, profileCount)
  const grosz = await startGrosz(dataDir, serverCore, clientCore)
  try {
    return await then(grosz)
  } finally {
    await grosz.stop()
  }
}

say(`preparing ${campaignCount} campaigns and ${profileCount} profiles …`)
const bodies = makeBodies(madeRequests, profileCount)
say(
  `bodies: ${bodies.source}, ${bodies.meanBytes} bytes on average; client: ${hasWrk ? 'wrk' : 'own'}`,
)
const floor = await startFloor(serverCore)

const main = await withGrosz(campaignCount, async (grosz) => {
  const measured = await measure(floor, grosz, bodies)
  const requests = bodies.bids.map(requestOf)
  const rate = Math.min(measured.bids.requestsPerSecond * loadShare, 20_000)
  const latency: Record<'floor' | 'bids', Latency> = {
    floor: await latencyAt(floor, requests, rate, seconds * 2),
    bids: await latencyAt(grosz, requests, rate, seconds * 2),
  }
  const second = await autocannonSaturation(grosz, bodies.bids, seconds)
  const bidShare = {
    bids: await bidShareOf(grosz, requests),
    noBids: await bidShareOf(grosz, bodies.noBids.map(requestOf)),
  }
  return { measured, latency, second, bidShare }
})

const scale: Record<string, number> = {}
if (values.scale)
  for (const count of [100, 100_000])
    scale[count] = await withGrosz(count, async (grosz) => {
      const { bids, floor: again } = await measure(floor, grosz, bodies)
      return round(again.cpuMicrosPerRequest / bids.cpuMicrosPerRequest, 3)
    })
await floor.stop()

const { measured, latency } = main
const report = {
  campaigns: campaignCount,
  profiles: profileCount,
  bodies: { source: bodies.source, meanBytes: bodies.meanBytes },
  client: hasWrk ? 'wrk' : 'own',
  pinned: isPinned,
  floor: {
    requestsPerSecond: Math.round(measured.floor.requestsPerSecond),
    cpuMicrosPerRequest: round(measured.floor.cpuMicrosPerRequest, 1),
  },
  bids: ratios(measured.bids, measured.floor),
  noBids: ratios(measured.noBids, measured.floor),
  bidShare: main.bidShare,
  throughput: Math.round(measured.bids.requestsPerSecond),
  ratio: round(measured.bids.requestsPerSecond / measured.floor.requestsPerSecond, 3),
  autocannon: { requestsPerSecond: Math.round(main.second) },
  latency,
  p50: latency.bids.p50Ms,
  p99: latency.bids.p99Ms,
  p999: latency.bids.p999Ms,
  cpuRatioByCampaigns: values.scale
    ? { ...scale, [campaignCount]: ratios(measured.bids, measured.floor).cpuRatio }
    : undefined,
}
if (values.json) console.info(JSON.stringify(report))
else console.dir(report, { depth: null })
process.exit(0)
