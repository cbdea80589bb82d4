// Goal: what one question costs, and what a build takes. Method: a shop made up of as many products as
// MODEL_ITEMS says (a million are wanted; 50,000 unless told), with three times as many actions; times are
// printed and not judged, as the machine may be busy.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ActionKind, type Actions } from '../../../src/recommend/actions.js'
import type { ProductText } from '../../../src/recommend/models/content-build.js'
import { buildModels, bytesOf, modelsFrom } from '../../../src/recommend/models/model-parts.js'
import type { Query } from '../../../src/recommend/query.js'
import { Scores } from '../../../src/recommend/scores.js'
import { factsOf, noDays, noQuery } from './given-actions.js'

const itemCount = Number(process.env['MODEL_ITEMS'] ?? 50_000)
const categoryCount = Math.ceil(itemCount / 500)
const nowSeconds = 1_700_000_000

/** Some products are wanted much more than others. */
const wanted = (random: Random): number => Math.floor(itemCount * random.next() ** 3)

function actions(random: Random): Actions {
  const count = itemCount * 3
  const personCount = Math.ceil(count / 12)
  const rows = {
    personStarts: new Int32Array(personCount + 1),
    item: new Int32Array(count),
    kind: new Uint8Array(count),
    atSeconds: new Uint32Array(count),
    order: new Int32Array(count).fill(-1),
  }
  for (let person = 0; person < personCount; person++) {
    const start = person * 12
    const end = Math.min(count, start + 12)
    rows.personStarts[person + 1] = end
    const began = nowSeconds - 90 * 86_400 + random.below(80 * 86_400)
    const taste = wanted(random)
    for (let row = start; row < end; row++) {
      const isOrder = row >= end - 3 && person % 3 === 0
      rows.item[row] = random.chance(0.7) ? (taste + random.below(30)) % itemCount : wanted(random)
      rows.kind[row] = isOrder ? ActionKind.purchase : ActionKind.view
      rows.atSeconds[row] =
        began + (row - start) * 3_600 * (isOrder ? 0 : 1) + (isOrder ? 50_000 : 0)
      if (isOrder) rows.order[row] = person
    }
  }
  const personKeys = Float64Array.from({ length: personCount }, (_, person) => person)
  return { count, personCount, personKeys, ...rows }
}

function* texts(random: Random): Generator<ProductText> {
  for (let item = 0; item < itemCount; item++) {
    let title = `make${Math.floor(item / 40)}`
    for (let i = 0; i < 6; i++) title += ` word${Math.floor(60_000 * random.next() ** 4)}`
    yield { item, title: `${title} ${item % 40}`, link: `https://shop.example/p/${item}` }
  }
}

test(`speed: sources with ${itemCount} products`, { timeout: 300_000 }, () => {
  const random = new Random(5)
  const facts = factsOf(
    itemCount,
    (item) => item % categoryCount,
    (item) => item % 997,
  )
  const given = actions(random)
  const began = performance.now()
  const parts = buildModels({
    actions: given,
    itemCount,
    facts,
    texts: texts(random),
    nowSeconds,
    firstDays: noDays(itemCount),
  })
  console.log(`built in ${Math.round(performance.now() - began)} ms`, bytesOf(parts))
  const models = modelsFrom(parts, facts)
  const queries: Query[] = Array.from({ length: 500 }, () => {
    const list = (count: number): number[] => Array.from({ length: count }, () => wanted(random))
    const bought = list(10)
    return {
      ...noQuery,
      nowSeconds,
      products: list(1),
      text: `word${random.below(2_000)} make${random.below(itemCount / 40)} wrod${random.below(99)}`,
      session: list(5),
      viewed: list(20),
      cart: list(3),
      bought,
      boughtAtSeconds: bought.map(() => nowSeconds - random.below(90 * 86_400)),
    }
  })
  const scores = new Scores()
  for (const [name, source] of Object.entries(models.sources)) {
    // Of each question the quickest of its rounds: others work on the machine at the same time.
    const times = new Array<number>(queries.length).fill(Number.POSITIVE_INFINITY)
    let foundCount = 0
    for (let round = 0; round < 6; round++)
      for (const [index, query] of queries.entries()) {
        const start = performance.now()
        scores.begin(itemCount)
        source.gather(query, scores)
        times[index] = Math.min(times[index]!, (performance.now() - start) * 1_000)
        foundCount += scores.count
      }
    times.sort((a, b) => a - b)
    const at = (share: number): string => times[Math.floor(times.length * share)]!.toFixed(1)
    const found = (foundCount / queries.length / 6).toFixed(1)
    console.log(`${name}: p50 ${at(0.5)} p90 ${at(0.9)} p99 ${at(0.99)} µs, finds ${found}`)
  }
  const start = performance.now()
  for (let i = 0; i < 20_000; i++)
    models.popularity.note(wanted(random), ActionKind.view, nowSeconds + i)
  console.log(`note: ${((performance.now() - start) / 20).toFixed(2)} µs`)
  check.ok(scores.count >= 0)
})
