// Goal: what tests and the simulated exchange speak is the protobuf that exchanges speak.
// Method: pairs made by Google's protobuf runtime from IAB's file, read, written and read again.
// Conformance checklist 20.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import {
  decodeBidRequest,
  decodeBidResponse,
  encodeBidRequest,
  encodeBidResponse,
} from '../../../src/openrtb/protobuf/codec.js'
import { fieldsOf, messages } from '../../../src/openrtb/protobuf/schema.js'
import { pairsOf } from './corpus.js'

describe.each([
  ['bidrequest', decodeBidRequest, encodeBidRequest, 1_949],
  ['bidresponse', decodeBidResponse, encodeBidResponse, 1_445],
] as const)('%s', (kind, decode, encode, countMin) => {
  const pairs = pairsOf(kind)

  test('protobuf reads as its JSON twin', () => {
    check.ok(pairs.length >= countMin, `${pairs.length} pairs`)
    for (const { json, bytes } of pairs) check.deepEqual(decode(bytes), json)
  })

  test('JSON is written as its protobuf twin, byte for byte or in another order of fields', () => {
    let same = 0
    for (const { json, bytes } of pairs) {
      const written = encode(json)
      if (written.equals(bytes)) same++
      else check.equal(written.length, bytes.length, JSON.stringify(json))
      check.deepEqual(decode(written), json)
    }
    check.ok(same > pairs.length / 2, `${same} of ${pairs.length}`)
  })

  test('unpacked lists read as packed ones', () => {
    for (const { json } of pairs) check.deepEqual(decode(encode(json, false)), json)
  })
})

test("Google's extensions are what JSON has under ext", () => {
  const json = {
    id: '1',
    imp: [{ id: '1', ext: { billing_id: ['71234567890123456'], ampad: 3 } }],
    user: {
      ext: { consent: 'CO', eids: [{ source: 'a.example', uids: [{ id: 'x', atype: 1 }] }] },
    },
    regs: { ext: { gdpr: 1 } },
    source: {
      ext: { schain: { complete: 1, nodes: [{ asi: 'a', sid: '1', hp: 1 }], ver: '1.0' } },
    },
    device: { ext: { user_agent_data: { platform: { brand: 'Android', version: ['14'] } } } },
  }
  check.deepEqual(decodeBidRequest(encodeBidRequest(json)), json)
})

test('what has no field is left out, what is of another type is read as what it means', () => {
  const json = {
    id: 12,
    imp: [{ id: '1', secure: '1', instl: true, bidfloor: '0.5', tagid: null, foo: {}, ext: 'x' }],
    tmax: '120',
    at: 1.0,
    site: [],
    cur: 'USD',
  }
  check.deepEqual(decodeBidRequest(encodeBidRequest(json)), {
    id: '12',
    imp: [{ id: '1', secure: 1, instl: 1, bidfloor: 0.5 }],
    tmax: 120,
    at: 1,
  })
})

test('each message names its fields and numbers once, and only types that there are', () => {
  const scalars = ['string', 'bool', 'int32', 'int64', 'fixed64', 'double']
  for (const message of Object.keys(messages)) {
    const fields = fieldsOf(message)
    check.equal(new Set(fields.map(({ name }) => name)).size, fields.length, message)
    check.equal(new Set(fields.map(({ number }) => number)).size, fields.length, message)
    for (const { type } of fields) check.ok(scalars.includes(type) || messages[type], type)
  }
})
