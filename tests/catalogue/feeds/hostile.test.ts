// Goal: no feed takes more memory or time than its length deserves, and none gets anything done but being
// read. Method: what is known to bring parsers down, given as it comes, with memory watched.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readWhole } from './reading.js'

const megabyte = 1_000_000
const memoryMax = 250 * megabyte

/** @param parts texts, each as often as it says. */
async function* made(
  ...parts: readonly (readonly [text: string, count: number])[]
): AsyncGenerator<Uint8Array> {
  for (const [text, count] of parts) {
    const each = Math.max(1, Math.floor(megabyte / text.length))
    const many = Buffer.from(text.repeat(Math.min(each, count)))
    for (let left = count; left > 0; left -= each)
      yield left >= each ? many : Buffer.from(text.repeat(left))
  }
}

const opening = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
const item = (id: string): string =>
  `<item><g:id>${id}</g:id><g:title>T</g:title><g:link>/t</g:link><g:image_link>/t.jpg</g:image_link><g:price>1 PLN</g:price></item>\n`
const closing = '</channel></rss>'
const object = (id: string): string =>
  `{"id":"${id}","title":"T","link":"/t","image":"/t.jpg","price":1}`

interface Hostile {
  readonly feed: AsyncIterable<Uint8Array> | Uint8Array
  readonly products: number
  readonly refused?: readonly string[]
  readonly broken?: RegExp
}
const hundred = 100 * megabyte
const hostile: Readonly<Record<string, () => Hostile>> = {
  'a tag of 100 MB': () => ({
    feed: made([opening, 1], [item('1'), 1], ['<a', 1], ['x', hundred], ['>', 1], [closing, 1]),
    products: 1,
    broken: /a tag, comment or CDATA has no end/,
  }),
  'an attribute of 100 MB': () => ({
    feed: made([opening, 1], [item('1'), 1], ['<a b="', 1], ['x', hundred], ['"/>', 1]),
    products: 1,
    broken: /has no end/,
  }),
  'attributes of 100 MB': () => ({
    feed: made([opening, 1], [item('1'), 1], ['<a ', 1], ['b="" ', hundred / 5], ['/>', 1]),
    products: 1,
    broken: /has no end/,
  }),
  'a comment of 100 MB': () => ({
    feed: made([opening, 1], ['<!-- ', 1], ['x', hundred], ['-->', 1], [closing, 1]),
    products: 0,
    broken: /has no end/,
  }),
  'a text of 100 MB': () => ({
    feed: made(
      [opening, 1],
      ['<item><g:id>1</g:id><g:title>', 1],
      ['x', hundred],
      ['</g:title></item>', 1],
      [item('2'), 1],
      [closing, 1],
    ),
    products: 1,
    refused: ['1  too_long'],
  }),
  'elements 1,000,000 deep': () => ({
    feed: made([opening, 1], [item('1'), 1], ['<a>', megabyte]),
    products: 1,
    broken: /more than 100 deep/,
  }),
  'a million elements in a row': () => ({
    feed: made(
      [opening, 1],
      ['<item><g:id>1</g:id>', 1],
      ['<g:title>T</g:title>', megabyte],
      ['</item>', 1],
      [item('2'), 1],
      [closing, 1],
    ),
    products: 1,
    refused: ['1  too_long'],
  }),
  'a table whose line never ends': () => ({
    feed: made(['id,title,link,image_link,price\n1,', 1], ['x', hundred]),
    products: 0,
    refused: ['2  too_long'],
  }),
  'a million columns': () => ({
    feed: made(
      ['id,title,link,image_link,price', 1],
      [',x', megabyte / 10],
      ['\n1,T,/t,/t.jpg,1\n', 1],
    ),
    products: 1,
  }),
  'JSON lists 1,000,000 deep': () => ({
    feed: made(['[', megabyte]),
    products: 0,
    broken: /more than 100 deep/,
  }),
  'JSON lists 400,000 deep in a row': () => ({
    feed: made([`[{"id":`, 1], ['[', 400_000], [']', 400_000], [`},${object('2')}]`, 1]),
    products: 1,
    refused: ['1  no_id'],
  }),
  'a JSON text of 100 MB': () => ({
    feed: made(['[{"id":"1","title":"', 1], ['x', hundred], [`"},${object('2')}]`, 1]),
    products: 1,
    refused: ['1  too_long'],
  }),
  'a JSON key of 100 MB': () => ({
    feed: made(['{"', 1], ['x', hundred], [`":[],"products":[${object('2')}]}`, 1]),
    products: 1,
  }),
  'a JSON line of 100 MB': () => ({
    feed: made([`${object('1')}\n`, 1], ['x', hundred], [`\n${object('2')}`, 1]),
    products: 2,
    refused: ['2  too_long'],
  }),
  zeros: () => ({
    feed: made(['\0', hundred]),
    products: 0,
    broken: /no feed/,
  }),
  'a bomb of gzip': () => ({
    feed: gzipSync(`[${' '.repeat(50 * megabyte)}`),
    products: 0,
    broken: /the feed is longer than 20000000 bytes/,
  }),
}

test.each(Object.entries(hostile))('%s', { timeout: 60_000 }, async (name, make) => {
  const { feed, products, refused = [], broken = /^$/ } = make()
  const before = process.memoryUsage().rss
  const bytesMax = name.includes('bomb') ? 20 * megabyte : 200 * megabyte
  const reading = await readWhole(feed, { rowBytesMax: megabyte, bytesMax })
  expect(process.memoryUsage().rss - before).toBeLessThan(memoryMax)
  expect(reading.products).toHaveLength(products)
  expect(reading.refused).toEqual(refused)
  expect(reading.broken).toMatch(broken)
})

test('nothing that a row says reaches the prototypes of objects', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
  const json = `[{${names.map((name) => `"${name}":{"id":"9","polluted":true}`).join(',')},${object('1').slice(1)}]`
  const csv = `${names.join(',')},id,title,link,image,price\n${names.join(',')},1,T,/t,/t.jpg,1\n`
  const attributes = names.map((name) => `${name}="x"`).join(' ')
  const elements = names.map((name) => `<${name}>x</${name}>`).join('')
  const xml = `${opening}${item('1').replace('<item>', `<item ${attributes}>${elements}`)}${closing}`
  for (const feed of [json, csv, xml]) {
    const { products, refused } = await readWhole(feed)
    expect(refused).toEqual([])
    expect(products.map(({ id }) => id)).toEqual(['1'])
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('whoever stops reading has the source given up', async () => {
  let isGivenUp = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('[')
      for (;;) yield Buffer.from(`${object('1')},`)
    } finally {
      isGivenUp = true
    }
  }
  const { readFeed } = await import('../../../src/catalogue/feeds/read-feed.js')
  const { feedOptions } = await import('./reading.js')
  const { rows } = await readFeed(endless(), feedOptions)
  for await (const row of rows) if (row.kind === 'product') break
  expect(isGivenUp).toBe(true)
})

test('what fails in the source comes out as it is', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 5_000; count++) yield Buffer.from(`${object('1')}\n`)
    throw new Error('the line was cut')
  }
  await expect(readWhole(failing())).rejects.toThrow('the line was cut')
})
