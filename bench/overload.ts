/**
 * What happens past saturation: requests at a multiple of what the bidder can answer, open loop, over
 * many connections as exchanges open them. Those that are answered must keep their latency, the rest is
 * to be sent away at once.
 *
 *   node dist/bench/overload.js [--json] [--times 3] [--seconds 6]
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { LoadClient } from '../src/simulation/http-client.js'
import { LatencyHistogram } from '../src/simulation/latency-histogram.js'
import { makeBodies } from './bodies.js'
import { madeRequests } from './made-requests.js'
import { pin, type Server, startGrosz } from './processes.js'
import { loadOf, requestOf, saturate } from './saturation.js'
import { prepareWorld } from './world.js'

const serverCore = 0
const clientCore = 1
/** One request each at a time: as many may wait at once. */
const connectionCount = 1_500

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    times: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    campaigns: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '200000' },
  },
})
const seconds = Number(values.seconds)
const profileCount = Number(values.profiles)
const folder = fileURLToPath(new URL('../../bench/out/', import.meta.url))
mkdirSync(folder, { recursive: true })
pin(process.pid, clientCore)
const requests = makeBodies(madeRequests, profileCount).bids.map((body) => requestOf(body))

async function loadAt(server: Server, ratePerSecond: number) {
  const client = new LoadClient(
    { host: '127.0.0.1', port: server.port, isSecure: false },
    { connectionCount },
  )
  await client.open()
  const bids = new LatencyHistogram()
  const noBids = new LatencyHistogram()
  let lateCount = 0
  const load = {
    ...loadOf(requests),
    onAnswer: (_: number, { status }: { readonly status: number }, latencyMs: number): void => {
      if (status !== 200) noBids.record(latencyMs * 1_000)
      else {
        bids.record(latencyMs * 1_000)
        if (latencyMs > 100) lateCount++
      }
    },
  }
  const count = Math.round(ratePerSecond * seconds)
  const result = await client.runOpenLoop(load, { ratePerSecond, count })
  client.close()
  const ms = (histogram: LatencyHistogram, percent: number): number =>
    Math.round(histogram.percentile(percent) / 10) / 100
  const shares = (histogram: LatencyHistogram) => ({
    perSecond: Math.round((histogram.count * 1_000) / result.elapsedMs),
    p50Ms: ms(histogram, 50),
    p99Ms: ms(histogram, 99),
  })
  return {
    askedPerSecond: Math.round(ratePerSecond),
    sentPerSecond: Math.round((result.sentCount * 1_000) / result.elapsedMs),
    bids: { ...shares(bids), over100Ms: lateCount },
    sentAway: shares(noBids),
    unanswered: result.sentCount - result.answeredCount,
  }
}

const grosz = await startGrosz(
  await prepareWorld(folder, Number(values.campaigns), profileCount),
  serverCore,
  clientCore,
)
await saturate(grosz, requests, 3)
const saturation = await saturate(grosz, requests, 3)
const report = {
  saturationPerSecond: Math.round(saturation.requestsPerSecond),
  half: await loadAt(grosz, saturation.requestsPerSecond / 2),
  over: await loadAt(grosz, saturation.requestsPerSecond * Number(values.times)),
  after: await loadAt(grosz, saturation.requestsPerSecond / 2),
}
await grosz.stop()
if (values.json) console.info(JSON.stringify(report))
else console.dir(report, { depth: null })
process.exit(0)
