// Goal: a JSON object is read piece by piece just as JSON.parse reads it whole, wherever it was cut into
// chunks, and what isn't one is refused. Method: seeded objects and seeded damage, compared with
// JSON.parse; every way to cut short ones in two.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { jsonPieces, NotReadable } from '../../src/collect/json-pieces.js'

const limits = { memberBytesMax: 10_000, itemBytesMax: 1_000 }

async function read(chunks: readonly Buffer[], usual = limits): Promise<object> {
  const whole: [string, unknown][] = []
  let list: unknown[] | null = null
  async function* source() {
    yield* chunks
  }
  for await (const { name, index, value } of jsonPieces(source(), 'list', usual)) {
    if (index < 0) whole.push([name, value])
    else {
      if (list === null) {
        list = []
        whole.push([name, list])
      }
      expect(index).toBe(list.length)
      list.push(value)
    }
  }
  return Object.fromEntries(whole)
}

const seed = Date.now() % 1e9
const random = new Random(seed)
const pick = <T>(all: readonly T[]): T => all[random.below(all.length)]!
const words = ['a', 'ż€😀', '"', '\\', '{', '}', '[', ']', ',', ':', '\n', 'list', '']
const texts = (): string => Array.from({ length: random.below(4) }, () => pick(words)).join('')

function value(depth: number): unknown {
  const kind = random.below(depth > 4 ? 4 : 6)
  if (kind === 0) return texts()
  if (kind === 1) return random.below(1_000) - 500.5
  if (kind === 2) return pick([true, false, null])
  if (kind === 3) return []
  const items = Array.from({ length: random.below(4) }, () => value(depth + 1))
  return kind === 4 ? items : Object.fromEntries(items.map((it, i) => [`${texts()}${i}`, it]))
}

/** With blanks where JSON may have them. */
const written = (it: unknown): string => JSON.stringify(it, null, pick([0, 1, '\t']))

function cut(text: string): Buffer[] {
  const bytes = Buffer.from(text)
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(pick([2, 20, 200]))
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return chunks
}

test(`any object, cut anywhere (seed ${seed})`, async () => {
  for (let i = 0; i < 3_000; i++) {
    const members: [string, unknown][] = Array.from({ length: random.below(4) }, (_, n) => [
      `${texts()}-${n}`,
      value(0),
    ])
    const list = Array.from({ length: random.below(5) }, () => value(1))
    // An empty list gives no items, so that nothing is said of it.
    if (list.length > 0) members.splice(random.below(members.length + 1), 0, ['list', list])
    const object = Object.fromEntries(members)
    expect(await read(cut(written(object)))).toEqual(object)
  }
})

test(`damage is refused, or is none to JSON.parse either (seed ${seed})`, async () => {
  let refused = 0
  for (let i = 0; i < 5_000; i++) {
    const list = Array.from({ length: 1 + random.below(3) }, () => value(2))
    const text = written({ a: value(1), list, b: value(1) })
    const at = random.below(text.length)
    const damage = pick(['', ',', ':', '"', '{', '}', '[', ']', 'x', ' ', '\\'])
    const damaged = text.slice(0, at) + damage + text.slice(at + random.below(2))
    let whole: unknown
    try {
      whole = JSON.parse(damaged)
    } catch {
      whole = undefined
    }
    const outcome = await read(cut(damaged)).catch((error: unknown) => error)
    const says = `${damaged} of ${text}`
    if (whole === undefined) {
      refused++
      expect(outcome, says).toBeInstanceOf(NotReadable)
    } else expect(outcome, says).not.toBeInstanceOf(NotReadable)
  }
  expect(refused).toBeGreaterThan(1_000)
})

test('every way to cut it in two', async () => {
  const object = { a: 'ż"\\{', list: [{ p: [1, 'ż]'] }, '😀', [[]]], b: [{}] }
  const bytes = Buffer.from(JSON.stringify(object))
  for (let at = 0; at <= bytes.length; at++) {
    expect(await read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(object)
    if (at < bytes.length) await expect(read([bytes.subarray(0, at)])).rejects.toThrow(NotReadable)
  }
})

test.each([
  ['', 'body: is cut off'],
  ['[]', 'body: must be one JSON object'],
  ['5', 'body: is cut off'],
  ['{} {}', 'body: must be one JSON object'],
  ['{} x', 'body: goes on after its end'],
  ['{"a": 1,}', 'body: is not JSON'],
  ['{"list": [1,]}', 'list[1]: is not JSON'],
  ['{"list": [1, {"a": }]}', 'list[1]: is not JSON'],
  ['{"list": [1] 5}', 'body: is not JSON'],
  ['{"list": [1] "a": 5}', 'body: is not JSON'],
  [`{"a": ${'['.repeat(100_000)}`, 'body: is nested too deeply'],
  [`{"list": [${'{"a":'.repeat(100)}`, 'list[0]: is nested too deeply'],
  [`{"list": ["${'x'.repeat(2_000)}`, 'list[0]: is over 1000 bytes'],
  [`{"a": "${'x'.repeat(20_000)}`, 'body: is over 10000 bytes'],
])('refused (%#)', async (text, message) => {
  await expect(read([Buffer.from(text)])).rejects.toThrow(message)
})

test('what isn’t UTF-8 is refused', async () => {
  await expect(read([Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])])).rejects.toThrow(
    'is not UTF-8',
  )
})

test('a byte order mark is no mistake, and an empty list no item', async () => {
  expect(await read([Buffer.from('\ufeff {"a": 1, "list": [ ], "b": 2}')])).toEqual({ a: 1, b: 2 })
})
