// Goal: a feed that is cut anywhere never gives a product that the whole one doesn't, nor fails otherwise
// than as broken; and how bytes arrive changes nothing. Method: the cases, cut at every byte, and feeds of
// the corpus, cut at seeded places; random pieces; packed ones cut as well.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { inPieces, type Reading, readWhole } from './reading.js'

const seed = Date.now() % 1_000_000
console.info(`cut feeds: seed ${seed}`)
const random = new Random(seed)

const casesFolder = new URL('../../cases/feed/', import.meta.url)
const cases = readdirSync(casesFolder).map((name): [string, Buffer] => {
  const text = readFileSync(new URL(name, casesFolder), 'utf8')
  const { feed, hex } = JSON.parse(text) as { feed: string[]; hex?: string }
  return [name, hex === undefined ? Buffer.from(feed.join('\n')) : Buffer.from(hex, 'hex')]
})
const corpus = new URL('../../../../shared/corpus/feeds/', import.meta.url)
const real = existsSync(corpus)
  ? readdirSync(corpus)
      .filter((name) => name.includes('.'))
      .map((name): [string, Buffer] => [
        name,
        readFileSync(new URL(name, corpus)).subarray(0, 300_000),
      ])
  : []
if (real.length === 0)
  console.warn('FEEDS OF THE CORPUS ARE NOT CUT: there is no ../shared/corpus/feeds')

const isTable = ({ dialect }: Reading): boolean => dialect.endsWith('csv')
const keys = ({ products }: Reading): string[] => products.map((product) => JSON.stringify(product))

/**
 * Of a table nobody can tell whether the last cell of a row without an end is whole: that row may differ.
 */
function expectPartOf(cut: Reading, whole: Reading, where: string): void {
  const given = keys(cut)
  const wanted = new Set(keys(whole))
  const strangers = given.filter((key) => !wanted.has(key))
  if (isTable(cut) && strangers.length === 1) expect(given.at(-1), where).toBe(strangers[0])
  else expect(strangers, where).toEqual([])
}

test.each(cases)('%s, cut at every byte', async (name, bytes) => {
  const whole = await readWhole(bytes)
  // A feed that says nothing of its encoding is guessed at by all of its letters.
  const contentType = `text/plain; charset=${name.startsWith('utf-16') ? 'utf-16le' : 'utf-8'}`
  const step = Math.max(1, Math.ceil(bytes.length / 2_000))
  for (let end = random.below(step); end < bytes.length; end += step)
    expectPartOf(await readWhole(bytes.subarray(0, end), { contentType }), whole, `${end} bytes`)
})

test.runIf(real.length > 0).each(real)(
  '%s, cut anywhere',
  { timeout: 60_000 },
  async (_, bytes) => {
    const whole = await readWhole(bytes)
    for (let round = 0; round < 5; round++) {
      const end = random.below(bytes.length)
      expectPartOf(await readWhole(bytes.subarray(0, end)), whole, `${end} bytes`)
    }
  },
)

test.runIf(real.length > 0).each(real)(
  '%s, in random pieces',
  { timeout: 60_000 },
  async (_, bytes) => {
    const whole = await readWhole(bytes)
    const short = (): number => 1 + random.below(3_000)
    expect(await readWhole(inPieces(bytes, short))).toEqual(whole)
    const some = bytes.subarray(0, 20_000)
    expect(await readWhole(inPieces(some, () => 1 + random.below(7)))).toEqual(
      await readWhole(some),
    )
  },
)

test('a packed feed that is cut off is broken, after the rows before it', async () => {
  const item = (id: number): string =>
    `{"id":"${id}","title":"T${random.next()}","link":"/t","image":"/t.jpg","price":1}\n`
  const packed = gzipSync(Array.from({ length: 5_000 }, (_, id) => item(id)).join(''))
  const reading = await readWhole(packed.subarray(0, packed.length - 100))
  expect(reading.broken).toBe('cut off: the gzip is not whole')
  expect(reading.products.length).toBeGreaterThan(1_000)
  const damaged = Buffer.from(packed)
  damaged.fill(0xff, 3_000, 3_100)
  expect((await readWhole(damaged)).broken).toBe('the gzip is damaged')
})
