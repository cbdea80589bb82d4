// Goal: a value that exchanges send in several places, or in several forms, is found in each of them,
// and the newest place decides. Method: written cases, a request each.
// Conformance checklist 102, 111.
import { describe, expect, test } from 'vitest'
import { mimeBit } from '../../src/base/mime.js'
import { parse } from '../../src/openrtb/parse.js'
import type { Impression } from '../../src/openrtb/request.js'
import { BidRequest, PlaceKind } from '../../src/openrtb/request.js'

function read(more: object): BidRequest {
  const request = new BidRequest()
  const body = { id: 'r', imp: [{ id: '1', banner: { w: 300, h: 250 } }], ...more }
  expect(parse(Buffer.from(JSON.stringify(body)), request)).toBe('')
  return request
}
const readImp = (imp: object): Impression => read({ imp: [{ id: '1', ...imp }] }).impressions[0]!

describe('the request', () => {
  test.each([
    [{ regs: { gdpr: 0, ext: { gdpr: 1 } } }, { gdpr: 0 }],
    [{ regs: { gdpr: null, ext: { gdpr: '1' } } }, { gdpr: 1 }],
    [{ regs: { gdpr: 7 } }, { gdpr: -1 }],
    [{ user: { consent: 'C1', ext: { consent: 'C2' } } }, { tcString: 'C1' }],
    [{ user: { consent: '', ext: { consent: 'C2' } } }, { tcString: 'C2' }],
    [{ regs: { us_privacy: '1YNN', ext: { us_privacy: '1---' } } }, { usPrivacy: '1YNN' }],
    [{ regs: { gpp: 'DB', gpp_sid: [7, -1], ext: { gpp_sid: [2] } } }, { gppSections: 1 << 7 }],
    [{ regs: { ext: { gpp: 'DC', gpp_sid: ['2', 99] } } }, { gpp: 'DC', gppSections: 0b101 }],
    [{ regs: { ext: { gpc: '1' } } }, { globalPrivacyControl: true }],
    [{ regs: { ext: { dsa: { dsarequired: 2, pubrender: 1 } } } }, { dsaRequired: 2 }],
    [
      { user: { eids: [{ source: 'A.example', uids: [{ id: 'x' }, { id: 5 }] }] } },
      { eidSources: ['a.example', 'a.example'], eidIds: ['x', '5'] },
    ],
    [
      { user: { eids: [], ext: { eids: [{ source: 'b', uids: [{ id: 'y' }] }] } } },
      { eidSources: ['b'], eidIds: ['y'] },
    ],
    [
      { source: { ext: { schain: { complete: 1, nodes: [{ asi: 'A', sid: '1' }, {}] } } } },
      { schainComplete: 1, schainSystems: ['a', ''], schainSellers: ['1', ''] },
    ],
    [{ ext: { schain: { nodes: [] } } }, { schainComplete: 0 }],
    [{}, { schainComplete: -1 }],
    [
      { device: { os: 'Android', sua: { platform: { brand: 'Windows' } }, ua: 'iPhone' } },
      { os: 'windows' },
    ],
    [{ device: { ext: { sua: { platform: { brand: 'macOS' } } } } }, { os: 'macos' }],
    [{ device: { ua: 'Mozilla/5.0 (Linux; Android 14)' } }, { os: 'android' }],
    [{ device: { ipv6: '::1' } }, { ip: '::1' }],
    [{ device: { ifa: 'AB-C' } }, { ifa: 'ab-c' }],
    [{ device: { ifa: '00000000-0000-0000-0000-000000000000' } }, { ifa: '' }],
    [{ device: { geo: { country: 'pl', region: 'mz' } } }, { country: 'POL', region: 'POL:MZ' }],
    [{ wlangb: ['en-GB'] }, { languages: ['en'] }],
    [{ dooh: { id: 7, publisher: { id: 'p' } } }, { place: PlaceKind.dooh, placeId: '7' }],
    [
      { app: { bundle: 'a' }, site: { domain: 'www.S.example' } },
      { place: PlaceKind.site, bundle: '', domain: 's.example' },
    ],
    [{ site: { page: 'http://WWW.p.example?q' } }, { domain: 'p.example' }],
  ])('%j', (more, expected) => {
    expect(read(more)).toMatchObject(expected)
  })

  test('escapes in names and values, and what comes twice', () => {
    const request = new BidRequest()
    const body = String.raw`{"\u0069d":"a","id":"r\ud83d\ude00\ud800","imp":[{"id":"1"}],
      "device":{"dnt":1,"ua":"x"},"device":{},"site":{"page":"https:\/\/x.example\/"}}`
    expect(parse(Buffer.from(body), request)).toBe('')
    expect(request).toMatchObject({ id: 'r😀\ud800', doNotTrack: false, domain: 'x.example' })
    expect(request.impressions[0]!.secure).toBe(true)
  })
})

describe('an impression', () => {
  test.each([
    [{ secure: 0 }, false],
    [{}, true],
    [{ secure: null }, true],
  ])('%j on an https page: secure is %j', (imp, secure) => {
    const request = read({ imp: [{ id: '1', ...imp }], site: { page: 'https://a.example/' } })
    expect(request.impressions[0]!.secure).toBe(secure)
  })

  test.each([
    { rwdd: 1 },
    { ext: { rewarded: 1 } },
    { ext: { is_rewarded_inventory: true } },
    { ext: { prebid: { is_rewarded_inventory: 1 } } },
    { video: { ext: { rewarded: '1' } } },
  ])('%j: rewarded, unless rwdd says no', (imp) => {
    expect(readImp(imp).rewarded).toBe(true)
    expect(readImp({ ...imp, rwdd: 0 }).rewarded).toBe(false)
  })

  test('video: what is offered; nothing without media types', () => {
    const { video } = readImp({
      video: { mimes: ['video/mp4', 'x/y'], protocol: 2, protocols: ['3', 500], maxduration: 30 },
    })
    expect(video).toMatchObject({
      isOffered: true,
      mimes: mimeBit('video/mp4'),
      protocols: 0b1100,
      maxDurationS: 30,
      startDelay: -3,
      skip: -1,
    })
    expect(readImp({ video: { w: 640, h: 480 } }).video.isOffered).toBe(false)
    expect(readImp({ video: { mimes: [] } }).video.isOffered).toBe(false)
    expect(readImp({ video: { mimes: ['x/y'] } }).video).toMatchObject({
      isOffered: true,
      mimes: 0,
    })
  })

  test('deals: the currency is its own, and one that cannot be named is left out', () => {
    const { deals, dealCount, floorCurrency } = readImp({
      bidfloorcur: 'eur',
      pmp: { deals: [{ bidfloor: 9 }, { id: 'd', bidfloor: '1.5', wadomain: ['WWW.a.example'] }] },
    })
    expect([dealCount, floorCurrency]).toEqual([1, 'EUR'])
    expect(deals[0]).toMatchObject({
      id: 'd',
      floorCpmMicros: 1_500_000,
      floorCurrency: 'USD',
      advertiserDomains: ['a.example'],
    })
  })

  const assets = [
    { id: 1, required: 1, title: { len: 25 } },
    { id: 2, img: { type: 3, wmin: 100, hmin: 50, mimes: ['image/png'] } },
    { id: 3, data: { type: 2, len: 90 }, title: { len: 1 } },
  ]
  const inner = { ver: '1.1', assets, eventtrackers: [{ event: 1, methods: [1, 2] }], privacy: 1 }
  test.each([
    ['text', { request: JSON.stringify(inner) }, false],
    ['an object', { request: inner }, false],
    ['wrapped text', { request: ` ${JSON.stringify({ native: inner })} ` }, true],
    ['request_native', { request_native: { native: inner } }, true],
    ['no carrier', { ...inner }, false],
  ])('native as %s', (_, native, isWrapped) => {
    const offer = readImp({ native: { ver: '1.2', battr: [1], ...native } }).native
    expect(offer).toMatchObject({
      isOffered: true,
      isWrapped,
      assetCount: 3,
      impressionMethods: 0b110,
      wantsPrivacy: true,
      blockedAttributes: 0b10,
    })
    expect(offer.assets.slice(0, 3)).toMatchObject([
      { id: 1, isRequired: true, kind: 1, lengthMax: 25 },
      { id: 2, kind: 2, type: 3, minWidth: 100, minHeight: 50, mimes: mimeBit('image/png') },
      { id: 3, kind: 0 },
    ])
  })

  test.each(['', '{json string}', '{"assets":[]}', '[]', '{"assets":[{}]} x', 7, null])(
    'native.request %j is not offered, and is no fault',
    (request) => {
      expect(readImp({ native: { request } }).native.isOffered).toBe(false)
    },
  )
})
