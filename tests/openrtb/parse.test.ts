// Goal: what exchanges send is read as they mean it, and what isn't a bid request is refused with the
// field's path. Method: written cases, the JSON test suite, and the real requests of the corpus.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from '../../src/openrtb/parse.js'
import { BidRequest, impressionCountMax, PlaceKind } from '../../src/openrtb/request.js'

const corpus = new URL('../../../shared/corpus/', import.meta.url)

function read(value: unknown): { fault: string; request: BidRequest } {
  const request = new BidRequest()
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  return { fault: parse(Buffer.from(body), request), request }
}

const banner = { id: '1', banner: { w: 300, h: 250 } }
const withImp = (imp: object): object => ({ id: 'r', imp: [{ ...banner, ...imp }] })

describe('faults name the field', () => {
  test.each([
    ['', 'body: is not JSON'],
    ['{"id":"r"', 'body: is not JSON'],
    [[], 'body: must be a JSON object'],
    [{}, 'id: must be a string'],
    [{ id: 5, imp: [banner] }, 'id: must be a string'],
    [{ id: '', imp: [banner] }, 'id: must not be empty'],
    [{ id: 'r' }, 'imp: must be an array'],
    [{ id: 'r', imp: [] }, 'imp: must not be empty'],
    [{ id: 'r', imp: [banner, 7] }, 'imp[1]: must be an object'],
    [{ id: 'r', imp: [banner, {}] }, 'imp[1].id: must be a string'],
    [{ id: 'r', imp: [banner, banner] }, 'imp[1].id: repeats imp[0].id'],
    [{ id: 'r', imp: [{ id: '1', banner: 'x' }] }, 'imp[0].banner: must be an object'],
    [{ id: 'r', imp: [banner], device: [] }, 'device: must be an object'],
    [{ id: 'r', imp: [banner], regs: { ext: 'malformed' } }, 'regs.ext: must be an object'],
    [{ id: 'r', imp: [banner], tmax: -2 }, 'tmax: must not be negative'],
    [
      { id: 'r', imp: Array.from({ length: impressionCountMax + 1 }, (_, i) => ({ id: `${i}` })) },
      `imp: has more than ${impressionCountMax} elements`,
    ],
  ])('%j', (body, fault) => {
    expect(read(body).fault).toBe(fault)
  })
})

describe('is read as it is meant', () => {
  test('sizes: format, w and h together, each once; unusable ones left out', () => {
    const format = [{ w: 728, h: 90 }, { w: 300, h: 250 }, { w: -1, h: 5 }, { wratio: 1 }, 'x']
    const { request } = read(withImp({ banner: { format, w: 300, h: 250 } }))
    const impression = request.impressions[0]!
    const sizes = Array.from(impression.sizeKeys.subarray(0, impression.sizeCount))
    expect(sizes).toEqual([(728 << 16) | 90, (300 << 16) | 250])
  })

  test.each([
    [{ secure: 1 }, true],
    [{ secure: '1' }, true],
    [{ secure: true }, true],
    [{ secure: 0 }, false],
    [{}, false],
  ])('secure: %j', (imp, secure) => {
    expect(read(withImp(imp)).request.impressions[0]!.secure).toBe(secure)
  })

  test.each([
    [{ bidfloor: 1.5 }, 1_500_000],
    [{ bidfloor: '1.5' }, 1_500_000],
    [{ bidfloor: -3 }, 0],
    [{ bidfloor: 'much' }, 0],
    [{ bidfloor: null }, 0],
    [{}, 0],
  ])('floor: %j', (imp, micros) => {
    expect(read(withImp(imp)).request.impressions[0]!.floorCpmMicros).toBe(micros)
  })

  test('a floor past all measure keeps every bid away instead of overflowing', () => {
    const floor = read(withImp({ bidfloor: 1e300 })).request.impressions[0]!.floorCpmMicros
    expect(floor).toBeGreaterThan(1e12)
    expect(Number.isSafeInteger(floor)).toBe(true)
  })

  test('an impression with other formats only is kept, without a banner', () => {
    const { fault, request } = read({ id: 'r', imp: [{ id: 'v', video: {} }, banner] })
    expect(fault).toBe('')
    expect(request.impressions[0]!.hasBanner).toBe(false)
    expect(request.impressions[1]!.hasBanner).toBe(true)
  })

  test('place, device, person, law', () => {
    const { request } = read({
      id: 'r',
      imp: [banner],
      site: { page: 'https://WWW.News.example:8443/a?b', cat: ['IAB1'], pagecat: ['IAB1-2'] },
      device: { os: 'iPadOS', devicetype: 5, geo: { country: 'pol', region: '14' }, lmt: '1' },
      user: { buyeruid: 'u1' },
      regs: { ext: { gdpr: '1', us_privacy: '1YNN', gpp_sid: [7] } },
      cur: ['usd', 'PLN', 7],
      badv: ['WWW.Shop.example'],
      at: '1',
      tmax: 120.5,
    })
    expect(request).toMatchObject({
      domain: 'news.example',
      place: PlaceKind.site,
      categories: ['IAB1', 'IAB1-2'],
      os: 'ios',
      deviceType: 5,
      country: 'POL',
      region: 'POL:14',
      limitAdTracking: true,
      buyerUid: 'u1',
      gdpr: 1,
      usPrivacy: '1YNN',
      gppSections: 1 << 7,
      currencies: ['USD', 'PLN'],
      blockedDomains: ['shop.example'],
      auctionType: 1,
      tmaxMs: 120.5,
    })
  })

  test('a domain longer than any host name is read as unknown, and its page is looked at', () => {
    const domain = `${'a.'.repeat(120_000)}example`
    const long = read({ id: 'r', imp: [banner], site: { domain, page: 'https://a.example/' } })
    expect(long.request.domain).toBe('a.example')
    const page = `https://${domain}/`
    expect(read({ id: 'r', imp: [banner], site: { page } }).request.domain).toBe('')
  })

  test('nothing of a request is left for the next one', () => {
    const request = new BidRequest()
    const full = JSON.stringify({
      id: 'r',
      imp: [{ ...banner, bidfloor: 9, secure: 1, instl: 1, pmp: { private_auction: 1 } }],
      app: { bundle: 'a.b', cat: ['IAB9'] },
      device: { os: 'android', devicetype: 4, geo: { country: 'POL', region: '14' }, dnt: 1 },
      user: { buyeruid: 'u' },
      regs: { coppa: 1, gdpr: 1, us_privacy: '1YYY', gpp_sid: [2] },
      cur: ['EUR'],
      bcat: ['IAB7'],
      acat: ['IAB8'],
      badv: ['x.example'],
      wseat: ['a'],
      bseat: ['b'],
      at: 1,
      tmax: 50,
      test: 1,
      cattax: 7,
    })
    const bare = Buffer.from(JSON.stringify({ id: 's', imp: [banner] }))
    parse(Buffer.from(full), request)
    parse(bare, request)
    const fresh = new BidRequest()
    parse(bare, fresh)
    // Lists keep their sizes beyond the count: only what counts is compared.
    request.impressions[0]!.sizeKeys.fill(0, request.impressions[0]!.sizeCount)
    expect(request).toEqual(fresh)
  })

  test('prototype keys change nothing for later requests', () => {
    read('{"id":"r","imp":[{"id":"1","__proto__":{"secure":1}}],"__proto__":{"at":1}}')
    expect(read(withImp({})).request).toMatchObject({ auctionType: 0 })
    expect(({} as { at?: number }).at).toBeUndefined()
  })
})

test('no file of the JSON test suite is taken for a bid request, and none throws', () => {
  const folder = new URL('malformed/json-test-suite/', corpus)
  const names = readdirSync(folder)
  expect(names.length).toBeGreaterThan(100)
  for (const name of names) {
    const fault = parse(readFileSync(new URL(encodeURIComponent(name), folder)), new BidRequest())
    expect(fault, name).not.toBe('')
  }
})

test('real requests: nearly all are understood, and every fault is a true one', () => {
  const folder = new URL('dev/requests/', corpus)
  const faults = new Map<string, number>()
  let count = 0
  for (const name of readdirSync(folder))
    for (const line of readFileSync(new URL(name, folder), 'utf8').split('\n')) {
      if (line === '') continue
      count++
      const fault = read(line).fault.replace(/\[\d+\]/, '[n]')
      if (fault !== '') faults.set(fault, (faults.get(fault) ?? 0) + 1)
    }
  expect(count).toBeGreaterThan(3_000)
  const faulty = [...faults.values()].reduce((sum, n) => sum + n, 0)
  console.info(`${count} requests, refused:`, Object.fromEntries(faults))
  expect(faulty / count).toBeLessThan(0.05)
})
