// Goal: whoever did something is chosen for once, those who came last first, and nobody is told what they
// have already. Method: the writer with people and a chooser made of a map.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import type { Person } from '../../../src/people/person.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import type { PersonPicks } from '../../../src/run/messages.js'
import { NewestFirst } from '../../../src/run/recommender/newest-first.js'
import { PickWriter } from '../../../src/run/recommender/pick-writer.js'

const person = (id: string, picks: readonly string[] = []): Person => ({
  ...{ id, createdAtMs: 0, identifiers: [], former: [], dueAtMs: Infinity },
  slice: { ...emptySlice, lastSeenAtMs: 7, picks },
})

const unreadable = 'damaged'

function open(people: readonly Person[], waitingMax = 100) {
  const sent: PersonPicks[] = []
  const faults: string[] = []
  const writer = new PickWriter({
    person: (_shop, id) => {
      if (id === unreadable) throw new Error('damaged')
      return people.find((it) => it.id === id) ?? null
    },
    choose: (shopId) => (shopId === 'new-shop' ? null : ['a', 'b']),
    send: (rows) => sent.push(...rows),
    onFault: (shopId, error) => faults.push(`${shopId} ${error}`),
    waitingMax,
  })
  const settled = async (): Promise<void> => {
    writer.wake()
    for (let i = 0; i < 100; i++) await new Promise(setImmediate)
  }
  return { writer, sent, faults, settled }
}

test('each is chosen for once, the last first; who has them already isn’t told', async () => {
  const { writer, sent, settled } = open([person('ann'), person('ben', ['a', 'b']), person('cy')])
  for (const id of ['ann', 'ben', 'cy', 'nobody', 'ann']) writer.want('shop', id)
  writer.want('new-shop', 'ann')
  await settled()
  check.deepEqual(
    sent.map(({ personId }) => personId),
    ['ann', 'cy'],
  )
  check.deepEqual(sent[0], { shopId: 'shop', personId: 'ann', seenAtMs: 7, picks: ['a', 'b'] })
  check.deepEqual(writer.counts, { computed: 3, unchanged: 1, sent: 2, dropped: 0 })
})

test('whoever can’t be read goes without, and costs nobody else theirs', async () => {
  const { writer, sent, faults, settled } = open([person('ann'), person('ben')])
  for (const id of ['ann', unreadable, 'ben']) writer.want('shop', id)
  await settled()
  check.deepEqual(
    sent.map(({ personId }) => personId),
    ['ben', 'ann'],
  )
  check.deepEqual(faults, ['shop Error: damaged'])
  check.deepEqual(writer.counts, { computed: 2, unchanged: 0, sent: 2, dropped: 1 })
})

test('of too many those who came first go without', async () => {
  const people = Array.from({ length: 5 }, (_, i) => person(`p${i}`))
  const { writer, sent, settled } = open(people, 3)
  for (const { id } of people) writer.want('shop', id)
  await settled()
  check.deepEqual(sent.map(({ personId }) => personId).sort(), ['p2', 'p3', 'p4'])
  check.equal(writer.counts.dropped, 2)
})

test('shops take turns: who waits at a large one costs nobody at a small one', async () => {
  const many = Array.from({ length: 2_000 }, (_, i) => person(`p${i}`))
  const { writer, sent, settled } = open(many, 1_000)
  for (const id of ['p1', 'p2', 'p3']) writer.want('small', id)
  for (const { id } of many) writer.want('large', id)
  await settled()
  const places = (shopId: string): number[] =>
    sent.flatMap((row, place) => (row.shopId === shopId ? [place] : []))
  check.equal(places('small').length, 3)
  check.ok(places('small').at(-1)! < 8, places('small').join())
  check.equal(places('large').length, 997)
  check.equal(writer.counts.dropped, 1_003)
  check.deepEqual(
    sent.filter(({ shopId }) => shopId === 'large').map(({ personId }) => personId),
    many
      .slice(-997)
      .reverse()
      .map(({ id }) => id),
  )
})

test('names come out as a plain list has them', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e6)
  console.info(`seed: ${seed}`)
  const random = new Random(seed)
  for (let round = 0; round < 50; round++) {
    const names = new NewestFirst()
    let plain: string[] = []
    for (let step = 0; step < 600; step++) {
      const kind = random.next()
      if (kind < 0.6) {
        const name = `n${random.below(30)}`
        names.put(name)
        plain = [...plain.filter((it) => it !== name), name]
      } else if (kind < 0.85) check.equal(names.takeNewest(), plain.pop() ?? '', `seed ${seed}`)
      else {
        names.dropOldest()
        plain.shift()
      }
      check.equal(names.size, plain.length)
    }
  }
})
