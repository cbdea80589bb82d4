// Goal: what is looked at next is known wherever anything is known: the visit, else what the page is about, else what is
// in the cart, as on a cart's page of somebody who doesn't want to be known. Method: a few visits by hand.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { FilledQuery } from '../../src/recommend/choose/query-of.js'
import { Scores } from '../../src/recommend/scores.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import { buildSessionIndex } from '../../src/recommend/sessions/session-index.js'
import { sessionsOf } from './sessions-random.js'

const visits = [
  [0, 10],
  [1, 11],
  [2, 12],
  [3, 13],
]
const next = new NextItems(buildSessionIndex(sessionsOf(visits), 20))

function foundFor(known: Partial<FilledQuery>): number[] {
  const scores = new Scores()
  scores.begin(20)
  next.gather(Object.assign(new FilledQuery(), known), scores)
  return [...scores.items.subarray(0, scores.count)]
    .sort((a, b) => scores.of(b) - scores.of(a))
    .filter((it) => it >= 10)
}

test('by the visit, whatever else there is', () => {
  check.deepEqual(foundFor({ session: [0], products: [1], cart: [2] }), [10])
})

test('else by what the page is about', () => {
  check.deepEqual(foundFor({ products: [1], cart: [2] }), [11])
})

test('else by what is in the cart, most by what was put in last', () => {
  check.deepEqual(foundFor({ cart: [3, 2, 0] }), [13, 12, 10])
  check.deepEqual(foundFor({ cart: [0, 2, 3] }), [10, 12, 13])
})

test('a cart of a hundred products asks by those that were put in last', () => {
  const cart = [3, ...Array.from({ length: 99 }, () => 19)]
  check.deepEqual(foundFor({ cart }), [13])
})

test('by nothing nothing is found', () => {
  check.deepEqual(foundFor({}), [])
})
