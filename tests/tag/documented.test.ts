// Goal: what docs/tag.md promises a shop's developer is what the tag does; what the walk-through shows is there. Method:
// names and sizes are read from the pages, and looked for in the source and the built script.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { eventTypes } from '../../src/people/event.js'
import { tagPath } from './pages.js'

const root = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const page = read('docs/tag.md')

test('every event that pages may tell of is named, and no other', () => {
  const told = eventTypes.filter((type) => type !== 'identify' && type !== 'consent')
  for (const type of [...told, 'view_search_results']) expect(page).toContain(`\`${type}\``)
  const list = /^`page_view`[\s\S]+?\n\n/m.exec(page)![0]
  for (const [, name] of list.matchAll(/`(\w+)`/g))
    expect([...told, 'view_search_results']).toContain(name)
})

test('the script takes all of them', () => {
  const script = readFileSync(tagPath, 'utf8')
  for (const type of eventTypes) expect(script).toContain(type)
})

test('it is as small as the page says', () => {
  const [, plain, packed] = /([\d.]+) KiB of JavaScript, ([\d.]+) KiB as sent/.exec(page)!
  const bytes = readFileSync(tagPath)
  expect(statSync(tagPath).size / 1_024).toBeLessThan(Number(plain) + 0.05)
  expect(gzipSync(bytes, { level: 9 }).length / 1_024).toBeLessThan(Number(packed) + 0.05)
})

test.each(['tag', 'walk-through-cart'])('%s leads to pages and pictures that there are', (name) => {
  for (const [, target] of read(`docs/${name}.md`).matchAll(/\]\((?!https?:)([^)#]+)/g))
    expect(existsSync(new URL(`docs/${target}`, root)), target).toBe(true)
})
