// Goal: a category is found whatever a shop's page, feed or rule puts between its steps. Method: cases, each with the
// one that it is the same as; those of feeds are read as feeds are.
import { describe, expect, test } from 'vitest'
import { plainCategory } from '../../src/base/category.js'

describe('a category', () => {
  test.each([
    ['Shoes > Running'],
    ['shoes/running'],
    ['Shoes | Running'],
    // As pages write where one is, and as the demo shops do.
    ['Shoes › Running'],
    ['Shoes » Running'],
    [' SHOES›running / '],
  ])('%s is Shoes > Running', (category) => {
    expect(plainCategory(category)).toBe('shoes/running')
  })

  test('of signs alone is none', () => {
    expect(plainCategory(' › / > ')).toBe('')
  })
})
