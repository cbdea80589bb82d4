// Goal: diversity does to a list what the marketer is told that it does.
// Method: hand-made lists, of which the categories, brands and prices of two products are the same or not.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { choose, type Finds, idsOf, worldOf } from './world.js'

const scored =
  (scores: Readonly<Record<string, number>>): Finds =>
  () =>
    Object.entries(scores)
const world = (scores: Readonly<Record<string, number>>) =>
  worldOf(
    [
      { id: 'shoe', price: 100, category: 'shoes/running', brand: 'arrow' },
      { id: 'same', price: 100, category: 'shoes/running', brand: 'arrow' },
      { id: 'near', price: 100, category: 'shoes/walking', brand: 'bow' },
      { id: 'bag', price: 400, category: 'bags', brand: 'quiver' },
    ],
    { next: scored(scores) },
  )

function order(scores: Readonly<Record<string, number>>, diversity: number): string {
  const model = world(scores)
  const input = { strategies: ['next' as const], mayBeEmpty: true, rules: { diversity } }
  return idsOf(model, choose(model, input)).join(' ')
}

test('0: by score alone; 1: whatever is least like what is shown', () => {
  const scores = { shoe: 4, same: 3, near: 2, bag: 0.001 }
  check.equal(order(scores, 0), 'shoe same near bag')
  check.equal(order(scores, 1), 'shoe bag near same')
})

test('at 0.3, what is wholly like something shown counts half of its score', () => {
  check.equal(order({ shoe: 10, same: 2, bag: 1.01 }, 0.3), 'shoe bag same')
  check.equal(order({ shoe: 10, same: 2, bag: 0.99 }, 0.3), 'shoe same bag')
})

test('at 0.5, a fifth', () => {
  check.equal(order({ shoe: 10, same: 5, bag: 1.01 }, 0.5), 'shoe bag same')
  check.equal(order({ shoe: 10, same: 5, bag: 0.99 }, 0.5), 'shoe same bag')
})

test('a category beside it, of another brand at the same price, is less than half as like', () => {
  check.equal(order({ shoe: 10, same: 2, near: 1.5 }, 0.3), 'shoe near same')
  check.equal(order({ shoe: 10, same: 2, near: 1.3 }, 0.3), 'shoe same near')
})

test('pins count as shown', () => {
  const model = world({ shoe: 3, bag: 2 })
  const rules = { diversity: 0.5, pins: [{ product: 'same', position: 1 }] }
  const input = { strategies: ['next' as const], mayBeEmpty: true, rules }
  check.equal(idsOf(model, choose(model, input)).join(' '), 'same bag shoe')
})
