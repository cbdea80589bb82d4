// Goal: whoever did something is chosen for once, those who came last first, and nobody is told what they
// have already. Method: the writer with people and a chooser made of a map.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import type { Person } from '../../../src/people/person.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import type { PersonPicks } from '../../../src/run/messages.js'
import { PickWriter } from '../../../src/run/recommender/pick-writer.js'

const person = (id: string, picks: readonly string[] = []): Person => ({
  ...{ id, createdAtMs: 0, identifiers: [], former: [], dueAtMs: Infinity },
  slice: { ...emptySlice, lastSeenAtMs: 7, picks },
})

function open(people: readonly Person[], waitingMax = 100) {
  const sent: PersonPicks[] = []
  const writer = new PickWriter({
    person: (_shop, id) => people.find((it) => it.id === id) ?? null,
    choose: (shopId) => (shopId === 'new-shop' ? null : ['a', 'b']),
    send: (rows) => sent.push(...rows),
    waitingMax,
  })
  const settled = async (): Promise<void> => {
    writer.wake()
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
  }
  return { writer, sent, settled }
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

test('of too many those who came first go without', async () => {
  const people = Array.from({ length: 5 }, (_, i) => person(`p${i}`))
  const { writer, sent, settled } = open(people, 3)
  for (const { id } of people) writer.want('shop', id)
  await settled()
  check.deepEqual(sent.map(({ personId }) => personId).sort(), ['p2', 'p3', 'p4'])
  check.equal(writer.counts.dropped, 2)
})
