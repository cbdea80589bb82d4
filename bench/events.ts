/**
 * What shops tell of people, through the whole of Grosz: real logs sent to `/v1/events` as fast as one
 * core of a collector takes them, and how long it takes until an event is in a bid.
 *
 *   npm run bench:events -- [--json] [--events 200000] [--batch 100] [--bids 100]
 *
 * The collector has a core to itself as far as the machine lets it; all else shares the other.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readInteractions } from './interactions.js'
import { cpuMicros, pin, residentBytesMax, startWholeGrosz, type WholeGrosz } from './processes.js'

const collectorCore = 0
const othersCore = 1
const connectionCount = 8
const pollMs = 1
const giveUpMs = 5_000

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    events: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '100' },
    bids: { type: 'string', default: '100' },
  },
})
const batchCount = Number(values.batch)
const bidCount = Number(values.bids)
const say = (text: string): void => {
  if (!values.json) console.info(text)
}
const dataDir = fileURLToPath(new URL('../../bench/out/events-data/', import.meta.url))
const agent = new Agent({ keepAlive: true, maxSockets: connectionCount })

function prepare(): void {
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(join(dataDir, 'catalogue'), { recursive: true })
  const product = {
    ...{ id: 'cart-product', title: 'Left in the cart', link: '/p', image: '/p.png' },
    ...{ priceMicros: 100_000_000, currency: 'PLN', inStock: true, category: 'Carts' },
  }
  const shop = {
    ...{ id: 'bench', name: 'Bench', domain: 'bench.example', url: 'https://bench.example/' },
    ...{ currency: 'PLN', timeZone: 'Europe/Warsaw', language: 'pl', logo: '/l.svg' },
    colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#ffffff', text: '#17231d' },
    ...{ callToAction: 'Kup', categories: ['IAB22'] },
  }
  const campaign = {
    ...{ id: 'carts', goal: 'cpm', bid: 2, maxCpm: 10, budget: { total: 1_000_000 } },
    modifiers: [{ when: { cart: { valueAtLeast: 1 } }, factor: 3 }],
  }
  const segments = [
    { id: 'big-carts', rule: 'cart.value >= 500 PLN and cart.abandonedFor >= 30m' },
    { id: 'loyal', rule: 'purchases.count > 3' },
    { id: 'viewers', rule: 'viewed.count >= 1 within 14d' },
  ]
  const file = { shop, campaigns: [campaign], segments, products: [product] }
  writeFileSync(join(dataDir, 'catalogue', 'bench.json'), JSON.stringify(file))
}

interface Answer {
  readonly status: number
  readonly body: string
}

function post(
  url: string,
  body: Buffer | string,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends all bodies over a few connections; each takes the next when its last one is answered. */
async function replay(grosz: WholeGrosz, bodies: readonly string[]): Promise<number> {
  const key = readFileSync(join(dataDir, 'operator.key'), 'utf8').trim()
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  const url = `${grosz.collector}/v1/events?shop=bench`
  let next = 0
  let taken = 0
  const send = async (): Promise<void> => {
    while (next < bodies.length) {
      const { status, body } = await post(url, bodies[next++]!, headers)
      if (status !== 200) throw new Error(`events: ${status} ${body}`)
      taken += (JSON.parse(body) as { taken: number }).taken
    }
  }
  await Promise.all(Array.from({ length: connectionCount }, send))
  return taken
}

/** From sending an event to the first bid that is made for it, in milliseconds. */
async function eventToBid(grosz: WholeGrosz, uid: string): Promise<number> {
  const bidRequest = JSON.stringify({
    id: uid,
    imp: [{ id: '1', banner: { w: 300, h: 250 } }],
    site: { domain: 'news.example', page: 'https://news.example/' },
    device: { ua: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0', ip: '192.0.2.1' },
    user: { buyeruid: uid },
    regs: { gdpr: 0 },
    at: 2,
  })
  const event = JSON.stringify({
    type: 'add_to_cart',
    anonymousId: uid,
    consent: { ads: true, personalization: true },
    items: [{ item_id: 'cart-product', quantity: 1 }],
  })
  const startMs = performance.now()
  const told = await post(`${grosz.collector}/v1/events?shop=bench`, event, {
    'Content-Type': 'text/plain',
    Origin: 'https://bench.example',
    Cookie: `grosz_uid=${uid}`,
  })
  if (told.status !== 200) throw new Error(`events: ${told.status} ${told.body}`)
  while (performance.now() - startMs < giveUpMs) {
    const { body } = await post(`${grosz.bidder}/openrtb2/demo`, bidRequest, {
      'Content-Type': 'application/json',
    })
    if (body !== '' && priceOf(body) > 5) return performance.now() - startMs
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(`no bid for the cart of ${uid} within ${giveUpMs} ms`)
}

const priceOf = (body: string): number =>
  (JSON.parse(body) as { seatbid: { bid: { price: number }[] }[] }).seatbid[0]!.bid[0]!.price

const newUid = (): string => `${randomBytes(15).toString('base64url')}_A`.padStart(22, 'a')

async function measureBids(grosz: WholeGrosz): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < bidCount; i++) times.push(await eventToBid(grosz, newUid()))
  return times.sort((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) /
  10

prepare()
const { source, events, people } = readInteractions(Number(values.events))
const bodies: string[] = []
for (let from = 0; from < events.length; from += batchCount)
  bodies.push(JSON.stringify({ events: events.slice(from, from + batchCount) }))
say(`${events.length} events of ${people} people (${source}), ${batchCount} to a request`)
pin(process.pid, othersCore)
const grosz = await startWholeGrosz(dataDir, collectorCore, othersCore)
try {
  const idle = await measureBids(grosz)
  const startMs = performance.now()
  const startCpu = cpuMicros(grosz.collectorPid)
  const loaded: number[] = []
  const [taken] = await Promise.all([
    replay(grosz, bodies),
    // As many as fit in while it is busy.
    (async () => {
      for (let i = 0; i < 20; i++) loaded.push(await eventToBid(grosz, newUid()))
    })(),
  ])
  const seconds = (performance.now() - startMs) / 1_000
  const cpuSeconds = (cpuMicros(grosz.collectorPid) - startCpu) / 1e6
  loaded.sort((a, b) => a - b)
  const result = {
    source,
    events: events.length,
    taken,
    people,
    seconds: Math.round(seconds * 100) / 100,
    eventsPerSecond: Math.round(taken / seconds),
    eventsPerSecondPerCore: Math.round(taken / cpuSeconds),
    collectorPeakMemoryBytes: residentBytesMax(grosz.collectorPid),
    eventToBidMs: { p50: at(idle, 0.5), p99: at(idle, 0.99), max: at(idle, 1) },
    eventToBidUnderLoadMs: { p50: at(loaded, 0.5), max: at(loaded, 1) },
  }
  if (values.json) console.info(JSON.stringify(result))
  else console.info(result)
} finally {
  agent.destroy()
  await grosz.stop()
}
