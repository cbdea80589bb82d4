// Goal: next products are those of the definition where there are too many sessions to know the age of each. Method:
// thousands of random sessions at odd times (the seed is in the message), held against a slow, plain way; the same
// input twice makes the same bytes.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { Scores } from '../../src/recommend/scores.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import {
  buildSessionIndex,
  type SessionIndexParts,
} from '../../src/recommend/sessions/session-index.js'
import { fullSettings } from '../../src/recommend/sessions/settings.js'
import { randomSessions, sessionsOf } from './sessions-random.js'
import { type PastSession, slowNext } from './sessions-slow-next.js'

/** Of blocks that are as large as they have to be: a power of two, so that there are less than 4,096. */
const blockLengthOf = (count: number): number => 2 ** Math.max(0, Math.floor(Math.log2(count)) - 11)

function agesOf(ends: readonly number[], blockLength: number): number[] {
  const first = ends[0]!
  const last = ends.at(-1)!
  return ends.map((_, id) => {
    const block = Math.floor(id / blockLength) * blockLength
    const middle = Math.min(ends.length - 1, block + Math.floor(blockLength / 2))
    return Math.fround((last - ends[middle]!) / Math.max(1, last - first))
  })
}

function checkAll(count: number, itemCount: number, seed: number, isAtOnce: boolean): void {
  const random = new Random(seed)
  const lists = randomSessions(random, count, itemCount)
  let atSeconds = 1_750_000_000
  const ends = lists.map(() => {
    atSeconds += isAtOnce ? 0 : Math.floor(random.next() ** 8 * 50_000)
    return atSeconds
  })
  const ages = agesOf(ends, blockLengthOf(count))
  const past: PastSession[] = lists.map((items, id) => ({
    ...{ id, items, age: ages[id]!, isLive: false },
  }))
  const settings = { ...fullSettings, candidatesMax: 300, neighboursMax: 90 }
  const next = new NextItems(buildSessionIndex(sessionsOf(lists, ends), itemCount), null, settings)
  const scores = new Scores()
  for (const session of randomSessions(random, 4, itemCount)) {
    scores.begin(itemCount)
    next.score(session, session.length, 0, scores)
    const expected = slowNext(past, itemCount, session, settings)
    for (const [item, score] of expected)
      check.ok(
        Math.abs(scores.of(item) - score) < 1e-7,
        `seed ${seed}, session ${session}: product ${item} has ${scores.of(item)} instead of ${score}`,
      )
    check.ok(scores.count === expected.size, `seed ${seed}, session ${session}`)
  }
}

for (const count of [4_095, 4_096, 4_097, 8_191, 8_192, 20_000])
  test(`${count} sessions: the age of a block stands for those of its sessions`, () => {
    checkAll(count, 400, count, false)
  })

test('that all ended at one moment are as new as each other', () => {
  checkAll(5_000, 200, 1, true)
})

test('the same sessions make the same bytes', () => {
  const made = (): SessionIndexParts => {
    const random = new Random(3)
    const lists = randomSessions(random, 9_000, 500)
    return buildSessionIndex(
      sessionsOf(
        lists,
        lists.map((_, i) => 1_750_000_000 + i * 7),
      ),
      500,
    )
  }
  check.deepEqual(made(), made())
})
