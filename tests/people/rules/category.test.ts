// Goal: categories are the same however a shop writes them, and a name that only begins alike is another one. Method:
// the reading letter by letter beside the comparison of plain forms, on random spellings.
import { expect, test } from 'vitest'
import { plainCategory } from '../../../src/base/category.js'
import { Random } from '../../../src/base/random.js'
import { isBelow, isPlainBelow } from '../../../src/people/rules/category.js'

test('categories: read letter by letter they are what their plain forms are', () => {
  const pieces = [
    'shoes',
    'Shoes',
    'SHOES',
    'bag',
    'Żółte',
    'żółte',
    'z\u0307o\u0301łte',
    'é',
    'e\u0301',
    'e',
  ]
  const marks = [' > ', '/', '>', ' | ', ' › ', '»', ' ', '  ', '//', '', '\t>']
  let belowCount = 0
  for (let seed = 1; seed <= 30_000; seed++) {
    const random = new Random(seed)
    const spelling = (): string =>
      Array.from({ length: random.below(4) }, () => random.pick(pieces) + random.pick(marks)).join(
        '',
      )
    const category = `${random.chance(0.2) ? random.pick(marks) : ''}${spelling()}`
    const top = plainCategory(random.chance(0.5) ? category.slice(0, random.below(20)) : spelling())
    if (top === '') continue
    const expected = isPlainBelow(plainCategory(category), top)
    if (expected) belowCount++
    if (isBelow(category, top) !== expected)
      expect.fail(
        `seed ${seed}: ${JSON.stringify(category)} below ${JSON.stringify(top)}: ${expected}`,
      )
  }
  expect(belowCount).toBeGreaterThan(1_000)
})
