// Goal: a player of each VAST version takes our documents, and what shops write can't break out of them
// (checklist 61, 62). Method: each version's rules, held first against the IAB's own samples; a parser of
// ours and xmllint; every part compared with what it was written from.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { compileBrand } from '../../src/catalogue/creative/brand.js'
import type { Banner } from '../../src/catalogue/creative/render.js'
import { bannerLinks } from '../../src/catalogue/creative/render.js'
import { vastLinks } from '../../src/catalogue/creative/vast.js'
import { vastInline, vastWrapper } from '../../src/catalogue/creative/vast-forms.js'
import { bannerSizes, sizeCount } from '../../src/catalogue/sizes.js'
import { protocolOf, readVast, type VastAd } from '../../src/simulation/vast.js'
import { clickBehind, clickIn, signTarget, someBrand, tableOf } from './creative-world.js'
import {
  everything,
  links,
  mediaOf,
  someAudio,
  someVideo,
  someWrapper,
  write,
} from './media-world.js'
import { faultIn } from './vast-structure.js'

const hasXmllint = (() => {
  try {
    execFileSync('xmllint', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    console.error(
      '*** SKIPPED for want of xmllint (package libxml2-utils): a second XML parser ***',
    )
    return false
  }
})()
/** What xmllint says of a document; '' where nothing. */
function xmllintFault(xml: string): string {
  try {
    execFileSync('xmllint', ['--noout', '--nonet', '-'], { input: xml, stdio: 'pipe' })
    return ''
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr)
  }
}

interface RealDocument {
  readonly source: string
  readonly version: string | null
  readonly wellFormed: boolean
  readonly vast: string
}
const corpus = new URL('../../../shared/corpus/dev/vast/vast.ndjson', import.meta.url)
const real = readFileSync(corpus, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as RealDocument)

describe('the rules that documents are held against', () => {
  test('take each of the IAB’s samples but for two that lack the Impression that every version asks for', () => {
    const samples = real.filter(
      ({ source, version, wellFormed }) =>
        source.startsWith('InteractiveAdvertisingBureau/VAST_Samples') &&
        wellFormed &&
        version !== '4.3',
    )
    const refused = samples.filter(({ vast }) => faultIn(vast) !== '')
    expect(samples.length).toBeGreaterThan(40)
    expect(refused.map(({ source }) => source.split('/').at(-1)).toSorted()).toEqual([
      'vast2Nonlinear.xml',
      'vast2VPAIDLinear.xml',
    ])
    for (const { vast } of refused) expect(vast).not.toContain('<Impression')
  })

  test('take nothing that is not well-formed', () => {
    const broken = real.filter(({ wellFormed }) => !wellFormed)
    expect(broken.length).toBeGreaterThan(5)
    for (const { vast, source } of broken) expect(faultIn(vast), source).not.toBe('')
  })

  test.runIf(hasXmllint)(
    'are read with a parser that agrees with xmllint on every document',
    () => {
      for (const { vast, wellFormed, source } of real)
        expect(xmllintFault(vast.trim()) === '', source).toBe(wellFormed)
    },
  )
})

const table = mediaOf({
  videos: [
    { ...someVideo, link: '/sale?a=1&b=]]>&c=<d>' },
    someWrapper,
    { ...someVideo, id: 'a'.repeat(64), durationSeconds: 600 },
  ],
  audios: [someAudio],
})
const [video, wrapper, longVideo, audio] = [0, 1, 2, 3] as const

/** The one ad of a document that must be as its version has it. */
function adIn(markup: string): VastAd {
  expect(faultIn(markup)).toBe('')
  if (hasXmllint) expect(xmllintFault(markup)).toBe('')
  const reading = readVast(markup)
  if (!reading.ok) throw new Error(reading.fault)
  expect(reading.vast.ads).toHaveLength(1)
  return reading.vast.ads[0]!
}

describe('checklist 61, 62: each version', () => {
  test.each(vastInline)('protocol %i, inline', (protocol) => {
    const { markup } = write({ media: table, creative: video, protocol, skipAfterSeconds: 5 })
    const ad = adIn(markup)
    const reading = readVast(markup)
    expect(reading.ok && protocolOf(reading.vast)).toBe(protocol)
    expect(ad.title).toBe('Some Shop')
    expect(ad.impressions).toEqual([
      'https://bid.example/n/imp?t=TOKEN&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}',
    ])
    expect(ad.servingId).toBe(protocol >= 11 ? 'bid-1' : '')
    const [linear] = ad.linears
    expect(linear!.durationS).toBe(30)
    expect(linear!.skipOffset).toBe(protocol === 2 ? '' : '00:00:05')
    const target = 'https://shop.example/sale?a=1&b=]]%3E&c=%3Cd%3E'
    expect(clickIn(linear!.clickThrough)).toEqual({
      token: 'TOKEN',
      signature: signTarget(keyOf('shop'), target),
      target,
    })
    const events = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']
    expect(linear!.trackers).toEqual(
      [...events, ...(protocol === 2 ? [] : ['skip'])].map((event) => ({
        event,
        url: `https://bid.example/n/track?t=TOKEN&e=${event}`,
      })),
    )
    expect(
      linear!.files.map(({ url, type, width, height, bitrates }) => ({
        url,
        type,
        width,
        height,
        bitrateKbps: bitrates[0],
      })),
    ).toEqual(someVideo.files)
  })

  test.each(vastWrapper)('protocol %i, wrapper', (protocol) => {
    const { markup } = write({ media: table, creative: wrapper, protocol, skipAfterSeconds: 5 })
    const ad = adIn(markup)
    const reading = readVast(markup)
    expect(reading.ok && protocolOf(reading.vast)).toBe(protocol)
    expect(ad.tagUrl).toBe(someWrapper.tagUrl)
    expect(ad.impressions).toHaveLength(1)
    expect(ad.linears[0]!.trackers).toHaveLength(5)
    // The document within says where a click leads: this one only counts it.
    expect(ad.linears[0]!.clickTrackers).toEqual(['https://bid.example/n/track?t=TOKEN&e=click'])
    expect(ad.linears[0]!.clickThrough).toBe('')
    expect(ad.linears[0]!.files).toEqual([])
  })

  test.each(vastInline)('protocol %i, audio', (protocol) => {
    const { markup } = write({ media: table, creative: audio, protocol })
    expect(adIn(markup).linears[0]!.files).toMatchObject([{ type: 'audio/mpeg', width: 0 }])
    expect(markup.includes('adType="audio"')).toBe(protocol >= 11)
  })

  test('4.0 and 4.1 name a creative in an attribute too, as their schemas ask', () => {
    for (const [protocol, isThere] of [
      [7, true],
      [11, true],
      [13, false],
    ] as const) {
      const { markup } = write({ media: table, creative: video, protocol })
      expect(markup.includes('idRegistry="shop.example" idValue="v.spring">')).toBe(isThere)
    }
  })
})

test('ten minutes are written as ten minutes, and a long skip as what it is', () => {
  const { markup } = write({
    media: table,
    creative: longVideo,
    protocol: 3,
    skipAfterSeconds: 599,
  })
  const [linear] = adIn(markup).linears
  expect(linear!.durationS).toBe(600)
  expect(linear!.skipOffset).toBe('00:09:59')
})

test('files beyond what the player takes are left out', () => {
  const types = (limits: object): string[] => {
    const options = { media: table, creative: video, protocol: 3 } as const
    const { markup } = write({ ...options, limits: { ...everything, ...limits } })
    return adIn(markup).linears[0]!.files.map(({ type }) => type)
  }
  expect(types({})).toEqual(['video/mp4', 'video/webm'])
  expect(types({ maxBitrateKbps: 700 })).toEqual(['video/webm'])
  expect(types({ minBitrateKbps: 701 })).toEqual(['video/mp4'])
})

test('an exchange’s own macros stand in the document as they are', () => {
  const own = vastLinks('https://bid.example', '&p=%%WINNING_PRICE%%', '%%CLICK_URL_UNESC%%')
  const ad = adIn(write({ media: table, creative: video, protocol: 3, links: own }).markup)
  expect(ad.impressions[0]).toBe('https://bid.example/n/imp?t=TOKEN&p=%%WINNING_PRICE%%')
  const { clickThrough } = ad.linears[0]!
  expect(clickThrough).toMatch(/^%%CLICK_URL_UNESC%%https:/)
  const target = 'https://shop.example/sale?a=1&b=]]%3E&c=%3Cd%3E'
  expect(clickBehind(clickThrough, '%%CLICK_URL_UNESC%%').target).toBe(target)
  expect(() => vastLinks('https://bid.example', '&p=]]>', '')).toThrow('must not have ]]> in it')
})

describe('what shops write', () => {
  const hostile = `]]><Ad>&amp;"'\${AUCTION_PRICE}%%X%%\u202e\u0000\ud800</VAST>zażółć`

  test.each([...vastInline, ...vastWrapper])('stays text, protocol %i', (protocol) => {
    const isWrapper = (vastWrapper as readonly number[]).includes(protocol)
    const media = mediaOf(
      {
        videos: [
          {
            ...(isWrapper ? someWrapper : someVideo),
            link: `/?q=${hostile}`,
            files: [{ ...someVideo.files[0], url: 'https://cdn.example/a?x=]]><b>&y=${Z}#]]>' }],
            ...(isWrapper ? { tagUrl: 'https://ads.example/?x=]]><b>&y=%%Z%%#]]>' } : {}),
          },
        ],
      },
      { name: hostile },
    )
    const { markup } = write({ media, creative: 0, protocol })
    const ad = adIn(markup)
    if (!isWrapper) expect(ad.title).toBe(`]]><Ad>&amp;"'\${AUCTION_PRICE}%%X%%\ufffd</VAST>zażółć`)
    // Exchanges fill in macros wherever they stand: only ours may be there.
    expect(markup.match(/\$\{[^}]*\}|%%[^%]*%%/g)).toEqual([
      '${AUCTION_PRICE}',
      '${AUCTION_CURRENCY}',
    ])
    const urls = isWrapper ? [ad.tagUrl] : ad.linears[0]!.files.map(({ url }) => url)
    for (const url of urls) expect(url).toContain(']]%3E%3Cb%3E')
  })

  test('a shop whose name shows nothing is called by its id', () => {
    const media = mediaOf({ videos: [someVideo] }, { name: '\u200b' })
    expect(adIn(write({ media, creative: 0, protocol: 2 }).markup).title).toBe('shop')
  })
})

describe('a companion', () => {
  const products = tableOf(
    ...Array.from({ length: 4 }, (_, i) => ({ id: `p${i}`, title: `]]></HTMLResource> ${i} "'&` })),
  )
  const brands = compileBrand({ ...someBrand, name: ']]>', callToAction: ']]></VAST>' }, signTarget)
  const bannerOf = (sizeIndex: number, productCount: number): Banner => ({
    sizeIndex,
    brands,
    brandStart: 0,
    brandEnd: brands.length,
    products,
    productIndexes: Int32Array.from([0, 1, 2, 3]),
    productCount,
    links: bannerLinks('https://bid.example', '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}', ''),
    hasPixel: true,
    token: 'TOKEN',
  })

  test('of each size and number of products stays within its CDATA', () => {
    for (let sizeIndex = 0; sizeIndex < sizeCount; sizeIndex++)
      for (let productCount = 0; productCount <= 4; productCount++) {
        const companion = bannerOf(sizeIndex, productCount)
        const { markup } = write({ media: table, creative: video, protocol: 3, companion })
        expect(faultIn(markup)).toBe('')
        const { width, height } = bannerSizes[sizeIndex]!
        const reading = readVast(markup)
        const ad = reading.ok ? reading.vast.ads[0]! : undefined
        expect(ad?.companions).toMatchObject([{ width, height, types: [2] }])
      }
  })

  test.each([...vastInline, ...vastWrapper])('fits protocol %i', (protocol) => {
    const isWrapper = (vastWrapper as readonly number[]).includes(protocol)
    const creative = isWrapper ? wrapper : video
    const { markup } = write({ media: table, creative, protocol, companion: bannerOf(0, 3) })
    expect(adIn(markup).companions).toHaveLength(1)
    expect(markup.match(/class="p"/g)).toHaveLength(3)
  })
})

test('checklist 62: what stands in the response is the document, escaped once', () => {
  const { json, markup } = write({ media: table, creative: video, protocol: 13, links })
  expect(JSON.stringify(markup)).toBe(`"${json}"`)
})
