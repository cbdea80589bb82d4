// Goal: gzip bodies are inflated and replies compressed as zlib does, and no body can do harm.
// Method: the kept zlib object beside gunzipSync, on whole, cut, flipped and oversized bodies in turn.
// Conformance checklist 9.
import { strict as check } from 'node:assert'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { Deflater, Inflater, notGzip, tooLarge } from '../../src/edge/gzip.js'

const request = Buffer.from(JSON.stringify({ id: '1', imp: [{ id: '1', banner: { w: 1, h: 2 } }] }))
const copyOf = (answer: ReturnType<Inflater['inflate']>) =>
  Buffer.isBuffer(answer) ? Buffer.from(answer) : answer

test('zlib: the object is kept on this Node', () => {
  check.equal(new Inflater().isKept, true)
  check.equal(new Deflater().isKept, true)
})

describe.each([
  ['kept', true],
  ['once', false],
])('inflate: %s', (_, mayKeep) => {
  const inflater = new Inflater(mayKeep)

  test('a body comes back whole, also after one that did not', () => {
    for (const broken of [
      Buffer.alloc(0),
      Buffer.from('{"id":'),
      gzipSync(request).subarray(0, 30),
    ]) {
      check.deepEqual(inflater.inflate(broken, 1_000), notGzip)
      check.deepEqual(copyOf(inflater.inflate(gzipSync(request), 1_000)), request)
    }
  })

  test('a body in several members is one body', () => {
    const members = Buffer.concat([gzipSync(request.subarray(0, 9)), gzipSync(request.subarray(9))])
    check.deepEqual(copyOf(inflater.inflate(members, 1_000)), request)
  })

  test('a wrong check sum is a broken body', () => {
    const body = gzipSync(request)
    body[body.length - 6]! ^= 1
    check.deepEqual(inflater.inflate(body, 1_000), notGzip)
  })

  test('the limit is exact, and may differ from call to call', () => {
    const body = gzipSync(request)
    check.deepEqual(copyOf(inflater.inflate(body, request.length)), request)
    check.deepEqual(inflater.inflate(body, request.length - 1), tooLarge)
    check.deepEqual(copyOf(inflater.inflate(body, 100_000)), request)
    check.deepEqual(inflater.inflate(body, 10), tooLarge)
  })
})

test('inflate: bombs cost no memory', () => {
  const bomb = gzipSync(Buffer.alloc(10 << 20))
  check.ok(bomb.length < 12_000)
  const inflater = new Inflater()
  for (let i = 0; i < 20; i++) check.deepEqual(inflater.inflate(bomb, 1 << 20), tooLarge)
  const before = process.memoryUsage()
  for (let i = 0; i < 500; i++) check.deepEqual(inflater.inflate(bomb, 1 << 20), tooLarge)
  const after = process.memoryUsage()
  // Inflated in full, one bomb would be 10 MB.
  check.ok(after.external - before.external < 2 << 20, `${after.external - before.external} bytes`)
  check.ok(after.rss - before.rss < 32 << 20, `${after.rss - before.rss} bytes`)
})

test('inflate: what gunzipSync takes is taken, what it refuses is refused', () => {
  const random = new Random(20_260_713)
  const inflater = new Inflater()
  let taken = 0
  for (let round = 0; round < 3_000; round++) {
    const body = gzipSync(request, { level: random.below(10) })
    for (let flips = random.below(3); flips > 0; flips--)
      body[random.below(body.length)]! ^= 1 << random.below(8)
    const cut = random.chance(0.8) ? body : body.subarray(0, random.below(body.length))
    let expected: Buffer | null
    try {
      expected = gunzipSync(cut)
      taken++
    } catch {
      expected = null
    }
    check.deepEqual(copyOf(inflater.inflate(cut, 1 << 20)), expected ?? notGzip, `round ${round}`)
  }
  check.ok(taken > 500)
})

test('gzip: replies of any size come back whole', () => {
  const random = new Random(7)
  const noise = Buffer.from(Array.from({ length: 200_000 }, () => random.below(256)))
  const markup = Buffer.from('<a class="p" href="https://shop.example/p">price</a>'.repeat(100))
  for (const mayKeep of [true, false]) {
    const deflater = new Deflater(1, mayKeep)
    for (const body of [markup, noise, Buffer.alloc(0), noise.subarray(0, 1), markup]) {
      const packed = Buffer.from(deflater.gzip(body))
      check.deepEqual(gunzipSync(packed), body)
      if (body === markup) check.ok(packed.length < markup.length / 10)
    }
  }
})
