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
  jsonType,
  type Latency,
  latencyAt,
  protobufType,
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

/** What is sent: see `Bodies`. */
type Kind = 'bids' | 'noBids' | 'formats' | 'protobuf'
type Measured = Record<'floor' | Kind, Saturation>

const typeOf = (kind: Kind): string => (kind === 'protobuf' ? protobufType : jsonType)

/** Rounds in turn, so that what else the machine does meets all of them; the median of each. */
async function measure(
  floor: Server,
  grosz: Server,
  bodies: Bodies,
  kinds: readonly Kind[],
): Promise<Measured> {
  const scripts = new Map<Kind, string>()
  const requests = new Map<Kind, Buffer[]>()
  for (const kind of kinds)
    if (hasWrk) scripts.set(kind, writeWrkScript(folder, kind, bodies[kind], typeOf(kind)))
    else
      requests.set(
        kind,
        bodies[kind].map((body) => requestOf(body, typeOf(kind))),
      )
  const once = (server: Server, kind: Kind, forSeconds = seconds) =>
    hasWrk
      ? saturateWithWrk(server, scripts.get(kind)!, forSeconds, clientCore)
      : saturate(server, requests.get(kind)!, forSeconds)
  // Compiled and warm before anything counts.
  for (const kind of kinds) await once(grosz, kind, Math.min(3, seconds))
  await once(floor, 'bids', Math.min(2, seconds))
  const all: Record<keyof Measured, Saturation[]> = {
    ...{ floor: [], bids: [], noBids: [], formats: [], protobuf: [] },
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    all.floor.push(await once(floor, 'bids'))
    for (const kind of kinds) all[kind].push(await once(grosz, kind))
  }
  return {
    floor: median(all.floor),
    bids: median(all.bids),
    noBids: median(all.noBids),
    formats: median(all.formats),
    protobuf: median(all.protobuf),
  }
}

function median(rounds: Saturation[]): Saturation {
  const sorted = rounds.sort((a, b) => a.cpuMicrosPerRequest - b.cpuMicrosPerRequest)
  return sorted[Math.floor(sorted.length / 2)] ?? { requestsPerSecond: 0, cpuMicrosPerRequest: 0 }
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
  const kinds: Kind[] = ['bids', 'noBids', 'protobuf']
  if (bodies.formats.length > 0) kinds.push('formats')
  const measured = await measure(floor, grosz, bodies, kinds)
  const requests = bodies.bids.map((body) => requestOf(body))
  const rate = Math.min(measured.bids.requestsPerSecond * loadShare, 20_000)
  const latency: Record<'floor' | 'bids', Latency> = {
    floor: await latencyAt(floor, requests, rate, seconds * 2),
    bids: await latencyAt(grosz, requests, rate, seconds * 2),
  }
  const second = await autocannonSaturation(grosz, bodies.bids, seconds)
  const bidShare = {
    bids: await bidShareOf(grosz, requests),
    noBids: await bidShareOf(
      grosz,
      bodies.noBids.map((body) => requestOf(body)),
    ),
    protobuf: await bidShareOf(
      grosz,
      bodies.protobuf.map((body) => requestOf(body, protobufType)),
    ),
    formats:
      bodies.formats.length === 0
        ? 0
        : await bidShareOf(
            grosz,
            bodies.formats.map((body) => requestOf(body)),
          ),
  }
  return { measured, latency, second, bidShare }
})

const scale: Record<string, number> = {}
if (values.scale)
  for (const count of [100, 100_000])
    scale[count] = await withGrosz(count, async (grosz) => {
      const { bids, floor: again } = await measure(floor, grosz, bodies, ['bids'])
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
  /** Native and video, alone or beside banners. */
  formats: bodies.formats.length > 0 ? ratios(measured.formats, measured.floor) : undefined,
  protobuf: ratios(measured.protobuf, measured.floor),
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
