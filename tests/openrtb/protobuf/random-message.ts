import type { Random } from '../../../src/base/random.js'
import { fieldsOf, messages } from '../../../src/openrtb/protobuf/schema.js'
import type { Json } from './corpus.js'

const nativeText = JSON.stringify({
  native: { ver: '1.1', assets: [{ id: 1, required: 1, title: { len: 50 } }] },
})
const texts = [
  '',
  '1',
  'IAB7-39',
  'WWW.Shop.Example',
  'https://news.example/sport?a=b',
  'video/mp4',
  'image/png',
  'image/unheard-of',
  'usd',
  'POL',
  'pl-PL',
  'Android',
  '1.1',
  'zażółć gęślą jaźń 🛒',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(40),
  nativeText,
]

/** Values as they come, at the edges of their kind, and past the most that is kept. */
function randomValue(type: string, random: Random, depth: number): unknown {
  if (messages[type] !== undefined) return randomMessage(type, random, depth + 1)
  switch (type) {
    case 'string':
      return random.chance(0.01) ? 'y'.repeat(random.below(30_000)) : random.pick(texts)
    case 'bool':
      return random.below(2)
    case 'int64':
    case 'fixed64':
      return random.pick(['1', '71234567890123456', '9223372036854775807'])
    case 'double':
      return random.pick([0, 0.5, 1.33, -1, 1e300, random.next() * 10])
    default:
      return random.pick([0, 1, 2, 3, 7, 30, 31, 250, 300, 640, 70_000, -1, -3, 2 ** 31 - 1])
  }
}

/** One of the schema's messages as JSON, any of its fields set. */
export function randomMessage(name: string, random: Random, depth = 0): Json {
  const density = depth === 0 ? 0.7 : random.pick([0.1, 0.3, 0.6])
  const json: Record<string, unknown> = {}
  for (const { name: field, type, isRepeated } of fieldsOf(name)) {
    if (!random.chance(density)) continue
    if (!isRepeated) json[field] = randomValue(type, random, depth)
    else {
      const count = random.chance(0.02) ? random.below(70) : random.below(4)
      json[field] = Array.from({ length: count }, () => randomValue(type, random, depth))
    }
  }
  return json
}
