// Goal: what came since the build is recommended as if it had been built; whose visit it is makes no difference to what
// they are shown, however they go back and forth. Method: random visits (the seed is in the message), those of the one
// half built and the other live, against all of them built; where visits begin and end, against how a log is cut.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { ActionKind } from '../../src/recommend/actions.js'
import { Scores } from '../../src/recommend/scores.js'
import { cutSessions } from '../../src/recommend/sessions/cut-sessions.js'
import { History } from '../../src/recommend/sessions/history.js'
import { LiveSessions, liveDefaults } from '../../src/recommend/sessions/live-sessions.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import { buildSessionIndex, emptyIndex } from '../../src/recommend/sessions/session-index.js'
import { fullSettings, type NeighbourSettings } from '../../src/recommend/sessions/settings.js'
import { actionsOf } from './models/given-actions.js'
import { randomSessions, sessionsOf } from './sessions-random.js'

const itemCount = 80

function scoresOf(next: NextItems, session: readonly number[]): Map<number, number> {
  const scores = new Scores()
  scores.begin(itemCount)
  next.score(session, session.length, 0, scores)
  return new Map(
    Array.from(scores.items.subarray(0, scores.count), (item) => [item, scores.of(item)]),
  )
}

function checkSame(a: Map<number, number>, b: Map<number, number>, message: string): void {
  for (const item of new Set([...a.keys(), ...b.keys()]))
    check.ok(
      Math.abs((a.get(item) ?? 0) - (b.get(item) ?? 0)) < 1e-9,
      `${message}: product ${item} has ${a.get(item)}, and ${b.get(item)}`,
    )
}

/** As if it were built, but for what only a build knows: how old a visit is, and how rare a product. */
const knowsNoAge: NeighbourSettings = {
  ...fullSettings,
  recencyDecay: 1e12,
  transitionRecencyDecay: 1e12,
  matchIdf: 0,
  itemIdf: 0,
}

describe('what came since the build', () => {
  for (const [name, settings] of Object.entries({
    'few visits': { ...knowsNoAge, candidatesMax: 20_000, transitionSessionsMax: 20_000 },
    'the newest of many': { ...knowsNoAge, looksMax: 1, candidatesMax: 30, neighboursMax: 9 },
  }))
    test(`is as if it were built: ${name}`, () => {
      for (let seed = 1; seed <= 25; seed++) {
        const random = new Random(seed)
        const all = randomSessions(random, 260, itemCount).filter(
          (it) => it.length <= liveDefaults.lengthMax && new Set(it).size > 1,
        )
        const half = random.below(all.length)
        const live = new LiveSessions()
        for (const [person, visit] of all.slice(half).entries())
          for (const item of visit) live.note(person, item, 1_000)
        const mixed = new NextItems(
          buildSessionIndex(sessionsOf(all.slice(0, half)), itemCount),
          live,
          settings,
        )
        const built = new NextItems(buildSessionIndex(sessionsOf(all), itemCount), null, settings)
        for (const visit of randomSessions(random, 20, itemCount)) {
          const session = [...visit, itemCount - 1, itemCount - 2]
          // One that is a part of it is taken for the person's own.
          if (all.some((list) => list.every((item) => session.includes(item)))) continue
          checkSame(scoresOf(mixed, session), scoresOf(built, session), `seed ${seed}, ${session}`)
        }
      }
    })
})

describe('visits', () => {
  const breakSeconds = liveDefaults.idleSeconds
  const { view, cart } = ActionKind
  type Deed = readonly [person: number, item: number, kind: ActionKind, atSeconds: number]

  /** Those with two products, as text. */
  const liveOf = (deeds: readonly Deed[]): readonly string[] => {
    const live = new LiveSessions()
    for (const [person, item, kind, atSeconds] of deeds)
      live.note(person, item, atSeconds, kind === view)
    const history = new History(emptyIndex(itemCount), live)
    return Array.from({ length: live.capacity }, (_, place) => {
      history.read(place)
      return [...history.items.subarray(history.start, history.end)]
    })
      .filter((it) => new Set(it).size > 1)
      .map(String)
      .sort()
  }
  const cutOf = (deeds: readonly Deed[]): readonly string[] => {
    const { count, starts, items } = cutSessions(
      actionsOf(
        deeds.map(([person, item, kind, atSeconds]) => ({
          ...{ person: `${person}`, item, kind, atSeconds, order: -1 },
        })),
      ),
    )
    return Array.from(
      { length: count },
      (_, i) => `${items.slice(starts[i]!, starts[i + 1]!)}`,
    ).sort()
  }

  test('begin and end live as they are cut of the log', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const deeds: Deed[] = []
      let atSeconds = 1_700_000_000
      for (let i = 0; i < 400; i++) {
        const person = random.below(8)
        const isBreak = random.chance(0.2)
        atSeconds += isBreak ? breakSeconds + random.below(2) : random.below(300)
        deeds.push([person, random.below(5), random.chance(0.5) ? view : cart, atSeconds])
      }
      check.deepEqual(liveOf(deeds), cutOf(deeds), `seed ${seed}`)
    }
  })

  test('what is done with a product of yesterday is a look of today', () => {
    const deeds: Deed[] = [
      [1, 5, view, 1_000],
      [1, 5, cart, 90_000],
      [1, 6, view, 90_100],
    ]
    check.deepEqual(liveOf(deeds), ['5,6'])
  })

  test('go on while something is done with what was looked at', () => {
    const deeds: Deed[] = [
      [1, 5, view, 1_000],
      [1, 5, cart, 1_000 + breakSeconds],
      [1, 6, view, 1_000 + 2 * breakSeconds],
    ]
    check.deepEqual(liveOf(deeds), ['5,6'])
  })

  test('an order of last year that is told now is no part of the visit that goes on', () => {
    const now = 1_700_000_000
    const deeds: Deed[] = [
      [1, 5, view, now],
      [1, 70, ActionKind.purchase, now - 86_400 * 300],
      [1, 71, ActionKind.purchase, now - 86_400 * 300],
      [1, 6, view, now + 60],
      [1, 7, view, now - 60],
    ]
    check.deepEqual(liveOf(deeds), ['5,6,7', '70,71'])
  })
})

describe("the person's own visit", () => {
  /** As pages know it: each product once, by its newest look. */
  const visitOf = (looks: readonly number[]): number[] =>
    looks.filter((item, at) => looks.lastIndexOf(item) === at)

  for (const [why, looks] of Object.entries({
    'a page that is loaded twice': [4, 4, 1],
    'and again at the end': [4, 1, 1],
    'back to the one before': [4, 1, 4],
    'back and on': [4, 1, 4, 2],
    'back and forth': [4, 1, 4, 1, 3, 1, 2],
    'far back': [4, 1, 2, 3, 5, 4, 6],
  }))
    test(`finds nothing of itself: ${why}`, () => {
      const others = [
        [1, 7],
        [4, 8],
        [2, 9],
        [6, 10],
      ]
      const parts = buildSessionIndex(sessionsOf(others), itemCount)
      const without = new NextItems(parts, new LiveSessions())
      const live = new LiveSessions()
      const withOwn = new NextItems(parts, live)
      for (const [at, item] of looks.entries()) {
        const session = visitOf(looks.slice(0, at + 1))
        // The page asks before the event of its look is there.
        checkSame(scoresOf(withOwn, session), scoresOf(without, session), `before ${at}`)
        live.note('me', item, 10)
        checkSame(scoresOf(withOwn, session), scoresOf(without, session), `after ${at}`)
      }
    })

  test('finds nothing of itself after a build that has a part of it', () => {
    const others = [
      [1, 7],
      [4, 8],
      [2, 9],
    ]
    const visits = [
      [4, 1, 2],
      [4, 1, 2, 4],
      [1, 1, 4, 1, 2],
    ]
    for (const visit of visits) {
      const without = new NextItems(
        buildSessionIndex(sessionsOf([[70, 71], ...others]), itemCount),
        new LiveSessions(),
        knowsNoAge,
      )
      const live = new LiveSessions()
      const withOwn = new NextItems(
        buildSessionIndex(sessionsOf([visit, ...others]), itemCount),
        live,
        knowsNoAge,
      )
      const looks = [...visit]
      for (const item of [2, 1, 6, 5]) {
        looks.push(item)
        const session = visitOf(looks)
        checkSame(
          scoresOf(withOwn, session),
          scoresOf(without, session),
          `${visit}: before ${item}`,
        )
        live.note('me', item, 10)
        checkSame(scoresOf(withOwn, session), scoresOf(without, session), `${visit}: after ${item}`)
      }
    }
  })

  test('a built one that has something else, too, counts', () => {
    const parts = buildSessionIndex(sessionsOf([[5, 4, 1]]), itemCount)
    const next = new NextItems(parts, new LiveSessions())
    check.ok(scoresOf(next, [4, 1, 2]).get(5)! > 0)
    check.ok(scoresOf(next, [4, 1]).get(5)! > 0)
  })

  test("another person's that is as short, or another way, counts", () => {
    const live = new LiveSessions()
    for (const item of [3, 4, 1, 2]) live.note('other', item, 10)
    const next = new NextItems(emptyIndex(itemCount), live)
    check.ok(scoresOf(next, [4, 1]).get(2)! > 0)
    check.ok(scoresOf(next, [5, 6, 1]).get(2)! > 0)
    check.ok(scoresOf(next, [1]).get(2)! > 0)
  })
})
