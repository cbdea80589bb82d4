// Goal: whatever exchanges really send is answered within the rules: a valid bid, no bid, or a 400
// that names a true fault, and the reason for no bid is a true one; and no mutation of it brings the bidder down. Method: every request of the
// corpus against campaigns that take anything, each answer held against the published schema, the
// rules of the simulated exchange and an HTML parser; then seeded mutations.
// Conformance checklist 4, 18, 24, 28, 116.
import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parseFragment } from 'parse5'
import { expect, test } from 'vitest'
import { ManualClock } from '../src/base/clock.js'
import { Random } from '../src/base/random.js'
import { noBidReasons } from '../src/bidding/no-bid.js'
import { creativeFormats } from '../src/catalogue/media.js'
import { checkAnswer } from '../src/simulation/response-rules.js'
import { catalogueOf, nowMs, shopFile, unitValue } from './bidding/world.js'
import { formatsOf, isTrueReason, type Json } from './corpus-reasons.js'
import { bidderInProcess, type CaughtReply } from './edge/in-process.js'

const corpus = new URL('../../shared/corpus/', import.meta.url)
const schema = JSON.parse(
  readFileSync(new URL('schemas/openrtb-2.6-202606-bid-response.schema.json', corpus), 'utf8'),
) as object
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

const anything = [
  { id: 'cpm', goal: 'cpm', bid: 60, maxCpm: 60, budget: {} },
  { id: 'cpc', goal: 'cpc', bid: 30, maxCpm: 80, budget: {} },
  { id: 'deals', goal: 'cpm', bid: 90, maxCpm: 90, budget: {}, targeting: { deals: ['*'] } },
]
const video = (durationSeconds: number): object => ({
  id: `film-${durationSeconds}`,
  durationSeconds,
  files: (['video/mp4', 'video/webm', 'video/ogg', 'video/3gpp'] as const).map((type) => ({
    url: `https://cdn.shop.example/${durationSeconds}.${type.slice(6)}`,
    type,
    width: 640,
    height: 360,
    bitrateKbps: 600,
  })),
})
const audio = (durationSeconds: number): object => ({
  id: `spot-${durationSeconds}`,
  durationSeconds,
  files: (['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg'] as const).map((type) => ({
    url: `https://cdn.shop.example/${durationSeconds}.${type.slice(6)}`,
    type,
    bitrateKbps: 128,
  })),
})
const everything = {
  shop: {
    pictures: { width: 1_600, height: 1_600 },
    logoSize: { width: 512, height: 512 },
    privacyUrl: 'https://shop.example/privacy',
  },
  videos: [6, 10, 15, 20, 30, 60].map(video),
  audios: [10, 15, 20, 30, 60].map(audio),
}
const catalogue = catalogueOf([
  shopFile('shop0', anything, 'PLN', everything),
  shopFile('shop1', anything, 'EUR', everything),
])
// A clock that stands still: how busy the machine is makes no answer late.
const bidder = bidderInProcess(catalogue, { clock: new ManualClock(nowMs) })

function* linesOf(folder: string): Generator<[name: string, line: string]> {
  for (const name of readdirSync(new URL(folder, corpus))) {
    if (!name.endsWith('.ndjson')) continue
    const lines = readFileSync(new URL(`${folder}${name}`, corpus), 'utf8').split('\n')
    for (const line of lines) if (line !== '') yield [name, line]
  }
}

interface Bid {
  readonly adm: string
  readonly mtype: number
  readonly nurl: string
  readonly burl: string
}

/** Reason of the last no-bid, as the operator's metrics count it. */
let counted = noBidCounts()
function noBidCounts(): number[] {
  const { metrics } = bidder
  return metrics.slots.noBids.map((slot) => metrics.values[slot]!)
}
function lastReason(): string {
  const now = noBidCounts()
  const place = now.findIndex((count, index) => count > counted[index]!)
  counted = now
  return noBidReasons[place] ?? 'none'
}

const tally = (counts: Map<string, number>, key: string): unknown =>
  counts.set(key, (counts.get(key) ?? 0) + 1)

/** Everything that is wrong with an answer; empty where nothing is. */
function faultsOf(line: string, reply: CaughtReply): string[] {
  if (reply.status === 400) {
    const { error } = JSON.parse(reply.body) as { error: string }
    return /^(body|id|imp|app|site|device|user|regs|source|tmax)\b[^:]*: \S/.test(error)
      ? []
      : [error]
  }
  const request = JSON.parse(line) as Parameters<typeof checkAnswer>[0]
  const contentType = reply.headers.find(([name]) => name === 'Content-Type')?.[1] ?? ''
  const { broken, response } = checkAnswer(
    request,
    { status: reply.status, contentType, text: reply.body, excessBytes: 0 },
    unitValue,
  )
  const faults = broken.map(({ rule, detail }) => `${rule}: ${detail}`)
  if (reply.status === 200 && !validate(JSON.parse(reply.body)))
    faults.push(...validate.errors!.map((e) => `schema: ${e.instancePath} ${e.message}`))
  const bids = (response?.seatbid ?? []) as { bid: Bid[] }[]
  for (const { adm, mtype, nurl, burl } of bids.flatMap(({ bid }) => bid)) {
    if (mtype === 1)
      parseFragment(adm, { onParseError: ({ code }) => faults.push(`html: ${code}`) })
    for (const url of [nurl, burl])
      if (!url.includes('p=${AUCTION_PRICE}')) faults.push(`macro: ${url}`)
  }
  return faults
}

test('every real request gets a valid bid, no bid for a true reason, or a 400 that names a fault', () => {
  const statuses = new Map<string, number>()
  const offered = new Map<string, number>()
  const bidOn = new Map<string, number>()
  const reasons = new Map<string, number>()
  const found = new Map<string, string>()
  for (const folder of ['dev/requests/', 'dev/real-traffic/'])
    for (const [name, line] of linesOf(folder)) {
      if (name.includes('decoded')) continue
      counted = noBidCounts()
      const reply = bidder.post(line)
      tally(statuses, `${folder} ${reply.status}`)
      for (const fault of faultsOf(line, reply)) found.set(fault, `${name}: ${line.slice(0, 300)}`)
      if (reply.status === 400) continue
      const request = JSON.parse(line) as Json
      for (const format of formatsOf(request)) tally(offered, format)
      if (reply.status === 200) {
        const { seatbid } = JSON.parse(reply.body) as { seatbid: { bid: Bid[] }[] }
        const formats = seatbid.flatMap(({ bid }) =>
          bid.map(({ mtype }) => creativeFormats[mtype - 1]!),
        )
        for (const format of new Set(formats)) tally(bidOn, format)
        continue
      }
      const reason = lastReason()
      tally(reasons, reason)
      if (isTrueReason[reason]?.(request) !== true)
        found.set(`untrue reason ${reason}`, `${name}: ${line.slice(0, 1_500)}`)
    }
  const report = { statuses, offered, bidOn, reasons }
  for (const [what, counts] of Object.entries(report))
    console.info(what, Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)))
  expect(Object.fromEntries(found)).toEqual({})
  expect(statuses.get('dev/requests/ 200')).toBeGreaterThan(2_500)
})

test('what is malformed gets a 400 that says why', () => {
  const folder = new URL('malformed/json-test-suite/', corpus)
  for (const name of readdirSync(folder)) {
    const body = readFileSync(new URL(encodeURIComponent(name), folder))
    const reply = bidder.post(body)
    expect([name, reply.status]).toEqual([name, 400])
    expect((JSON.parse(reply.body) as { error: string }).error).toMatch(/^[a-z]+: /)
  }
  for (const [, line] of linesOf('dev/malformed/openrtb/')) {
    const { request } = JSON.parse(line) as { request: object }
    expect([200, 204, 400]).toContain(bidder.post(JSON.stringify(request)).status)
  }
})

test('no mutation brings it down', () => {
  const seed = Number(process.env['SEED'] ?? 11)
  const random = new Random(seed)
  const lines = [...linesOf('dev/requests/')].map(([, line]) => line)
  const values = [
    null,
    -1,
    Number.MAX_VALUE,
    '',
    'x'.repeat(5_000),
    [],
    {},
    true,
    [[]],
    '\ud800',
    0.1,
  ]
  for (let round = 0; round < 20_000; round++) {
    const line = random.pick(lines)
    const body = random.chance(0.5)
      ? mutateBytes(random, line)
      : Buffer.from(JSON.stringify(mutateValue(random, JSON.parse(line), values)))
    const where = `seed ${seed} round ${round}`
    const { status, body: text } = bidder.post(body)
    expect([200, 204, 400], where).toContain(status)
    if (status === 200)
      expect(validate(JSON.parse(text)), `${where} ${JSON.stringify(validate.errors)}`).toBe(true)
  }
})

function mutateBytes(random: Random, line: string): Buffer {
  const bytes = Buffer.from(line)
  for (let i = 0; i <= random.below(4); i++) bytes[random.below(bytes.length)] = random.below(256)
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length)) : bytes
}

/** Puts one of `values` in the place of something, somewhere in the tree. */
function mutateValue(random: Random, node: unknown, values: readonly unknown[]): unknown {
  if (typeof node !== 'object' || node === null || random.chance(0.1)) return random.pick(values)
  const keys = Object.keys(node)
  if (keys.length === 0) return random.pick(values)
  const key = random.pick(keys)
  const copy = (Array.isArray(node) ? [...node] : { ...node }) as Record<string, unknown>
  copy[key] = mutateValue(random, copy[key], values)
  return copy
}
