// Goal: set to do as session-rec's vsknn does, our neighbours find what it found: the lists that its authors published
// for their sample of Yoochoose. Method: its weights and definitions (each product of a session once, rarity by clicks,
// k 500, m 5000, quadratic, div, idf 5) given to our code, and to a plain way after vsknn's description; both compared
// with the first 20 of each published list. Products that it scores 0 come in no order that means anything, and
// equal neighbours in that of Python's sets.
import { strict as check } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readSessions } from '../../src/recommend/evaluation/session-files.js'
import { Scores } from '../../src/recommend/scores.js'
import { Candidates } from '../../src/recommend/sessions/candidates.js'
import { History } from '../../src/recommend/sessions/history.js'
import { Neighbours } from '../../src/recommend/sessions/neighbours.js'
import { OwnSessions } from '../../src/recommend/sessions/own-sessions.js'
import { buildSessionIndex } from '../../src/recommend/sessions/session-index.js'
import { fullSettings } from '../../src/recommend/sessions/settings.js'

const folder = new URL('../../../shared/corpus/interactions/yoochoose-100k/', import.meta.url)
const isThere = existsSync(folder)
if (!isThere) console.warn('LISTS OF VSKNN ARE NOT COMPARED: there is no ../shared/corpus')

const [k, m, idfWeight] = [500, 5_000, 5]

interface Published {
  readonly session: number[]
  /** Best first; only products with a score. */
  readonly items: number[]
}

interface World {
  readonly lists: number[][]
  readonly itemCount: number
  /** ln(sessions / clicks). */
  readonly idf: Float32Array
  readonly history: History
  readonly published: readonly Published[]
}

async function readWorld(): Promise<World> {
  const path = (name: string): string => fileURLToPath(new URL(name, folder))
  const { items, sessions } = await readSessions(path('clicks-100k_train_full.tsv.gz'))
  const lists = Array.from({ length: sessions.count }, (_, i) => [
    ...sessions.items.subarray(sessions.starts[i]!, sessions.starts[i + 1]!),
  ])
  const clicks = new Uint32Array(items.count)
  for (const item of sessions.items) clicks[item]!++
  const idf = Float32Array.from(clicks, (count) => Math.log(sessions.count / count))
  const parts = { ...buildSessionIndex(sessions, items.count), idf }
  const read = (name: string): string[] =>
    gunzipSync(readFileSync(new URL(name, folder)))
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(1)
  const clicksOf = new Map<string, number[]>()
  for (const line of read('clicks-100k_test.tsv.gz')) {
    const [session, id] = line.split('\t')
    clicksOf.set(session!, [...(clicksOf.get(session!) ?? []), items.indexOf(id!)])
  }
  const published = read('recoms_vsknn.csv.gz').map((line) => {
    const [session, position, ids, scores] = line.split(';')
    const isScored = scores!.split(',').map((score) => Number(score) > 0)
    return {
      session: clicksOf.get(session!)!.slice(0, Number(position) + 1),
      items: ids!
        .split(',')
        .filter((_, i) => isScored[i])
        .map((id) => items.indexOf(id)),
    }
  })
  return { lists, itemCount: items.count, idf, history: new History(parts), published }
}

describe.skipIf(!isThere)('vsknn', async () => {
  const world = isThere ? await readWorld() : null!

  function compare(topOf: (session: readonly number[]) => readonly number[]): void {
    let sameFirst = 0
    let common = 0
    let total = 0
    for (const { session, items } of world.published) {
      const expected = items.slice(0, 20)
      const actual = topOf(session).slice(0, expected.length)
      if (actual[0] === expected[0]) sameFirst++
      common += expected.filter((item) => actual.includes(item)).length
      total += expected.length
    }
    check.equal(sameFirst, world.published.length)
    check.ok(common >= 0.99 * total, `${common} of ${total}`)
  }

  test('what is compared is there', () => {
    expect(world.published.length).toBe(387)
    check.ok(world.published.every(({ session }) => session.every((item) => item >= 0)))
  })

  test('our code, set to do the same', () => {
    const settings = {
      ...fullSettings,
      candidatesMax: m,
      neighboursMax: k,
      looksMax: 64,
      lengthPower: 0,
      matchIdf: 0,
      recencyDecay: 1e12,
      distanceDecay: 1e12,
      behindShare: 1,
      itemIdf: idfWeight,
    }
    const neighbours = new Neighbours(world.history, settings, {
      position: (distance, length) => ((length - distance) / length) ** 2,
      lastMatch: (distance) => 1 / (distance + 1),
    })
    const candidates = new Candidates()
    const nobodysOwn = new OwnSessions()
    const scores = new Scores()
    const top = new Int32Array(20)
    compare((session) => {
      candidates.begin(world.itemCount)
      scores.begin(world.itemCount)
      neighbours.gather(session, session.length, nobodysOwn, candidates)
      for (let slot = 0; slot < candidates.count; slot++)
        scores.set(candidates.items[slot]!, candidates.neighbours[slot]!)
      return [...top.subarray(0, scores.top(20, top))]
    })
  })

  test('the plain way', () => compare((session) => plainVsknn(world, session)))
})

function plainVsknn({ lists, idf }: World, session: readonly number[]): number[] {
  const weights = new Map(session.map((item, i) => [item, ((i + 1) / session.length) ** 2]))
  const neighbours = lists
    .map((list, id) => ({ id, items: new Set(list) }))
    .filter(({ items }) => session.some((item) => items.has(item)))
    .slice(-m)
    .map(({ id, items }) => {
      const common = [...weights].filter(([item]) => items.has(item))
      return { id, items, similarity: common.reduce((sum, [, weight]) => sum + weight, 0) }
    })
    .sort((a, b) => b.similarity - a.similarity || b.id - a.id)
    .slice(0, k)
  const scores = new Map<number, number>()
  for (const { items, similarity } of neighbours) {
    const step = 1 + session.toReversed().findIndex((item) => items.has(item))
    for (const item of items) {
      const score = (similarity * (1 + idfWeight * idf[item]!)) / step
      scores.set(item, (scores.get(item) ?? 0) + score)
    }
  }
  return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([item]) => item)
}
