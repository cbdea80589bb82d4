// Goal: next products are those that the definition says, whether sessions come from the index or live, as soon as
// they come and until they are forgotten. Method: compared with a slow, plain way over random sessions (the seed is
// in the message); the index against what it was built from.
import { strict as check } from 'node:assert'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { ActionKind, type Actions } from '../../src/recommend/actions.js'
import { trainRanker } from '../../src/recommend/evaluation/train-ranker.js'
import { Scores } from '../../src/recommend/scores.js'
import { cutSessions } from '../../src/recommend/sessions/cut-sessions.js'
import { featureCount } from '../../src/recommend/sessions/features.js'
import { LiveSessions } from '../../src/recommend/sessions/live-sessions.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import { radixOrder } from '../../src/recommend/sessions/radix-order.js'
import type { RankerWeights } from '../../src/recommend/sessions/ranker.js'
import { selectBest } from '../../src/recommend/sessions/select-best.js'
import {
  buildSessionIndex,
  bytesOf,
  emptyIndex,
  transferablesOf,
} from '../../src/recommend/sessions/session-index.js'
import { fullSettings, type NeighbourSettings } from '../../src/recommend/sessions/settings.js'
import { randomSessions, sessionsOf } from './sessions-random.js'
import { type PastSession, slowNext } from './sessions-slow-next.js'

const itemCount = 60
const rankerOf = (seed: number): RankerWeights => {
  const random = new Random(seed)
  return trainRanker({
    count: 1,
    starts: Uint32Array.of(0, 2),
    rows: Float32Array.from({ length: 2 * featureCount }, () => random.next()),
    wanted: Uint16Array.of(1),
  })
}
const anyRanker = rankerOf(3)
const variants: Readonly<Record<string, Partial<NeighbourSettings>>> = {
  'as they come': {},
  'few candidates and neighbours': {
    candidatesMax: 25,
    neighboursMax: 7,
    transitionSessionsMax: 9,
  },
  'no transitions': { transitionShare: 0, matchIdf: 0.5, itemIdf: 0 },
  'mostly transitions': { transitionShare: 0.9, transitionLooksMax: 4, behindShare: 0 },
}

function scoresOf(
  next: NextItems,
  session: readonly number[],
  count = itemCount + 20,
): Map<number, number> {
  const scores = new Scores()
  scores.begin(count)
  next.score(session, session.length, 0, scores)
  return new Map(
    Array.from(scores.items.subarray(0, scores.count), (item) => [item, scores.of(item)]),
  )
}

function checkSame(
  actual: Map<number, number>,
  expected: Map<number, number>,
  message: string,
): void {
  for (const [item, score] of expected)
    check.ok(
      Math.abs(score - (actual.get(item) ?? 0)) < 1e-9,
      `${message}: product ${item} has ${actual.get(item)} instead of ${score}`,
    )
  for (const [item, score] of actual)
    check.ok(expected.has(item) || score === 0, `${message}: product ${item} is not to be found`)
}

function pastOf(base: readonly number[][], live: readonly number[][]): PastSession[] {
  const span = Math.max(1, base.length - 1)
  return [
    ...base.map((items, id) => ({
      id,
      items,
      age: Math.fround((base.length - 1 - id) / span),
      isLive: false,
    })),
    ...live.map((items, i) => ({ id: base.length + i, items, age: 0, isLive: true })),
  ]
}

/** Each but one, by its newest look. */
const once = (looks: readonly number[], but = -1): number[] =>
  looks.filter((item, at) => item !== but && looks.lastIndexOf(item) === at)

/** Whether all of it is a part of the other, so that it only finds what was looked at already. */
const isPart = (list: readonly number[], made: readonly number[]): boolean =>
  made.some((_, at) => {
    const since = made.slice(at + 1)
    const all = once(list).filter((item) => !since.includes(item))
    return (
      all.length > 0 && `,${once(made).filter((it) => !since.includes(it))}`.endsWith(`,${all}`)
    )
  })

function liveWith(lists: readonly number[][]): LiveSessions {
  const live = new LiveSessions({ countMax: 500, idleSeconds: 1_800, lengthMax: 32 })
  for (const [person, list] of lists.entries())
    for (const item of list) live.note(person, item, 1_000)
  return live
}

describe('next products', () => {
  for (const [name, changes] of Object.entries(variants))
    for (const [where, baseCount, liveCount] of [
      ['of the index', 300, 0],
      ['of live sessions', 0, 150],
      ['of both', 200, 80],
    ] as const)
      test(`${where}, ${name}: as by the definition`, () => {
        const settings = { ...fullSettings, ...changes }
        for (let seed = 1; seed <= 12; seed++) {
          const random = new Random(seed)
          const base = randomSessions(random, baseCount, itemCount)
          // Some live ones are about products that came after the index was built.
          const live = randomSessions(random, liveCount, itemCount + 15)
          const parts = buildSessionIndex(sessionsOf(base), itemCount)
          const next = new NextItems(parts, liveWith(live), settings)
          const past = pastOf(base, live)
          for (const session of randomSessions(random, 15, itemCount + 15)) {
            // Not one that a live session is the same as: that is taken for the person's own.
            const made = [...session, itemCount - 1 - random.below(5), random.below(itemCount)]
            const last = made.at(-1)!
            const isOwn = live.some(
              (list) =>
                `,${once(made)}`.endsWith(`,${once(list)}`) ||
                `,${once(made.slice(0, -1), last)}`.endsWith(`,${once(list, last)}`),
            )
            if (isOwn || base.some((list) => isPart(list, made))) continue
            const message = `seed ${seed}, session ${made}`
            checkSame(scoresOf(next, made), slowNext(past, itemCount, made, settings), message)
          }
        }
      })

  test('nothing is found for an empty session, or where there are no sessions', () => {
    const parts = buildSessionIndex(sessionsOf([[1, 2]]), 3)
    check.equal(scoresOf(new NextItems(parts), []).size, 0)
    check.equal(scoresOf(new NextItems(emptyIndex(3)), [1, 2]).size, 0)
    check.equal(scoresOf(new NextItems(parts, new LiveSessions()), [17]).size, 0)
  })

  test('a ranker orders the best of the blend anew, the others stay below them in order', () => {
    const random = new Random(11)
    const parts = buildSessionIndex(sessionsOf(randomSessions(random, 800, 100)), 100)
    for (let seed = 1; seed <= 10; seed++) {
      const settings = { ...fullSettings, rankedMax: 12, ranker: rankerOf(seed) }
      const session = [random.below(100), random.below(100)]
      const blended = scoresOf(new NextItems(parts), session, 100)
      const ranked = scoresOf(new NextItems(parts, null, settings), session, 100)
      const inOrder = [...blended.keys()].sort((a, b) => blended.get(b)! - blended.get(a)!)
      const scoreOf = (item: number): number => ranked.get(item)!
      const best = inOrder.slice(0, 12).map(scoreOf)
      const others = inOrder.slice(12).map(scoreOf)
      check.equal(ranked.size, blended.size)
      check.ok(Math.abs(best.reduce((a, b) => a + b, 0) - 1) < 1e-9)
      check.ok(others.every((score) => score > 0 && score <= Math.min(...best)))
      check.deepEqual(
        others.toSorted((a, b) => b - a),
        others,
      )
    }
  })

  test('scores sum up to 1', () => {
    const parts = buildSessionIndex(sessionsOf(randomSessions(new Random(5), 200, 40)), 40)
    const sum = [...scoresOf(new NextItems(parts), [3, 5]).values()].reduce((a, b) => a + b, 0)
    check.ok(Math.abs(sum - 1) < 1e-9, `${sum}`)
  })

  for (const [kind, ranker] of [
    ['blended', null],
    ['ranked', anyRanker],
  ] as const)
    test(`allocates nothing, ${kind}`, () => {
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      const random = new Random(9)
      const parts = buildSessionIndex(sessionsOf(randomSessions(random, 2_000, 200)), 200)
      const live = liveWith(randomSessions(random, 300, 200))
      const next = new NextItems(parts, live, { ...fullSettings, ranker })
      const scores = new Scores()
      const session = Int32Array.of(1, 2, 3, 4)
      const ask = (times: number): void => {
        for (let i = 0; i < times; i++) {
          scores.begin(200)
          session[i & 3] = random.below(200)
          next.score(session, 1 + (i & 3), 0, scores)
        }
      }
      ask(3_000)
      const buffers = process.memoryUsage().arrayBuffers
      const leastBytesMax = 200
      let leastBytes = Number.POSITIVE_INFINITY
      // Until the compiler has got to it, which takes longer on a busy machine, doubles are boxed.
      for (let round = 0; round < 60 && leastBytes >= leastBytesMax; round++) {
        collect()
        const before = process.memoryUsage().heapUsed
        ask(500)
        leastBytes = Math.min(leastBytes, (process.memoryUsage().heapUsed - before) / 500)
      }
      check.ok(leastBytes < leastBytesMax, `${leastBytes} B a request`)
      check.ok(process.memoryUsage().arrayBuffers <= buffers)
    })
})

describe('live sessions', () => {
  test('a product that was published a minute ago is found at the next request', () => {
    const live = new LiveSessions()
    const next = new NextItems(buildSessionIndex(sessionsOf([[0, 1]]), 2), live)
    check.ok(!scoresOf(next, [0]).has(50))
    live.note('ann', 0, 100)
    live.note('ann', 50, 130)
    check.ok(scoresOf(next, [0]).get(50)! > 0)
    check.ok(scoresOf(next, [50]).get(0)! > 0)
  })

  test('a break begins a new session', () => {
    const live = new LiveSessions({ countMax: 10, idleSeconds: 60, lengthMax: 4 })
    live.note(1, 5, 1_000)
    live.note(1, 6, 1_060)
    live.note(1, 7, 1_121)
    check.equal(live.count, 2)
    const next = new NextItems(emptyIndex(10), live)
    check.deepEqual([...scoresOf(next, [9, 5]).keys()].sort(), [5, 6])
  })

  test('one that grows too long goes on as a new one', () => {
    const live = new LiveSessions({ countMax: 10, idleSeconds: 60, lengthMax: 4 })
    for (let item = 0; item < 9; item++) live.note('x', item, 1_000)
    check.equal(live.count, 3)
  })

  test('whoever is forgotten is in nothing any more, and the others stay', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const live = new LiveSessions({ countMax: 64, idleSeconds: 100, lengthMax: 8 })
      const fresh = new LiveSessions({ countMax: 64, idleSeconds: 100, lengthMax: 8 })
      for (let i = 0; i < 150; i++) {
        const person = random.below(12)
        const item = random.below(30)
        live.note(person, item, i)
        if (person % 3 !== 0) fresh.note(person, item, i)
      }
      for (const person of [0, 3, 6, 9]) live.forget(person)
      check.equal(live.forget(3), 0)
      check.equal(live.count, fresh.count, `seed ${seed}`)
      const a = new NextItems(emptyIndex(30), live)
      const b = new NextItems(emptyIndex(30), fresh)
      for (let item = 0; item < 30; item++)
        checkSame(scoresOf(a, [29 - item, item]), scoresOf(b, [29 - item, item]), `seed ${seed}`)
    }
  })

  test('when there are too many, the oldest give way and it says so', () => {
    const live = new LiveSessions({ countMax: 100, idleSeconds: 100, lengthMax: 8 })
    for (let person = 0; person < 250; person++) {
      live.note(person, 1, person)
      live.note(person, 2 + person, person)
    }
    check.equal(live.count, 100)
    check.equal(live.droppedCount, 150)
    const found = scoresOf(new NextItems(emptyIndex(300), live), [299, 1], 300)
    check.ok(!found.has(2 + 149) && found.has(2 + 150) && found.has(2 + 249))
    check.equal(live.forget(3), 0)
    check.equal(live.forget(249), 1)
  })

  test("the person's own session doesn't count, whether its newest look was noted or not", () => {
    const parts = buildSessionIndex(
      sessionsOf([
        [1, 2],
        [1, 3],
      ]),
      5,
    )
    const without = scoresOf(new NextItems(parts, new LiveSessions()), [4, 1])
    const live = new LiveSessions()
    live.note('me', 4, 10)
    checkSame(scoresOf(new NextItems(parts, live), [4, 1]), without, 'not noted')
    live.note('me', 1, 10)
    checkSame(scoresOf(new NextItems(parts, live), [4, 1]), without, 'noted')
  })
})

describe('the index', () => {
  test('lists the newest sessions of each product, newest first, each once', () => {
    const random = new Random(3)
    const lists = randomSessions(random, 500, 40)
    const parts = buildSessionIndex(sessionsOf(lists), 45, { postingsMax: 20 })
    for (let item = 0; item < 45; item++) {
      const all = lists.flatMap((list, id) => (list.includes(item) ? [id] : []))
      const listed = parts.postings.subarray(
        parts.postingStarts[item]!,
        parts.postingStarts[item + 1]!,
      )
      check.deepEqual([...listed], all.reverse().slice(0, 20))
      const idf = all.length === 0 ? 0 : Math.log(500 / all.length)
      check.ok(Math.abs(parts.idf[item]! - idf) < 1e-5)
    }
  })

  test('works the same after it was handed over', () => {
    const lists = randomSessions(new Random(4), 300, itemCount)
    const ends = lists.map((_, i) => 1_000 + i * i)
    const parts = buildSessionIndex(sessionsOf(lists, ends), itemCount)
    const before = scoresOf(new NextItems(parts), [7, 3])
    const bytes = bytesOf(parts)
    const moved = structuredClone(parts, { transfer: transferablesOf(parts) })
    check.equal(bytesOf(parts), 0)
    check.equal(bytesOf(moved), bytes)
    check.deepEqual(scoresOf(new NextItems(moved), [7, 3]), before)
  })

  test('the age of sessions is their time where it is known', () => {
    const lists = [
      [0, 1],
      [0, 2],
      [0, 3],
    ]
    const { blockAges } = buildSessionIndex(sessionsOf(lists, [0, 900, 1_000]), 4)
    check.deepEqual(
      [...blockAges].slice(0, 3).map((age) => age.toFixed(2)),
      ['1.00', '0.10', '0.00'],
    )
    const numbered = buildSessionIndex(sessionsOf(lists), 4).blockAges
    check.deepEqual([...numbered].slice(0, 3), [1, 0.5, 0])
  })
})

describe('cutting', () => {
  const actionsOf = (rows: readonly (readonly [number, number, ActionKind, number])[]): Actions => {
    const people = [...new Set(rows.map(([person]) => person))]
    const starts = [
      ...people.map((person) => rows.findIndex((row) => row[0] === person)),
      rows.length,
    ]
    return {
      count: rows.length,
      personCount: people.length,
      personStarts: Int32Array.from(starts),
      personKeys: Float64Array.from(people),
      item: Int32Array.from(rows, (row) => row[1]),
      kind: Uint8Array.from(rows, (row) => row[2]),
      atSeconds: Uint32Array.from(rows, (row) => row[3]),
      order: new Int32Array(rows.length).fill(-1),
    }
  }
  const { view, cart, purchase } = ActionKind

  test('at breaks and people; sorted by when they ended; those of one product left out', () => {
    const sessions = cutSessions(
      actionsOf([
        [0, 1, view, 5_000],
        [0, 2, view, 5_100],
        [0, 2, cart, 5_200],
        [0, 9, purchase, 5_300],
        [0, 3, view, 9_000],
        [0, 3, view, 9_001],
        [1, 4, view, 100],
        [1, 5, view, 1_900],
        [2, 6, view, 5_250],
      ]),
    )
    check.equal(sessions.count, 2)
    check.deepEqual([...sessions.items], [4, 5, 1, 2, 9])
    check.deepEqual([...sessions.starts], [0, 2, 5])
    check.deepEqual([...sessions.endSeconds], [1_900, 5_300])
    check.deepEqual([...sessions.persons], [1, 0])
    check.ok(sessions.hasTimes)
  })

  test('long ones to their newest part', () => {
    const rows = Array.from({ length: 80 }, (_, i) => [0, i, view, 1_000 + i] as const)
    const { items } = cutSessions(actionsOf(rows), { idleSeconds: 60, lengthMax: 50 })
    check.deepEqual([items.length, items[0], items.at(-1)], [50, 30, 79])
  })

  test('nothing of nothing', () => {
    check.equal(cutSessions(actionsOf([])).count, 0)
  })
})

test('sorting by time keeps what is equal in its order', () => {
  const random = new Random(8)
  const seconds = Uint32Array.from({ length: 3_000 }, () => random.below(50) * 90_000_000)
  const expected = [...seconds.keys()].sort((a, b) => seconds[a]! - seconds[b]! || a - b)
  check.deepEqual([...radixOrder(seconds, 3_000)], expected)
})

test('the best are chosen as by sorting', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed)
    const count = 1 + random.below(60)
    const bestCount = 1 + random.below(count)
    const values = Float64Array.from({ length: count }, () => random.below(8))
    const numbers = Int32Array.from({ length: count }, (_, i) => (i * 7_919) % 1_009)
    const order = new Int32Array(count)
    selectBest(values, numbers, order, count, bestCount)
    const sorted = [...values.keys()].sort(
      (a, b) => values[b]! - values[a]! || numbers[b]! - numbers[a]!,
    )
    check.deepEqual(
      [...order.subarray(0, bestCount)].sort((a, b) => a - b),
      sorted.slice(0, bestCount).sort((a, b) => a - b),
      `seed ${seed}`,
    )
  }
})
