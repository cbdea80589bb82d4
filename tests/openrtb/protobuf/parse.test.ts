// Goal: a request in protobuf is read as its twin in JSON is, and no bytes can do harm.
// Method: pairs by Google's runtime, recorded traffic and seeded damage, beside the plain JSON reader.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { parse } from '../../../src/openrtb/parse.js'
import { decodeBidRequest, encodeBidRequest } from '../../../src/openrtb/protobuf/codec.js'
import { parseProtobuf } from '../../../src/openrtb/protobuf/parse.js'
import { BidRequest } from '../../../src/openrtb/request.js'
import { readRequest } from '../reference-reader.js'
import type { Json } from './corpus.js'
import { linesOf, pairsOf, requestLines } from './corpus.js'
import { plain } from './plain.js'
import { randomMessage } from './random-message.js'

const pairs = pairsOf('bidrequest')

const notProtobuf = 'body: is not protobuf, or cut short'

/** The fault, or else the request. Objects are used again, as a bidder does. */
const scratch = [new BidRequest(), new BidRequest()] as const
function expected(json: unknown): unknown {
  return readRequest(json, scratch[0]) || plain(scratch[0])
}
function got(bytes: Buffer): unknown {
  return parseProtobuf(bytes, scratch[1]) || plain(scratch[1])
}

describe('twins', () => {
  test("Google's runtime's bytes, packed as IAB has it", () => {
    let taken = 0
    for (const { json, bytes } of pairs) {
      const twin = expected(json)
      const text = JSON.stringify(json)
      check.deepEqual(got(bytes), twin, text)
      check.deepEqual(parse(Buffer.from(text), scratch[0]) || plain(scratch[0]), twin, text)
      if (typeof twin !== 'string') taken++
    }
    check.ok(taken > 1_800, `${taken} of ${pairs.length}`)
  })

  test("unpacked, as Google's file has most lists", () => {
    for (const { json } of pairs)
      check.deepEqual(got(encodeBidRequest(json, false)), expected(json))
  })

  test.each(['google-adx-2016', 'rtbkit-adx-2012'])('recorded traffic: %s', (name) => {
    for (const line of linesOf(`real-traffic/${name}.derived-openrtb.ndjson`).slice(0, 5_000)) {
      const json: Json = JSON.parse(line)
      const twin = expected(json)
      check.notEqual(typeof twin, 'string')
      check.deepEqual(got(encodeBidRequest(json)), twin, line)
    }
  })

  test('all requests of the corpus, as far as the messages have fields for them', () => {
    let taken = 0
    for (const line of requestLines()) {
      // What the codec reads back is what was said: flags of odd types, unknown members are gone.
      const bytes = encodeBidRequest(JSON.parse(line))
      const json = decodeBidRequest(bytes)
      const twin = expected(json)
      check.deepEqual(got(bytes), twin, line)
      if (typeof twin !== 'string') taken++
    }
    check.ok(taken > 2_000, String(taken))
  })
})

/** The twin in JSON has the browser's platform under the name that all others use. */
function withSua(json: Json): Json {
  const device = json['device'] as { ext?: { user_agent_data?: unknown } } | undefined
  const sua = device?.ext?.user_agent_data
  return sua === undefined ? json : { ...json, device: { ...device, ext: { sua } } }
}

/** Negative values, which are faults, come too often in random messages to leave many without. */
const withoutNegative = (key: string, value: unknown): unknown =>
  typeof value === 'number' && value < 0 && key !== 'startdelay' ? 5 : value

describe('random messages', () => {
  test.each([true, false])('any fields at all, in one part or in two; packed: %s', (isPacked) => {
    const random = new Random(isPacked ? 1 : 2)
    let taken = 0
    for (let round = 0; round < 600; round++) {
      const part = (): Buffer => {
        const message = randomMessage('BidRequest', random)
        const json = random.chance(0.8)
          ? JSON.parse(JSON.stringify(message, withoutNegative))
          : message
        const imp = (json.imp ?? []).map((each: Json, i: number) => ({
          ...each,
          id: `${round}${i}`,
        }))
        return encodeBidRequest({ ...json, id: 'r', imp }, isPacked)
      }
      const bytes = random.chance(0.7) ? part() : Buffer.concat([part(), part()])
      const twin = expected(withSua(decodeBidRequest(bytes)))
      // Of two faults each reader may name another one.
      if (typeof twin === 'string') check.equal(typeof got(bytes), 'string', twin)
      else {
        taken++
        check.deepEqual(got(bytes), twin, `round ${round}`)
      }
    }
    check.ok(taken > 120, `${taken} taken`)
  })
})

/** Bytes changed here and there, cut, repeated, or of another request. */
function damaged(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  switch (random.below(5)) {
    case 0:
      return copy.subarray(0, random.below(copy.length))
    case 1: {
      const at = random.below(copy.length)
      return Buffer.concat([copy.subarray(0, at), copy.subarray(random.below(copy.length))])
    }
    case 2: {
      const other = random.pick(pairs).bytes
      return Buffer.concat([copy, other])
    }
    default:
      for (let count = 1 + random.below(4); count > 0; count--)
        copy[random.below(copy.length)] = random.below(256)
      return copy
  }
}

describe('damage', () => {
  test('what the reference reads from damaged bytes, we read; nothing throws', () => {
    const random = new Random(20_260_713)
    let read = 0
    let refused = 0
    for (let round = 0; round < 10_000; round++) {
      const bytes = damaged(random.pick(pairs).bytes, random)
      let json: Json
      try {
        json = decodeBidRequest(bytes)
      } catch {
        // It also looks into messages that we pass over, so it finds more.
        if (got(bytes) === notProtobuf) refused++
        continue
      }
      check.deepEqual(got(bytes), expected(json), bytes.toString('base64'))
      read++
    }
    check.ok(read > 500 && refused > 500, `${read} read, ${refused} refused`)
  })
})
