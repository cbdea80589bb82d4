// Goal: each statement of the protocol's conformance checklist holds, and can be found by its number.
// Method: JSON cases in cases/openrtb, a request and what must come back, against a bidder without its
// listener; what needs more than a request (sockets, notices, load) names the test that shows it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogueOf, shopFile, TestFunds } from './bidding/world.js'
import { bidderInProcess } from './edge/in-process.js'

interface Case {
  readonly number: number
  readonly why: string
  /** Path of the test that shows it; it says `checklist <number>`. Nothing else is read then. */
  readonly testedBy?: string
  /** What it is about isn't built. */
  readonly notYet?: true
  readonly campaigns: readonly object[]
  readonly shop?: object
  readonly videos?: readonly object[]
  readonly audios?: readonly object[]
  readonly exchange?: object
  readonly blockedNetworks?: readonly string[]
  readonly contentType?: string
  readonly request?: object
  /** Instead of `request`: the body as it is sent. */
  readonly body?: string
  readonly expect: {
    readonly status: number
    readonly contentType?: string
    readonly error?: string
    readonly id?: string
    readonly cur?: string
    readonly nbr?: number
    readonly bids?: readonly object[]
    /** Within the whole response, and within the first bid's `adm`. */
    readonly text?: string
    readonly admIncludes?: string
    /** Nowhere in the response. */
    readonly absent?: string
    /** Most characters of a native title. */
    readonly titleMax?: number
    /** What was set aside, in nanos. */
    readonly reserved?: number
  }
}

interface Response {
  readonly id: string
  readonly cur?: string
  readonly nbr?: number
  readonly seatbid: readonly {
    readonly bid: readonly { readonly id: string; readonly adm: string }[]
  }[]
}

const checklistLength = 120
const root = new URL('./cases/openrtb/', import.meta.url)
const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
)
const cases = names.map((name) => {
  const it = JSON.parse(readFileSync(new URL(name, root), 'utf8')) as Case
  return { name, it }
})

test.each(Array.from({ length: checklistLength }, (_, i) => i + 1))(
  'statement %i has a case',
  (n) => {
    expect(cases.filter(({ it }) => it.number === n)).not.toEqual([])
  },
)

// Folders below have runners of their own.
for (const { name, it } of cases.filter((one) => one.it.notYet === true))
  test.todo(`${name}: ${it.why}`)
for (const { name, it } of cases.filter((one) => !one.name.includes('/') && !one.it.notYet))
  test(`${name}: ${it.why}`, () => {
    if (it.testedBy !== undefined) checkReference(it)
    else checkCase(it)
  })

function checkReference({ number, testedBy }: Case): void {
  const path = new URL(`../${testedBy}`, import.meta.url)
  expect(existsSync(path), `${testedBy} is there`).toBe(true)
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(new RegExp(`checklist[^\\n]*\\b${number}\\b`))
}

function checkCase(it: Case): void {
  const file = shopFile('shop0', [...it.campaigns], 'PLN', {
    shop: it.shop ?? {},
    videos: it.videos ?? [],
    audios: it.audios ?? [],
  })
  const funds = new TestFunds()
  const bidder = bidderInProcess(catalogueOf([file]), {
    funds,
    ...(it.exchange === undefined ? {} : { exchange: it.exchange }),
    ...(it.blockedNetworks === undefined ? {} : { blockedNetworks: it.blockedNetworks }),
  })
  const body = it.body ?? JSON.stringify(it.request)
  const contentType = it.contentType ?? 'application/json'
  const reply = bidder.post(body, { contentType })
  const { status, error, bids, text, absent, admIncludes, titleMax, ...fields } = it.expect
  expect(reply.status, reply.body).toBe(status)
  if (fields.contentType !== undefined)
    expect(reply.headers).toContainEqual(['Content-Type', fields.contentType])
  if (status === 204) expect(reply.body).toBe('')
  if (error !== undefined) expect(JSON.parse(reply.body)).toEqual({ error })
  if (status !== 200) return
  const response = JSON.parse(reply.body) as Response
  for (const field of ['id', 'cur', 'nbr'] as const)
    if (fields[field] !== undefined) expect(response[field]).toBe(fields[field])
  if (fields.nbr === undefined) expect(response.seatbid[0]!.bid.length).toBeGreaterThan(0)
  if (bids !== undefined) {
    expect(response.seatbid[0]!.bid).toHaveLength(bids.length)
    expect(response.seatbid[0]!.bid).toMatchObject(bids)
    expect(new Set(response.seatbid[0]!.bid.map(({ id }) => id)).size).toBe(bids.length)
  }
  if (text !== undefined) expect(reply.body).toContain(text)
  if (absent !== undefined) expect(reply.body).not.toContain(absent)
  if (admIncludes !== undefined) expect(response.seatbid[0]!.bid[0]!.adm).toContain(admIncludes)
  if (titleMax !== undefined) {
    const { assets } = JSON.parse(response.seatbid[0]!.bid[0]!.adm) as {
      assets: { title: { text: string } }[]
    }
    expect(assets[0]!.title.text.length).toBeLessThanOrEqual(titleMax)
  }
  if (fields.reserved !== undefined)
    expect([...funds.reserved.values()].reduce((sum, n) => sum + n, 0)).toBe(fields.reserved)
}
