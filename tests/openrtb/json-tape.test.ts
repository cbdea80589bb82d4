// Goal: the scan that is committed is the one whose source stands in wasm/, it keeps its bounds, and a
// body made to be slow isn't. Method: compiled again; written cases; the longest bodies, timed.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { textBytesMax } from '../../src/openrtb/json-memory.js'
import { depthMax } from '../../src/openrtb/json-tape.js'
import { parse } from '../../src/openrtb/parse.js'
import {
  BidRequest,
  eidCountMax,
  idLengthMax,
  textLengthMax,
  unreadable,
} from '../../src/openrtb/request.js'

const request = new BidRequest()
const faultOf = (text: string): string => parse(Buffer.from(text), request)
const within = (member: string): string => `{"id":"r","imp":[{"id":"1"}],${member}}`

test('what is committed is what the source compiles to', () => {
  const script = fileURLToPath(new URL('../../scripts/build-wasm.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--check'])
})

describe('bounds', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const fault = `body: is nested deeper than ${depthMax}`

  test.each(['unread', 'bcat'])('depth, under a name as %s', (name) => {
    expect(faultOf(within(`"${name}":${nested(depthMax - 1)}`))).toBe('')
    expect(faultOf(within(`"${name}":${nested(depthMax)}`))).toBe(fault)
    expect(faultOf(nested(depthMax + 1))).toBe(fault)
    expect(faultOf('[{"a":'.repeat(200_000).slice(0, textBytesMax))).toBe(fault)
    // The next one is judged by itself.
    expect(faultOf('{"id":')).toBe('body: is not JSON')
  })

  test('a native request nested too deep is not offered, and the body around it is taken', () => {
    const native = JSON.stringify(`{"assets":[{"id":1,"title":{}}],"x":${nested(depthMax)}}`)
    const imp = `{"id":"1","native":{"request":${native}}},{"id":"2"}`
    expect(faultOf(`{"id":"r","imp":[${imp}]}`)).toBe('')
    expect(request.impressions[0]!.native.isOffered).toBe(false)
  })

  test('length of a body, of ids and of texts', () => {
    expect(parse(Buffer.alloc(textBytesMax, ' '), request)).toBe('body: is not JSON')
    expect(parse(Buffer.alloc(textBytesMax + 1, ' '), request)).toBe(
      `body: is longer than ${textBytesMax} bytes`,
    )
    const id = 'é'.repeat(idLengthMax)
    expect(faultOf(`{"id":"${id}","imp":[{"id":"${id}"}]}`)).toBe('')
    expect(request.impressions[0]!.id).toBe(id)
    expect(faultOf(`{"id":"${id}x","imp":[{"id":"1"}]}`)).toBe(`id: is longer than ${idLengthMax}`)
    const long = 'x'.repeat(textLengthMax + 1)
    expect(faultOf(within(`"user":{"consent":"${long}"},"device":{"ua":"${long}"}`))).toBe('')
    expect(request.tcString).toBe(unreadable)
    expect(request.userAgent).toBe('')
  })

  test('a text that is as long as one of another kind with the same bytes keeps its own form', () => {
    const texts = '["WWW.A.example"]'
    expect(faultOf(within(`"badv":${texts},"bapp":${texts},"cur":${texts}`))).toBe('')
    expect(request.blockedDomains).toEqual(['a.example'])
    expect(request.blockedApps).toEqual(['WWW.A.example'])
    expect(request.currencies).toEqual(['WWW.A.EXAMPLE'])
  })
})

describe('the longest bodies take no longer than their bytes', () => {
  const filled = (before: string, piece: string, after: string): string => {
    const room = textBytesMax - before.length - after.length
    const pieces = piece.repeat(Math.floor(room / piece.length))
    return before + pieces.slice(0, -1) + after
  }
  const imp = '{"id":"r","imp":[{"id":"1"}],'
  test.each([
    ['numbers in a list', filled(`${imp}"bcat":[`, '1,', ']}')],
    ['lists in a list', filled(`${imp}"badv":[`, '[],', ']}')],
    ['texts in a list', filled(`${imp}"badv":[`, '"a",', ']}')],
    ['a name again and again', filled('{', '"imp":1,', '}')],
    ['names with escapes', filled('{', '"\\u0069mp":1,', '}')],
    ['one text with escapes', filled(`${imp}"user":{"id":"`, '\\u0041', '"}}')],
    ['a long number', filled(`${imp}"tmax":`, '11', '}')],
    ['people', filled(`${imp}"user":{"eids":[{"source":"s","uids":[`, '{"id":"u"},', ']}]}}')],
    [
      'assets in a text',
      filled('{"id":"r","imp":[{"id":"1","native":{"request":"{\\"assets\\":[', '{},', ']}"}}]}'),
    ],
    ['impressions', filled('{"id":"r","imp":[', '{"id":"1"},', ']}')],
    ['deals', filled('{"id":"r","imp":[{"id":"1","pmp":{"deals":[', '{"id":"1"},', ']}}]}')],
    ['white space', filled(`${imp}"a":[`, ' ', '1]}')],
  ])('%s', (_, text) => {
    const body = Buffer.from(text)
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < 3; i++) {
      const start = performance.now()
      parse(body, request)
      least = Math.min(least, performance.now() - start)
    }
    // 1 MiB: JSON.parse takes 5 to 60 ms.
    expect(least).toBeLessThan(100)
    expect(request.eidIds.length).toBeLessThanOrEqual(eidCountMax)
  })
})
