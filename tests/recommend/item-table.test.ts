// Goal: a product's number is its own for good, whatever its id is made of, also in a table that was handed over.
// Method: random ids, many of them alike, compared with a Map; parts that are taken on and added to.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { ItemTable } from '../../src/recommend/item-table.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)

const letters = ['a', 'b', '0', '-', 'ż', '漢', '\u{1f45f}', '\0', ' ']

function randomId(random: Random): string {
  const length = random.chance(0.05) ? 128 : 1 + random.below(4)
  return Array.from({ length }, () => random.pick(letters)).join('')
}

test('as a Map has it, and again after it was handed over', () => {
  console.info(`seed: ${seed}`)
  const random = new Random(seed)
  let table = new ItemTable()
  const known = new Map<string, number>()
  for (let i = 0; i < 60_000; i++) {
    const id = randomId(random)
    check.equal(table.indexOf(id), known.get(id) ?? -1)
    if (random.chance(0.7)) {
      if (!known.has(id)) known.set(id, known.size)
      check.equal(table.add(id), known.get(id))
    }
    if (random.chance(0.0005)) table = new ItemTable(table.parts())
  }
  check.equal(table.count, known.size)
  for (const [id, index] of known) {
    check.equal(table.indexOf(id), index)
    check.equal(table.idOf(index), id)
  }
})

test('what is handed over has little more room than it takes', () => {
  const table = new ItemTable()
  for (let i = 0; i < 100_000; i++) table.add(`product-${i}`)
  const { starts, units } = table.parts()
  check.ok(starts.length < 105_000)
  check.ok(units.length < 1.05 * 'product-12345'.length * 100_000)
})
