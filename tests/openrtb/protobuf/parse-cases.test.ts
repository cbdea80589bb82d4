// Goal: the odd corners of protobuf, each with what a request must come out as.
// Method: bytes put together by hand, or by the codec where only the meaning matters.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { encodeBidRequest } from '../../../src/openrtb/protobuf/codec.js'
import { parseProtobuf } from '../../../src/openrtb/protobuf/parse.js'
import { BidRequest } from '../../../src/openrtb/request.js'
import { readRequest } from '../reference-reader.js'
import type { Json } from './corpus.js'
import { linesOf } from './corpus.js'
import { plain } from './plain.js'

const broken = 'body: is not protobuf, or cut short'
const request = new BidRequest()

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))]
const field = (number: number, bytes: readonly number[] | Buffer): number[] => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
]
const text = (number: number, value: string): number[] => field(number, Buffer.from(value))
const impression = field(2, text(1, 'i'))
const parse = (...parts: readonly (readonly number[])[]): string =>
  parseProtobuf(Buffer.from(parts.flat()), request)

describe('what is missing or too much', () => {
  test.each<[string, string, readonly number[]]>([
    ['nothing', 'id: must be a string', []],
    ['no id', 'id: must be a string', impression],
    ['an empty id', 'id: must not be empty', [...text(1, ''), ...impression]],
    ['a long id', 'id: is longer than 2048', [...text(1, 'x'.repeat(2_049)), ...impression]],
    ['no imp', 'imp: must be an array', text(1, 'r')],
    ['an imp without id', 'imp[1].id: must be a string', [...impression, ...field(2, [])]],
    ['the same imp twice', 'imp[1].id: repeats imp[0].id', [...impression, ...impression]],
    ['negative tmax', 'tmax: must not be negative', [...impression, 0x40, ...minusOne()]],
    ['negative at', 'at: must not be negative', [...impression, 0x38, ...minusOne()]],
  ])('%s', (_, fault, bytes) => {
    check.equal(fault.startsWith('id') ? parse(bytes) : parse(text(1, 'r'), bytes), fault)
  })

  test('more impressions than are taken', () => {
    const many = Array.from({ length: 65 }, (_, i) => field(2, text(1, String(i))))
    check.equal(parse(text(1, 'r'), ...many.slice(0, 64)), '')
    check.equal(request.impressionCount, 64)
    check.equal(parse(text(1, 'r'), ...many), 'imp: has more than 64 elements')
  })
})

/** -1 as an int32: ten bytes. */
function minusOne(): number[] {
  return [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
}

describe('what is passed over', () => {
  test.each<[string, readonly number[]]>([
    [
      'unknown fields of every wire type',
      [
        ...varint(200 * 8),
        5,
        ...varint(201 * 8 + 1),
        ...Array(8).fill(1),
        ...text(202, 'x'),
        ...varint(203 * 8 + 5),
        1,
        2,
        3,
        4,
      ],
    ],
    ['extensions', [...text(1_018, 'x'), ...text(99, 'x'), ...text(536_870_911, 'x')]],
    ['a group with a group in it', [0xfb, 0x07, 0x0b, ...text(2, 'x'), 0x0c, 0xfc, 0x07]],
    ['a known field of another wire type', [0x0d, 1, 2, 3, 4, 0x10, 5, 0x3a, 1, 65]],
    ['a tag and a length in more bytes than needed', [0x8a, 0x80, 0x00, 0x81, 0x80, 0x00, 0x72]],
  ])('%s', (_, bytes) => {
    check.equal(parse(text(1, 'r'), bytes, impression, bytes), '')
    check.equal(request.impressionCount, 1)
  })
})

describe('what is broken', () => {
  const groups = (count: number): number[] => Array(count).fill(0x0b)
  test.each<[string, readonly number[]]>([
    ['a tag alone', [0x0a]],
    ['a length past the end', [0x12, 5, 1]],
    ['a length of 4 GB', [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a negative length', [0x12, ...minusOne()]],
    ['a varint without an end', Array(11).fill(0xff)],
    ['a double cut short', [...varint(8 * 200 + 1), 1, 2, 3]],
    ['field number 0', [0x02, 1, 65]],
    ["a wire type that there isn't", [0x0f]],
    ['a group that does not end', [0x0b, 0x08, 1]],
    ['the end of a group that did not begin', [0x0c]],
    ['the end of another group', [0x0b, 0x14]],
    ['groups within groups, without end', groups(100_000)],
    ['a value past its message', field(2, [...text(1, 'i'), 0x70])],
    ['a text past its message', field(2, [0x0a, 9, 65])],
    ['a list past its message', field(2, [...text(1, 'i'), ...field(2, [0x2a, 9, 1])])],
    ['JSON', [...Buffer.from('{"id":"1","imp":[{"id":"1"}]}')]],
  ])('%s', (_, bytes) => check.equal(parse(text(1, 'r'), impression, bytes), broken))
})

describe('a message in several parts', () => {
  test('later values count, lists are joined, messages are merged', () => {
    const banner = (bytes: readonly number[]): number[] => field(2, bytes)
    const imp = field(2, [
      ...banner([0x08, ...varint(300), 0x2a, 1, 1]),
      ...text(1, 'old'),
      ...banner([0x08, ...varint(728), 0x10, 90, 0x28, 3]),
      ...text(1, 'new'),
    ])
    check.equal(parse(text(1, 'a'), imp, text(1, 'b')), '')
    const [{ id, sizeKeys, sizeCount, blockedBannerTypes }] = request.impressions as [
      BidRequest['impressions'][0],
    ]
    check.deepEqual([request.id, id, sizeCount, sizeKeys[0]], ['b', 'new', 1, (728 << 16) | 90])
    check.equal(blockedBannerTypes, 0b1010)
  })

  test('a site after an app counts alone, an app after a site not at all', () => {
    const site = field(3, [...text(1, 's'), ...text(3, 'www.Site.example'), ...text(4, 'IAB1')])
    const app = field(4, [...text(1, 'a'), ...text(8, 'com.app'), ...text(4, 'IAB2')])
    for (const places of [
      [site, app],
      [app, site],
    ]) {
      check.equal(parse(text(1, 'r'), impression, ...places), '')
      check.deepEqual(
        [request.placeId, request.bundle, request.domain, request.categories],
        ['s', '', 'site.example', ['IAB1']],
      )
    }
  })

  test("our user's ids go before those in Google's extension, whichever come first", () => {
    const eid = (source: string): number[] => [...text(1, source), ...field(2, text(1, 'x'))]
    const own = field(6, [...text(10, 'CORE'), ...field(11, eid('Core.example'))])
    const ext = field(6, field(1_007, [...text(2, 'EXT'), ...field(5, eid('ext.example'))]))
    for (const users of [
      [own, ext],
      [ext, own],
    ]) {
      check.equal(parse(text(1, 'r'), impression, ...users), '')
      check.deepEqual([request.tcString, request.eidSources], ['CORE', ['core.example']])
    }
    check.equal(parse(text(1, 'r'), impression, ext), '')
    check.deepEqual([request.tcString, request.eidSources], ['EXT', ['ext.example']])
  })
})

test("Google's extensions are read", () => {
  const json = {
    id: 'r',
    imp: [{ id: '1', ext: { billing_id: ['71234567890123456', '2'], is_rewarded_inventory: 1 } }],
    user: { ext: { consent: 'CO', eids: [{ source: 'a', uids: [{ id: 'u' }] }] } },
    regs: { ext: { gdpr: 1 } },
    source: { ext: { schain: { complete: 1, nodes: [{ asi: 'A.example', sid: '7' }] } } },
    device: { os: 'x', ext: { user_agent_data: { platform: { brand: 'Android' } } } },
  }
  for (const isPacked of [true, false]) {
    check.equal(parseProtobuf(encodeBidRequest(json, isPacked), request), '')
    const [first] = request.impressions
    check.deepEqual([first!.billingId, first!.rewarded], ['71234567890123456', true])
    check.deepEqual([request.tcString, request.gdpr, request.os], ['CO', 1, 'android'])
    check.deepEqual([request.eidSources, request.eidIds], [['a'], ['u']])
    check.deepEqual([request.schainComplete, request.schainSystems], [1, ['a.example']])
    check.deepEqual(request.schainSellers, ['7'])
  }
})

describe('a native request as text', () => {
  const native = '{"ver":"1.2","assets":[{"id":7,"required":1,"title":{"len":25}}]}'
  test.each([
    ['bare', native],
    ['wrapped', `{"native":${native}}`],
    ['with space around it', ` \n${native}\t `],
    ['version by the carrier', native.replace('"ver":"1.2",', '')],
    ['not JSON', '{native'],
    ['empty', ''],
    ['cut short', native.slice(0, -1)],
    ['two objects', `${native}${native}`],
    ['one that would end its carrier', `${native},"request":${native}`],
    ['JSON in JSON in JSON', JSON.stringify(native)],
    ['a list', `[${native}]`],
    ['null', 'null'],
    ['long', `{"x":"${'ż"\\'.replace(/["\\]/g, '\\$&').repeat(20_000)}",${native.slice(1)}`],
    ['escapes', native.replace('"id"', '"\\u0069d"')],
  ])('%s', (_, nativeText) => {
    for (const ver of ['', '1.0', '1.1']) {
      const json: Json = { id: 'r', imp: [{ id: '1', native: { request: nativeText, ver } }] }
      const twin = new BidRequest()
      check.equal(readRequest(json, twin), '')
      check.equal(parseProtobuf(encodeBidRequest(json), request), '')
      check.deepEqual(plain(request), plain(twin))
    }
  })
})

test("bodies of Google's older protocol, which isn't OpenRTB, are refused or read, and that is all", () => {
  for (const line of linesOf('real-traffic/google-adx-2016.protobuf.b64.txt')) {
    const fault = parseProtobuf(Buffer.from(line, 'base64'), request)
    check.match(fault, /^(body|id|imp)/)
  }
})

test('the longest bodies take no longer than their bytes', () => {
  const bodies = [
    Buffer.alloc(1 << 20, 0x0b),
    Buffer.alloc(1 << 20, 0x12),
    Buffer.from(Array.from({ length: 100_000 }, () => text(13, 'shop.example')).flat()),
    Buffer.from(Array.from({ length: 100_000 }, () => field(2, text(1, 'i'))).flat()),
    Buffer.from([...text(1, 'r'), ...field(2, field(2, Array(1 << 19).fill(0x28)))]),
  ]
  for (const body of bodies) {
    const startedMs = performance.now()
    parseProtobuf(body, request)
    check.ok(performance.now() - startedMs < 500)
  }
})
