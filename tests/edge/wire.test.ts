// Goal: the body is read as what its Content-Type says, however exchanges and tools write that.
// Method: headers as seen in captures and adapters, and some that must be refused.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Wire, wireOf } from '../../src/edge/wire.js'

test.each([
  ['', Wire.json],
  ['application/json', Wire.json],
  ['application/json;charset=utf-8', Wire.json],
  ['application/json; charset=utf-8', Wire.json],
  ['Application/JSON ; Charset=UTF-8', Wire.json],
  ['text/plain;charset=UTF-8', Wire.json],
  ['application/x-www-form-urlencoded', Wire.json],
  ['application/x-protobuf', Wire.protobuf],
  ['application/X-Protobuf; messageType=BidRequest', Wire.protobuf],
  ['application/octet-stream', Wire.protobuf],
  ['text/xml', null],
  ['application/jsonp', null],
  ['avro/binary', null],
  [';', Wire.json],
])('%s', (contentType, wire) => check.equal(wireOf(contentType), wire))
