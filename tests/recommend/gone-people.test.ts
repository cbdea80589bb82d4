// Goal: the sessions of whoever goes are found no more, whether they were built, live, or of somebody joined into them;
// nothing else changes by it. Method: random sessions, compared with an index in which theirs are about products that
// nobody else looks at, and with live sessions that never had them. Seeds are in the messages.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { trainRanker } from '../../src/recommend/evaluation/train-ranker.js'
import { Scores } from '../../src/recommend/scores.js'
import { featureCount } from '../../src/recommend/sessions/features.js'
import { LiveSessions } from '../../src/recommend/sessions/live-sessions.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import { buildOwners, sessionsOf as ownSessions } from '../../src/recommend/sessions/owners.js'
import {
  buildSessionIndex,
  emptyIndex,
  removeSession,
  type SessionIndexParts,
} from '../../src/recommend/sessions/session-index.js'
import { fullSettings, type NeighbourSettings } from '../../src/recommend/sessions/settings.js'
import { randomSessions, sessionsOf } from './sessions-random.js'

const itemCount = 40
const personCount = 60
const sessionCount = 200

function found(next: NextItems, session: readonly number[], count: number): string {
  const scores = new Scores()
  scores.begin(count)
  next.score(session, session.length, 0, scores)
  const all = Array.from(scores.items.subarray(0, scores.count), (item) => [item, scores.of(item)])
  return JSON.stringify(all.sort(([a], [b]) => a! - b!))
}

const ranker = (random: Random) =>
  trainRanker({
    count: 1,
    starts: Uint32Array.of(0, 2),
    rows: Float32Array.from({ length: 2 * featureCount }, () => random.next()),
    wanted: Uint16Array.of(1),
  })

const variants: Readonly<Record<string, (random: Random) => NeighbourSettings>> = {
  'as they come': () => fullSettings,
  ranked: (random) => ({ ...fullSettings, ranker: ranker(random) }),
  // What is gone takes nobody's place.
  'few of them': () => ({
    ...fullSettings,
    candidatesMax: 20,
    neighboursMax: 5,
    transitionSessionsMax: 7,
  }),
}

describe.each(Object.entries(variants))('built sessions, %s', (_, settingsOf) => {
  test('are found no more', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const lists = randomSessions(random, sessionCount, itemCount)
      const persons = Int32Array.from(lists, () => random.below(personCount - 2))
      const keys = Float64Array.from({ length: personCount }, (_, it) => keyOf(`person-${it}`))
      const owners = buildOwners(keys, personCount, persons)
      const parts = buildSessionIndex(sessionsOf(lists), itemCount + sessionCount)
      const gone = new Set([3, 17, 40, random.below(personCount)])
      for (const person of gone)
        for (const session of ownSessions(owners, keys[person]!)!) removeSession(parts, session)
      const hidden = lists.map((list, i) =>
        gone.has(persons[i]!) ? list.map(() => itemCount + i) : list,
      )
      // How frequent products are stays.
      const { idf, popularity } = parts
      const plain: SessionIndexParts = {
        ...buildSessionIndex(sessionsOf(hidden), itemCount + sessionCount),
        idf,
        popularity,
      }
      const settings = settingsOf(random)
      const [a, b] = [new NextItems(parts, null, settings), new NextItems(plain, null, settings)]
      for (const session of randomSessions(random, 30, itemCount))
        check.equal(
          found(a, session, itemCount + sessionCount),
          found(b, session, itemCount + sessionCount),
          `seed ${seed}, ${session}`,
        )
    }
  })
})

test('everybody is found with their own sessions, and nobody else', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const persons = Int32Array.from({ length: random.below(300) }, () => random.below(50))
    const keys = Float64Array.from({ length: 60 }, (_, it) => keyOf(`${seed} ${it}`))
    const owners = buildOwners(keys, 60, persons)
    for (const [person, key] of keys.entries()) {
      const own = [...persons.keys()].filter((session) => persons[session] === person)
      // Also those who did something that is in no session.
      check.deepEqual(ownSessions(owners, key), own, `seed ${seed}`)
    }
    check.equal(ownSessions(owners, keyOf('nobody')), null)
  }
  check.equal(ownSessions(buildOwners(new Float64Array(0), 0, new Int32Array(0)), 1), null)
})

test('people whose keys are half the same go together', () => {
  const keys = Float64Array.of(5, 5 + 2 ** 32, 6)
  const owners = buildOwners(keys, 3, Int32Array.of(0, 1, 2, 0))
  check.deepEqual(ownSessions(owners, 5), [0, 1, 3])
  check.deepEqual(ownSessions(owners, 6), [2])
})

describe('live sessions of whoever is joined', () => {
  test('go when the other one goes, however often they were joined', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const settings = { countMax: 1_000, idleSeconds: 20, lengthMax: 6 }
      const [live, fresh] = [new LiveSessions(settings), new LiveSessions(settings)]
      // 0 to 5 become 0, in whatever order; the others stay who they are.
      const names = new Map(Array.from({ length: 6 }, (_, it) => [it, it]))
      for (let i = 0; i < 300; i++) {
        const person = random.below(12)
        const item = random.below(itemCount)
        live.note(names.get(person) ?? person, item, i)
        if (person >= 6) fresh.note(person, item, i)
        if (!random.chance(0.04)) continue
        const into = names.get(random.below(6))!
        const goes = names.get(random.below(6))!
        live.join(goes, into)
        for (const [name, now] of names) if (now === goes) names.set(name, into)
      }
      for (const now of new Set(names.values())) live.forget(now)
      check.equal(live.count, fresh.count, `seed ${seed}`)
      const [a, b] = [live, fresh].map((it) => new NextItems(emptyIndex(itemCount), it))
      for (let item = 0; item < itemCount; item++) {
        const session = [itemCount - 1 - item, item]
        check.equal(found(a!, session, itemCount), found(b!, session, itemCount), `seed ${seed}`)
      }
    }
  })

  test('go on as one visit', () => {
    const live = new LiveSessions({ countMax: 10, idleSeconds: 60, lengthMax: 8 })
    live.note('customer', 9, 100)
    live.note('browser', 1, 1_000)
    live.note('browser', 2, 1_010)
    live.join('browser', 'customer')
    live.join('browser', 'customer')
    live.note('customer', 3, 1_020)
    check.equal(live.count, 2)
    const next = new NextItems(emptyIndex(10), live)
    const products = JSON.parse(found(next, [8, 3], 10)) as [number, number][]
    check.deepEqual(
      products.map(([item]) => item),
      [1, 2, 3],
    )
    check.equal(live.forget('customer'), 2)
    check.equal(live.forget('browser'), 0)
  })
})
