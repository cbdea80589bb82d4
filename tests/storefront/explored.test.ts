// Goal: what is kept of slots that explore is what their pages were shown, propensities and all, with the views and clicks
// that pages told of; nothing is kept of other slots, of what fills in for a model, or for another shop. Method: real HTTP
// on shops in memory; the export as the collector reads it.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, test } from 'vitest'
import type { SlotInput } from '../../src/catalogue/slots.js'
import { type ShownItem, shownPart } from '../../src/recommend/report/exploration.js'
import { readAnswerId } from '../../src/storefront/answer-id.js'
import { type AnswerBody, browserId, World } from './world.js'

const world = new World()
beforeAll(() => world.listen())
afterAll(() => world.close())

const anna = browserId('anna')
const slots: readonly SlotInput[] = [
  { id: 'curious', page: 'home', limit: 6, rules: { exploreShare: 0.2 } },
  { id: 'sure', page: 'home', limit: 6 },
  {
    ...{ id: 'trial', page: 'home', limit: 4 },
    experiment: {
      id: 'exp',
      variants: [{ id: 'b', share: 1, title: 'B', rules: { exploreShare: 0.2 } }],
    },
  },
]
const known = Array.from({ length: 10 }, (_, index) => `p${index}`)
const unknown = Array.from({ length: 8 }, (_, index) => `p${index + 20}`)
const finds = { bestsellers: known, trending: known, new: unknown }

type Shown = AnswerBody['items'][number] & { readonly propensity?: number }

async function exported(shopId: string, slot: string): Promise<ShownItem[]> {
  // Whatever was answered is written along.
  await world.log.feedback(shopId, [])
  await world.log.order(shopId, [], { orderId: '', lines: [], valueMicros: 0, atMs: 0 })
  const asked = { slot, from: '2000-01-01', to: '2100-01-01', timeZone: 'Europe/Warsaw' }
  const items: ShownItem[] = []
  for (let after: string | null = ''; after !== null; ) {
    const part = shownPart(world.tables, shopId, asked, after)
    items.push(...part.items)
    after = part.next
  }
  return items
}

/** As the docs have it: what an answer says of itself, without asking us. */
const nonceIn = (answer: AnswerBody): string => answer.id.slice(16, 24)

test('it is what was shown, with how likely that was, and what came of it', async () => {
  world.add('kram', { slots, finds })
  world.add('other', { slots, finds })
  const given: AnswerBody[] = []
  for (let turn = 0; turn < 90; turn++) {
    given.push(await world.get('shop=kram&slot=curious'))
    if (turn % 9 !== 0) continue
    const answer = await world.get('shop=other&slot=curious')
    await world.events('other', [{ answer: answer.id, type: 'click', product: 'p1' }])
  }
  const expected = new Map<string, ShownItem>()
  for (const [turn, answer] of given.entries()) {
    const read = readAnswerId(world.shops.get('kram')!.secret, answer.id, world.clock.nowMs())
    check.ok(read.ok)
    check.equal(read.value.nonce, nonceIn(answer))
    const at = new Date(read.value.atSeconds * 1_000).toISOString().replace('.000Z', 'Z')
    const [first, second, third] = answer.items
    if (turn % 3 === 0) {
      const events = [
        { type: 'view', product: first!.product },
        { type: 'click', product: second!.product },
        { type: 'view', product: third!.product },
      ]
      const of = events.map((it) => ({ ...it, answer: answer.id }))
      check.deepEqual(await world.events('kram', of), ['counted', 'counted', 'counted'])
    }
    for (const [index, { product, source, propensity = 1 }] of (
      answer.items as readonly Shown[]
    ).entries())
      expected.set(`${nonceIn(answer)} ${index}`, {
        ...{ answer: nonceIn(answer), at, slot: 'curious', experiment: '', variant: 'control' },
        ...{ page: 'home', place: index + 1, product, source, propensity },
        viewed: turn % 3 === 0 && index < 3,
        clicked: turn % 3 === 0 && index === 1,
      })
  }
  const items = await exported('kram', 'curious')
  check.equal(items.length, expected.size)
  for (const it of items) check.deepEqual(it, expected.get(`${it.answer} ${it.place - 1}`))
  // Places are given away: a fifth of them, or nothing here is looked at.
  const explored = items.filter((it) => it.source === 'exploration')
  check.ok(explored.length > 50 && explored.every((it) => it.propensity === 0.2 / 8))
  check.ok(explored.every((it) => unknown.includes(it.product)))
  check.ok(items.every((it) => it.propensity < 1))
  check.ok((await exported('other', 'curious')).some((it) => it.clicked))
})

test('slots that explore nothing are not kept, nor is what fills in for a model', async () => {
  world.add('plain', { slots, finds })
  world.add('young', { slots, finds, hasModel: false })
  for (let turn = 0; turn < 3; turn++) {
    await world.get('shop=plain&slot=sure')
    await world.get('shop=plain&slot=curious&priceFrom=8000000')
    await world.get('shop=young&slot=curious')
  }
  // One that explores before it must not leave anything behind.
  await world.batch({ shop: 'plain', slots: ['trial', 'sure', 'curious', 'sure'] })
  check.deepEqual(await exported('plain', 'sure'), [])
  check.deepEqual(await exported('young', 'curious'), [])
  check.equal(new Set((await exported('plain', 'curious')).map((it) => it.answer)).size, 1)
  const kept = Array.from(world.tables.range('explored', 'plain\0', 'plain\x01')).length
  check.equal(kept, 1)
})

test('a variant that explores is kept by its name, and only for those who see it', async () => {
  world.add('tried', { slots, finds })
  world.know('tried', `anon:${anna}`, {}, 'person-anna')
  await world.get('shop=tried&slot=trial')
  await world.get(`shop=tried&slot=trial&person=${anna}`)
  const items = await exported('tried', 'trial')
  check.deepEqual([...new Set(items.map((it) => `${it.experiment} ${it.variant}`))], ['exp b'])
  check.equal(items.length, 4)
  for (const { key, value } of world.tables.range('explored', 'tried\0', 'tried\x01')) {
    check.ok(!key.includes('anna'))
    check.ok(!value.toString().includes('anna'))
  }
})
