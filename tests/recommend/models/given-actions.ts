import { keyOf } from '../../../src/base/key.js'
import type { Random } from '../../../src/base/random.js'
import { ActionKind, type Actions } from '../../../src/recommend/actions.js'
import type { ProductFacts } from '../../../src/recommend/facts.js'
import type { FirstDays } from '../../../src/recommend/models/newest.js'
import type { Query, Source } from '../../../src/recommend/query.js'
import { Scores } from '../../../src/recommend/scores.js'

export interface GivenAction {
  readonly person: string
  readonly item: number
  readonly kind: ActionKind
  readonly atSeconds: number
  readonly order: number
}

/** Persons in the order in which they first come up, each one's rows by time. */
export function actionsOf(given: readonly GivenAction[]): Actions {
  const byPerson = new Map<string, GivenAction[]>()
  for (const action of given) {
    const own = byPerson.get(action.person)
    if (own === undefined) byPerson.set(action.person, [action])
    else own.push(action)
  }
  const rows: GivenAction[] = []
  const starts = [0]
  for (const own of byPerson.values()) {
    for (const action of own.sort((a, b) => a.atSeconds - b.atSeconds)) rows.push(action)
    starts.push(rows.length)
  }
  return {
    count: rows.length,
    personCount: byPerson.size,
    personStarts: Int32Array.from(starts),
    personKeys: Float64Array.from(byPerson.keys(), keyOf),
    item: Int32Array.from(rows, (row) => row.item),
    kind: Uint8Array.from(rows, (row) => row.kind),
    atSeconds: Uint32Array.from(rows, (row) => row.atSeconds),
    order: Int32Array.from(rows, (row) => row.order),
  }
}

/** People who look at this and that, and now and then order some of it. */
export function randomActions(
  random: Random,
  personCount: number,
  itemCount: number,
  spanSeconds: number,
): GivenAction[] {
  const given: GivenAction[] = []
  let order = 0
  for (let p = 0; p < personCount; p++) {
    const person = `p${p}`
    let atSeconds = 1_700_000_000 + random.below(spanSeconds)
    for (let visits = random.below(6); visits >= 0; visits--) {
      atSeconds += random.below(10 * 86_400)
      const taste = random.below(itemCount)
      for (let views = random.below(8); views >= 0; views--) {
        const item = random.chance(0.7)
          ? (taste + random.below(4)) % itemCount
          : random.below(itemCount)
        atSeconds += random.below(300)
        given.push({ person, item, kind: ActionKind.view, atSeconds, order: -1 })
        if (random.chance(0.2))
          given.push({ person, item, kind: ActionKind.cart, atSeconds, order: -1 })
      }
      if (!random.chance(0.5)) continue
      atSeconds += random.below(3_600)
      for (let lines = random.below(4); lines >= 0; lines--)
        given.push({
          person,
          item: (taste + random.below(5)) % itemCount,
          kind: ActionKind.purchase,
          atSeconds,
          order,
        })
      order++
    }
  }
  return given
}

export const noQuery: Query = {
  page: 'home',
  nowSeconds: 1_700_000_000,
  products: [],
  category: -1,
  text: '',
  session: [],
  viewed: [],
  cart: [],
  bought: [],
  boughtAtSeconds: [],
}

const scores = new Scores()
const out = new Int32Array(10_000)

/** What a source finds, best first. */
export function foundBy(
  source: Source,
  query: Partial<Query>,
  itemCount: number,
  countMax = 10,
): number[] {
  scores.begin(itemCount)
  source.gather({ ...noQuery, ...query }, scores)
  return [...out.subarray(0, scores.top(Math.min(countMax, out.length), out))]
}

/** All came at one time. */
export const noDays = (itemCount: number): FirstDays => ({
  added: new Uint32Array(itemCount),
  looked: new Uint32Array(itemCount),
})

/** All listed, in stock, one price; categories, brands and groups as given by item, -1 for none. */
export function factsOf(
  itemCount: number,
  category: (item: number) => number = () => -1,
  brand: (item: number) => number = () => -1,
  group: (item: number) => number = () => -1,
): ProductFacts {
  const of = (value: (item: number) => number): number[] =>
    Array.from({ length: itemCount }, (_, item) => value(item))
  const categoryOf = Int32Array.from(of(category))
  const brandOf = Int32Array.from(of(brand))
  const categoryCount = Math.max(-1, ...categoryOf.subarray(0, 100_000)) + 1
  return {
    flags: new Uint8Array(itemCount).fill(3),
    priceMicros: new Float64Array(itemCount).fill(10_000_000),
    marginShare: new Float32Array(itemCount).fill(-1),
    category: categoryOf,
    group: Int32Array.from(of(group)),
    groupCount: of(group).reduce((most, it) => Math.max(most, it + 1), 0),
    brand: brandOf,
    categories: Array.from({ length: categoryCount }, (_, number) => `c${number}`),
    parent: new Int32Array(categoryCount).fill(-1),
    brands: Array.from(
      { length: Math.max(-1, ...brandOf.subarray(0, 100_000)) + 1 },
      (_, n) => `b${n}`,
    ),
  }
}
