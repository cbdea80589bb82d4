// Goal: the models are made of what shops' people did, all of it, in its order, nothing of another shop.
// Method: random events through the writer, read back as columns and compared with a plain list.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import type { EventType } from '../../../src/people/event.js'
import type { Actions } from '../../../src/recommend/actions.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import { kindOfEvent, readActions } from '../../../src/run/recommender/read-actions.js'
import { eventOf, openWorld } from '../../people/people-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
const types: readonly EventType[] = [
  ...(['view_item', 'view_item', 'add_to_cart', 'purchase', 'add_to_wishlist', 'search'] as const),
]
const itemOf = (product: string) => ({
  ...{ product, quantity: 1, priceMicros: 5_000_000, category: '', brand: '', marginShare: -1 },
})

interface Row {
  readonly person: string
  readonly product: string
  readonly kind: number
  readonly atSeconds: number
}

/** Each person's rows, as text: which of two people comes first isn't said. */
function peopleIn(actions: Actions, items: ItemTable): string[] {
  const people: string[] = []
  for (let person = 0; person < actions.personCount; person++) {
    const rows: string[] = []
    for (let row = actions.personStarts[person]!; row < actions.personStarts[person + 1]!; row++)
      rows.push(
        `${items.idOf(actions.item[row]!)} ${actions.kind[row]} ${actions.atSeconds[row]} ${actions.order[row]! >= 0}`,
      )
    people.push(rows.join('\n'))
  }
  return people.sort()
}

function peopleOf(rows: readonly Row[]): string[] {
  const byPerson = new Map<string, Row[]>()
  for (const row of rows) byPerson.set(row.person, [...(byPerson.get(row.person) ?? []), row])
  return Array.from(byPerson.values(), (own) =>
    own
      .sort((a, b) => a.atSeconds - b.atSeconds)
      .map((row) => `${row.product} ${row.kind} ${row.atSeconds} ${row.kind === 3}`)
      .join('\n'),
  ).sort()
}

test('what was logged is read back, each person’s in the order in which it happened', async () => {
  console.info(`seed: ${seed}`)
  const random = new Random(seed)
  const { books, writer } = openWorld()
  const rows: Row[] = []
  for (let i = 0; i < 400; i++) {
    const person = `browser-${random.below(20)}`
    const type = random.pick(types)
    const products = Array.from({ length: 1 + random.below(3) }, () => `p${random.below(30)}`)
    const atSeconds = 1_700_000_000 + random.below(86_400)
    const items = type === 'search' ? [] : products.map(itemOf)
    const more = { items, atMs: atSeconds * 1_000 + random.below(1_000), query: 'shoes' }
    await writer.take('shop', [
      eventOf(type, { anonymousId: person }, { ...more, orderId: `o${i}` }),
    ])
    await writer.take('shop-2', [
      eventOf('view_item', { anonymousId: person }, { items: [itemOf('other')] }),
    ])
    const kind = kindOfEvent[type]
    if (kind !== undefined)
      for (const product of products) rows.push({ person, product, kind, atSeconds })
  }
  const items = new ItemTable()
  const actions = readActions(books.tables, 'shop', items, {
    fromMs: 0,
    countMax: 1e6,
    onUnreadable: check.fail,
  })
  check.equal(actions.count, rows.length)
  check.deepEqual(peopleIn(actions, items), peopleOf(rows))
  check.equal(items.indexOf('other'), -1)

  const fromMs = (1_700_000_000 + 43_200) * 1_000
  const late = readActions(books.tables, 'shop', new ItemTable(), {
    fromMs,
    countMax: 1e6,
    onUnreadable: check.fail,
  })
  check.equal(late.count, rows.filter(({ atSeconds }) => atSeconds * 1_000 >= fromMs).length)

  const few = readActions(books.tables, 'shop', items, {
    fromMs: 0,
    countMax: 100,
    onUnreadable: check.fail,
  })
  check.equal(few.count, 100)
  check.equal(few.personStarts[few.personCount], 100)
  const times = rows.map(({ atSeconds }) => atSeconds).sort((a, b) => b - a)
  check.deepEqual(
    [...few.atSeconds].sort((a, b) => b - a),
    times.slice(0, 100),
  )
})

test('a shop of which nothing is known has no actions', () => {
  const { books } = openWorld()
  const actions = readActions(books.tables, 'shop', new ItemTable(), {
    fromMs: 0,
    countMax: 10,
    onUnreadable: check.fail,
  })
  check.equal(actions.count, 0)
  check.equal(actions.personCount, 0)
  check.deepEqual([...actions.personStarts], [0])
})
