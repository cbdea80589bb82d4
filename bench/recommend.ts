/**
 * Recommendations over HTTP, as a shop's product pages ask for them: with the person's session written and read,
 * rules, and the person's slice. Open loop, so that whoever would have come while the service stood still counts.
 *
 *   npm run bench:recommend -- [--rps 1000] [--seconds 30] [--products 20000] [--sessions 40000] [--json]
 *
 * The thread that answers has one core, whoever asks has the other, and all else that the recommender does the rest of
 * both. Three runs: at the rate asked for; at that rate while events come and models are built and swapped every few
 * seconds; and as fast as it answers. Beside them the floor: the same listener with an empty answer.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ByteWriter } from '../src/base/byte-writer.js'
import { Random } from '../src/base/random.js'
import { forRequests } from '../src/run/kept-process.js'
import { type Load, LoadClient, type LoadResult } from '../src/simulation/http-client.js'
import { cpuMicros, pin, pinMain, residentBytesMax, startFloor } from './processes.js'
import { makeShop, requestOf, ShopEvents, shopId, Wanderer } from './recommend-world.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rps: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    products: { type: 'string', default: '20000' },
    sessions: { type: 'string', default: '40000' },
    connections: { type: 'string', default: '64' },
  },
})
const rate = Number(values.rps)
const seconds = Number(values.seconds)
const connectionCount = Number(values.connections)
const size = { productCount: Number(values.products), sessionCount: Number(values.sessions) }
for (const [name, value] of Object.entries({ rate, seconds, connectionCount, ...size }))
  if (!(value > 0)) throw new Error(`${name}: must be a number above 0`)
const dataDir = fileURLToPath(new URL('../../bench/out/recommend-data/', import.meta.url))
const dayMs = 86_400_000
const [ours, theirs] = [0, 1]
/** In the second run. */
const buildPeriodMs = 3_000
const newSessionsPerSecond = 20

const say = (text: string): void => {
  if (!values.json) console.info(text)
}

interface Service {
  readonly pid: number
  readonly port: number
  /** Models that were taken into use. */
  swaps(): number
  stop(): Promise<void>
}

async function start(periodMs: number): Promise<Service> {
  const config = join(dataDir, 'bench.yaml')
  // All requests come from one address.
  const limit = '{ callsPerSecond: 1000000, burstMax: 1000000 }'
  writeFileSync(config, `recommend:\n  buildPeriodMs: ${periodMs}\n  askLimit: ${limit}\n`)
  const child = fork(fileURLToPath(new URL('../src/cli.js', import.meta.url)), ['recommender'], {
    env: {
      ...process.env,
      ...{ GROSZ_DATA: dataDir, GROSZ_CONFIG: config, GROSZ_RECOMMENDER_PORT: '0' },
      ...{ GROSZ_DEMO: 'off', GROSZ_LOG_LEVEL: 'info' },
    },
    execArgv: [...forRequests],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let swaps = 0
  const port = await new Promise<number>((resolve, reject) => {
    let found = 0
    const read = (chunk: Buffer): void => {
      const text = chunk.toString()
      if (text.includes('"level":"error"')) process.stderr.write(text)
      swaps += text.split('model: in use').length - 1
      found ||= Number(/recommender\s+http:\/\/[\d.]+:(\d+)/.exec(text)?.[1] ?? 0)
      if (found > 0 && swaps > 0) resolve(found)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.once('exit', (code) => reject(new Error(`the recommender ended with ${code}`)))
  })
  pinMain(child.pid!, ours)
  return { pid: child.pid!, port, swaps: () => swaps, stop: () => stopped(child) }
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await ended
}

/** What pages ask for: each browser looks at a few products, one after the other. */
class Pages implements Load {
  emptyCount = 0
  otherCount = 0
  readonly #random = new Random(7)
  readonly #wanderer = new Wanderer(11, size.productCount)

  write(_index: number, output: ByteWriter): void {
    const browser = this.#random.below(size.sessionCount)
    output.ascii(requestOf(browser, this.#wanderer.product(-1)))
  }

  onAnswer(_index: number, answer: { readonly status: number; readonly body: Buffer }): void {
    if (answer.status !== 200) this.otherCount++
    else if (!answer.body.includes('"product"')) this.emptyCount++
  }
}

const msOf = (result: LoadResult, percent: number): number =>
  Math.round(result.latency.percentile(percent)) / 1_000

function figuresOf(result: LoadResult, pages: Pages) {
  return {
    rps: Math.round(result.achievedRate),
    p50Ms: msOf(result, 50),
    p90Ms: msOf(result, 90),
    p99Ms: msOf(result, 99),
    p995Ms: msOf(result, 99.5),
    maxMs: Math.round(result.latency.max) / 1_000,
    answered: result.answeredCount,
    unanswered: result.sentCount - result.answeredCount + result.unsentCount,
    notOk: pages.otherCount,
    empty: pages.emptyCount,
  }
}

async function withClient<T>(port: number, use: (client: LoadClient) => Promise<T>): Promise<T> {
  const client = new LoadClient({ host: '127.0.0.1', port, isSecure: false }, { connectionCount })
  await client.open()
  try {
    return await use(client)
  } finally {
    client.close()
  }
}

async function openLoop(port: number, ratePerSecond: number, forSeconds: number) {
  const pages = new Pages()
  const plan = { ratePerSecond, count: Math.round(ratePerSecond * forSeconds) }
  const result = await withClient(port, (client) => client.runOpenLoop(pages, plan))
  return figuresOf(result, pages)
}

async function measure() {
  const service = await start(3_600_000)
  try {
    await openLoop(service.port, rate, 3)
    const cpuBefore = cpuMicros(service.pid)
    const steady = await openLoop(service.port, rate, seconds)
    const cpuMicrosPerRequest = Math.round((cpuMicros(service.pid) - cpuBefore) / steady.answered)
    say(`at ${rate}/s: ${JSON.stringify(steady)}`)
    const pages = new Pages()
    const most = await withClient(service.port, (client) =>
      client.runClosedLoop(pages, { seconds: Math.min(seconds, 10) }),
    )
    const saturation = figuresOf(most, pages)
    say(`as fast as it goes: ${JSON.stringify(saturation)}`)
    return {
      steady,
      saturation,
      cpuMicrosPerRequest,
      peakMemoryBytes: residentBytesMax(service.pid),
    }
  } finally {
    await service.stop()
  }
}

/** The same listener, which reads a request and says nothing: what the machine itself takes, at the same rate. */
async function measureFloor() {
  const floor = await startFloor(ours)
  const load: Load = {
    write: (_index, output) =>
      output.ascii('POST /openrtb2/a HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n'),
  }
  const plan = { ratePerSecond: rate, count: Math.round(rate * Math.min(seconds, 10)) }
  const result = await withClient(floor.port, (client) => client.runOpenLoop(load, plan))
  await floor.stop()
  const [p50Ms, p90Ms, p99Ms, p995Ms] = [50, 90, 99, 99.5].map((percent) => msOf(result, percent))
  return { p50Ms, p90Ms, p99Ms, p995Ms, maxMs: Math.round(result.latency.max) / 1_000 }
}

async function measureSwaps() {
  const service = await start(buildPeriodMs)
  const program = fileURLToPath(new URL('./recommend-events.js', import.meta.url))
  const args = [dataDir, size.productCount, size.sessionCount, newSessionsPerSecond].map(String)
  const visitors = fork(program, args)
  try {
    await openLoop(service.port, rate, 3)
    const before = service.swaps()
    const swapping = await openLoop(service.port, rate, seconds)
    return { ...swapping, swaps: service.swaps() - before }
  } finally {
    const ended = new Promise<void>((resolve) => visitors.once('exit', () => resolve()))
    visitors.disconnect()
    await ended
    await service.stop()
  }
}

pin(process.pid, theirs)
say(`${size.productCount} products, ${size.sessionCount} sessions of ${shopId}: being written`)
await makeShop(dataDir, size)
const events = new ShopEvents(dataDir)
await events.add(new Wanderer(3, size.productCount), 0, size.sessionCount, Date.now() - 30 * dayMs)
await events.close()
const floor = await measureFloor()
say(`an empty answer at ${rate}/s: ${JSON.stringify(floor)}`)
const figures = await measure()
const swapping = await measureSwaps()
say(`while models are swapped: ${JSON.stringify(swapping)}`)
const { steady, saturation, ...rest } = figures
const line = {
  ...steady,
  saturationRps: saturation.rps,
  floor,
  saturation,
  swapping,
  ...rest,
  ...size,
}
console.info(values.json ? JSON.stringify(line) : JSON.stringify(line, null, 1))
process.exit(0)
