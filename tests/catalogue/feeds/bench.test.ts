// Goal: the measurements of reading feeds and of their way into bids work, and read each product of what is made. Method:
// small runs.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
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

const built = fileURLToPath(new URL('../../../dist/bench/feeds.bench.js', import.meta.url))

test.skipIf(!existsSync(built))('measures how products come into bids', async () => {
  const options = [built, '--bids', '--products', '2000', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, options)
  const figures = JSON.parse(stdout) as Record<string, number>
  expect(figures['products']).toBe(2_000)
  for (const name of [
    'fileBytesPerProduct',
    'firstStartSeconds',
    'nextStartSeconds',
    'workerMegabytes',
  ])
    expect(figures[name], name).toBeGreaterThan(0)
})
