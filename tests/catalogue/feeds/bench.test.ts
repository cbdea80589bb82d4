// Goal: the measurement of reading feeds works, and reads each product of what it makes. Method: a small run.
import { expect, test } from 'vitest'
import { benchFeeds } from '../../../bench/feeds.bench.js'

test('measures each dialect that it makes', { timeout: 60_000 }, async () => {
  const lines: string[] = []
  const figures = await benchFeeds(
    { products: 2_000, dialects: ['google-rss', 'google-csv', 'json'] },
    (line) => lines.push(line),
  )
  expect(lines).toHaveLength(3)
  expect(figures.map(({ dialect, products }) => `${products} ${dialect}`)).toEqual([
    '2000 google-rss',
    '2000 google-csv',
    '2000 json',
  ])
})
