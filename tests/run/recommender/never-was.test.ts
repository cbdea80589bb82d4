// Goal: once somebody is gone, and the build that follows soon is done, every answer is byte for byte what it would be
// had they never been there; in between no neighbour is found through them; a flood of people who go doesn't build all
// the time, and whoever has no part in a model brings no build about. Method: two worlds in step, in one of which there
// are one more person's visits, orders, second browser and login; ids of people are drawn alike for all others in both.
import { strict as check } from 'node:assert'
import { describe, test, vi } from 'vitest'
import type { Random } from '../../../src/base/random.js'
import { pageTypes, type SlotInput, sourceNames } from '../../../src/catalogue/slots.js'
import type { Event } from '../../../src/people/event.js'
import type { Identifiers } from '../../../src/people/identifiers.js'
import { eventOf } from '../../people/people-world.js'
import { newSeed, productOf, RecommenderWorld, randomOf } from './recommender-world.js'

const drawn = vi.hoisted(() => ({ next: (): number => 0 }))
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  randomBytes: (count: number) => Buffer.from(Array.from({ length: count }, () => drawn.next())),
}))

const seed = newSeed()
const periodMs = 3_600_000
const urgentBuildMs = 60_000
const productIds = Array.from({ length: 24 }, (_, i) => `p${i}`)
const browsers = Array.from({ length: 8 }, (_, i) => `browser-${i}-0000000000000`)
const victim = ['victim-0-00000000000000', 'victim-1-00000000000000']
const customerId = 'customer-of-the-victim'
const catalogue = productIds.map((id, i) =>
  productOf(id, {
    title: `${['Red', 'Blue', 'Warm'][i % 3]} ${['boots', 'hat'][i % 2]} ${id}`,
    category: ['Shoes > Boots', 'Shoes', 'Hats', 'Bags'][i % 4]!,
    brand: ['Ania', 'Bolek', ''][i % 3]!,
    priceMicros: (1 + (i % 9)) * 1_000_000,
  }),
)
/** One for each way to find products, so that none hides behind another. */
const slots: readonly SlotInput[] = sourceNames.map((name) => ({
  ...{ id: `only-${name}`, page: 'product', limit: 24, strategies: [name] },
}))

async function open(): Promise<RecommenderWorld> {
  const world = await RecommenderWorld.open({ config: { buildPeriodMs: periodMs, urgentBuildMs } })
  await world.feed('shop', catalogue)
  await world.built('shop', () => world.shop('shop', { slots: [...slots] }))
  return world
}

/** What somebody does in a few minutes. */
function visitOf(random: Random, who: Partial<Identifiers>, atMs: number, name: string): Event[] {
  let count = 0
  const event = (type: Event['type'], ids: readonly string[]): Event =>
    eventOf(type, who, {
      ...{ messageId: `${name}-${count}`, atMs: atMs + 1_000 * count++ },
      ...(type === 'purchase' ? { orderId: `order-${name}`, valueMicros: 7_000_000 } : {}),
      items: ids.map((product) => ({
        ...{ product, quantity: 1, priceMicros: 1_000_000, category: '', brand: '' },
        marginShare: -1,
      })),
    })
  const some = (): string[] =>
    Array.from({ length: 1 + random.below(4) }, () => random.pick(productIds))
  const events = some().map((id) =>
    event(random.pick(['view_item', 'view_item', 'add_to_cart']), [id]),
  )
  if (random.chance(0.4)) events.push(event('purchase', [...new Set(some())]))
  return events
}

const plain = (text: string): string => text.replaceAll(/"id":"[\w-]{40}"/g, '"id":""')

/** The surroundings of the first difference; '' where they are the same. */
function differenceOf(x: string, y: string): string {
  if (x === y) return ''
  let at = 0
  while (x[at] === y[at]) at++
  const around = (text: string): string =>
    `${text.slice(0, 60)} … ${text.slice(at - 150, at + 100)}`
  return `seed ${seed}\n${around(x)}\n${around(y)}`
}

/** All that pages are answered. */
function answersOf(world: RecommenderWorld, people: readonly string[]): readonly string[] {
  const random = randomOf(seed)
  const seen: string[] = []
  for (const person of ['', ...people]) {
    for (const product of productIds)
      for (const { id } of slots)
        if (person === '' || random.chance(0.1))
          seen.push(`${id} ${world.get({ shop: 'shop', slot: id, product, person, cart: 'p1' })}`)
    for (const page of pageTypes)
      seen.push(
        `${page} ${world.get({ shop: 'shop', page, person, category: 'Shoes', q: 'boots' })}`,
      )
  }
  return seen.map(plain)
}

const no = { ads: true, personalization: false }
interface Way {
  readonly name: string
  /** Who is answered alike in both worlds. */
  readonly people: readonly string[]
  go(world: RecommenderWorld): Promise<unknown>
}
const ways: readonly Way[] = [
  // They themselves as somebody who was never seen before.
  {
    name: 'is erased',
    people: [...browsers, ...victim],
    go: (world) => world.erase('shop', `cust:${customerId}`),
  },
  {
    name: 'says no',
    people: browsers,
    go: (world) =>
      world.tell(
        'shop',
        eventOf('consent', { customerId }, { consent: no, atMs: world.clock.nowMs() }),
      ),
  },
]

describe.each(ways)('whoever $name', ({ people, go }) => {
  // Only since the last build, before it too, or before it alone.
  test.each([
    { from: 30, to: 60 },
    { from: 0, to: 60 },
    { from: 0, to: 30 },
  ])(
    'is in no answer any more, with visits $from to $to',
    async ({ from, to }) => {
      const [lived, never] = [await open(), await open()]
      const both = [lived, never] as const
      const tell = async (worlds: readonly RecommenderWorld[], events: Event[], of: number) => {
        for (const world of worlds) {
          const ids = randomOf(of)
          drawn.next = () => ids.below(256)
          await world.tell('shop', ...events)
        }
      }
      for (let step = 0; step < 60; step++) {
        const random = randomOf(seed + step)
        for (const { clock } of both) clock.advance(20_000)
        const atMs = lived.clock.nowMs() - 10_000
        const browser = random.pick(browsers)
        const visit = visitOf(random, { anonymousId: browser }, atMs, `${step}`)
        await tell(both, visit, seed + 1_000 + step)
        if (step >= from && step < to) {
          // The second browser turns out to be theirs.
          const who = { anonymousId: victim[step % 2]!, ...(step % 7 === 5 ? { customerId } : {}) }
          const theirs = visitOf(random, who, atMs, `victim-${step}`)
          await tell([lived], theirs, seed + 10_000 + step)
          if (step % 7 === 5 || step === to - 1)
            for (const anonymousId of victim)
              await tell(
                [lived],
                [
                  eventOf(
                    'identify',
                    { anonymousId, customerId },
                    { messageId: `${anonymousId}-${step}`, atMs },
                  ),
                ],
                seed + 20_000 + step,
              )
        }
        if (step !== 30) continue
        for (const world of both) await world.settled()
        for (const world of both) await world.built('shop', () => world.clock.advance(periodMs))
      }
      for (const world of both) await world.settled()
      for (const { clock } of both) clock.advance(urgentBuildMs)
      const before = answersOf(lived, browsers)
      check.notDeepEqual(before, answersOf(never, browsers), `seed ${seed}: nothing is shown`)
      await lived.built('shop', () => void go(lived))
      await never.built('shop', () => never.models.replaced('shop'))
      for (const world of both) await world.settled()
      check.deepEqual(
        both.map(({ models }) => models.get('shop')!.liveCount),
        [0, 0],
      )
      const seen = answersOf(never, people)
      for (const [at, text] of answersOf(lived, people).entries())
        check.equal(differenceOf(text, seen[at]!), '')
      for (const { faults } of both) check.deepEqual(faults, [])
    },
    60_000,
  )
})

/** Who looks at what nobody else does. */
async function look(world: RecommenderWorld, browser: string, ...ids: readonly string[]) {
  for (const product of ids) {
    world.clock.advance(1_000)
    const items = [
      { product, quantity: 1, priceMicros: -1, category: '', brand: '', marginShare: -1 },
    ]
    const more = { atMs: world.clock.nowMs(), messageId: `${browser} ${product}`, items }
    const ids = randomOf(seed + browsers.indexOf(browser))
    drawn.next = () => ids.below(256)
    await world.tell('shop', eventOf('view_item', { anonymousId: browser }, more))
  }
}

const nextOf = (world: RecommenderWorld, product: string): readonly string[] =>
  world
    .answer({ shop: 'shop', slot: 'only-next', product })
    .items.filter(({ source }) => source === 'next')
    .map((it) => it.product)

test('at once nothing that was built is found through whoever goes, and builds keep their distance', async () => {
  const world = await open()
  for (const [i, browser] of browsers.entries())
    await look(world, browser, `p${2 * i}`, `p${2 * i + 1}`)
  await world.settled()
  await world.built('shop', () => world.clock.advance(periodMs))
  for (const i of browsers.keys()) check.deepEqual(nextOf(world, `p${2 * i}`), [`p${2 * i + 1}`])
  const before = world.builds.length
  for (const [i, browser] of browsers.entries()) {
    world.clock.advance(5_000)
    check.ok(await world.erase('shop', `anon:${browser}`))
    await world.settled()
    await world.looked()
    check.deepEqual(nextOf(world, `p${2 * i}`), [])
  }
  check.equal(world.builds.length, before)
  await world.built('shop', () => world.clock.advance(urgentBuildMs))
  check.equal(world.models.get('shop')!.sessionCount, 0)
  world.clock.advance(urgentBuildMs * 5)
  await world.looked()
  await world.looked()
  check.equal(world.builds.length, before + 1)
})

test('whoever has no part in the model brings no build about', async () => {
  const world = await open()
  await look(world, browsers[0]!, 'p0', 'p1')
  const who = { anonymousId: 'asks-for-nothing-00000' }
  const ids = randomOf(seed - 1)
  drawn.next = () => ids.below(256)
  await world.tell('shop', eventOf('page_view', who, { atMs: world.clock.nowMs() }))
  await world.settled()
  await world.built('shop', () => world.clock.advance(periodMs))
  const before = world.builds.length
  check.ok(await world.erase('shop', `anon:${who.anonymousId}`))
  await world.settled()
  world.clock.advance(urgentBuildMs * 5)
  await world.looked()
  await world.looked()
  check.equal(world.builds.length, before)
})
