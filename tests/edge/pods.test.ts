// Goal: in a pod nobody sees the same ad twice, and what is bid for one fits into it. Method: seeded
// random pods, answered by a bidder without its listener; every bid is read back.
// Conformance checklist 66.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { catalogueOf, shopFile } from '../bidding/world.js'
import { bidderInProcess } from './in-process.js'

interface Bid {
  readonly impid: string
  readonly crid: string
  readonly adomain: readonly [string]
  readonly cat: readonly string[]
  readonly dur?: number
  readonly dealid?: string
  readonly slotinpod?: number
}

const seed = Number(process.env['SEED'] ?? 20260305)
const durations = [6, 10, 15, 20, 30]
const file = (type: string): object => ({ url: 'https://cdn.example/a', type, bitrateKbps: 100 })

/** @param count of its videos and of its spots. */
function shopOf(id: string, count: number, bid: number) {
  const campaign = { goal: 'cpm', bid, maxCpm: 90, budget: {} }
  return shopFile(
    id,
    [
      { ...campaign, id: 'open' },
      { ...campaign, id: 'more', bid: bid / 2 },
      { ...campaign, id: 'deal', targeting: { deals: ['*'] } },
    ],
    'PLN',
    {
      shop: { categories: id === 'shop2' ? ['IAB18'] : ['IAB22-1', 'IAB22-4'] },
      videos: Array.from({ length: count }, (_, i) => ({
        id: `v${i}`,
        durationSeconds: durations[i % durations.length],
        files: [{ ...file('video/mp4'), width: 640, height: 360 }],
      })),
      audios: Array.from({ length: count }, (_, i) => ({
        id: `a${i}`,
        durationSeconds: durations[i % durations.length],
        files: [file('audio/mpeg')],
      })),
    },
  )
}

const catalogue = catalogueOf([shopOf('shop0', 3, 9), shopOf('shop1', 7, 8), shopOf('shop2', 1, 7)])

function bidsOf(reply: { status: number; body: string }): Bid[] {
  if (reply.status === 204) return []
  const { seatbid } = JSON.parse(reply.body) as { seatbid: { bid: Bid[] }[] }
  return seatbid.flatMap(({ bid }) => bid)
}

/** Which video it is: campaigns of a shop share them, so it isn't the whole of `crid`. */
const creativeOf = ({ adomain, crid }: Bid): string => `${adomain[0]} ${crid.split('-').at(-1)}`
const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length

function randomOffer(random: Random): object {
  return random.chance(0.7)
    ? { video: { mimes: ['video/mp4'], protocols: [3] } }
    : { audio: { mimes: ['audio/mpeg'], protocols: [3] } }
}

/** The same fields for whichever of video and audio there is. */
const within = (offer: object, fields: object): object =>
  Object.fromEntries(Object.entries(offer).map(([name, own]) => [name, { ...own, ...fields }]))

const deals = { deals: [{ id: 'gold' }] }

test('a structured pod has each creative once, and each advertiser where that is asked', () => {
  const random = new Random(seed)
  let count = 0
  for (let round = 0; round < 300; round++) {
    const bidder = bidderInProcess(catalogue, { exchange: { multiBid: random.chance(0.5) } })
    const poddedupe = random.pick([undefined, [1], [2], [3], [5], [1, 3]])
    const imp = Array.from({ length: 2 + random.below(8) }, (_, i) => ({
      id: String(i),
      ...within(randomOffer(random), {
        podid: random.pick(['a', 'b']),
        ...(poddedupe === undefined ? {} : { poddedupe }),
      }),
      ...(random.chance(0.4) ? { pmp: deals } : {}),
    }))
    const bids = bidsOf(bidder.post(JSON.stringify({ id: 'r', imp })))
    count += bids.length
    const where = `seed ${seed} round ${round} ${JSON.stringify({ imp, bids: bids.map(creativeOf) })}`
    expect(bids.every(({ slotinpod }) => slotinpod === undefined)).toBe(true)
    for (const pod of ['a', 'b']) {
      const own = bids.filter(({ impid }) =>
        JSON.stringify(imp[Number(impid)]).includes(`"${pod}"`),
      )
      if (poddedupe?.includes(5) === true) continue
      expect(distinct(own.map(creativeOf)), where).toBe(true)
      if (poddedupe?.includes(2) === true)
        expect(distinct(own.flatMap(({ cat }) => cat)), where).toBe(true)
      if (poddedupe?.includes(1) !== true) continue
      expect(distinct(own.map(({ adomain }) => adomain[0])), where).toBe(true)
    }
  }
  expect(count).toBeGreaterThan(900)
})

test('a dynamic pod is filled within its length and count, whatever is sold under deals', () => {
  const random = new Random(seed + 1)
  let filled = 0
  for (let round = 0; round < 300; round++) {
    const bidder = bidderInProcess(catalogue, { exchange: { multiBid: random.chance(0.5) } })
    const poddur = random.pick([5, 6, 20, 45, 60, 120])
    const maxseq = random.pick([1, 2, 3, 6])
    const imp = Array.from({ length: 1 + random.below(3) }, (_, i) => ({
      id: String(i),
      ...within(randomOffer(random), { podid: `p${i}`, poddur, maxseq }),
      ...(random.chance(0.3) ? { banner: { w: 300, h: 250 } } : {}),
      ...(random.chance(0.4) ? { pmp: deals } : {}),
    }))
    const bids = bidsOf(bidder.post(JSON.stringify({ id: 'r', imp })))
    for (const { id } of imp) {
      const own = bids.filter(({ impid }) => impid === id)
      const where = `seed ${seed} round ${round} ${JSON.stringify({ imp, own: own.map(creativeOf) })}`
      const total = own.reduce((sum, { dur }) => sum + (dur ?? 0), 0)
      expect(total, where).toBeLessThanOrEqual(poddur)
      expect(own.length, where).toBeLessThanOrEqual(maxseq)
      const played = own.filter(({ dur }) => dur !== undefined)
      expect(distinct(played.map(creativeOf)), where).toBe(true)
      if (own.length > 1) filled++
    }
  }
  expect(filled).toBeGreaterThan(100)
})

test('the largest pod there can be has no ad twice either', () => {
  const many = catalogueOf([shopOf('shop0', 90, 9), shopOf('shop1', 90, 8)])
  const bidder = bidderInProcess(many, { exchange: { multiBid: true } })
  const video = { mimes: ['video/mp4'], protocols: [3], podid: 'a' }
  const imp = Array.from({ length: 64 }, (_, i) => ({ id: String(i), video, pmp: deals }))
  const bids = bidsOf(bidder.post(JSON.stringify({ id: 'r', tmax: 1_000, imp })))
  expect(bids.length).toBeGreaterThan(120)
  expect(distinct(bids.map(creativeOf))).toBe(true)
})
