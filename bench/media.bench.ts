/**
 * What a video costs: `node dist/bench/media.bench.js [--rounds N]`.
 *
 * Writes a video of three files as VAST 3.0 and 4.2, without and with a companion of three products,
 * and a wrapper; says nanoseconds and bytes per document. Beside it the rival that everybody writes
 * first: a template filled with escaped text for each bid and passed through JSON.stringify. `fits` is
 * what it costs to see that a player takes a video, and which version it takes.
 */
import { parseArgs } from 'node:util'
import { ByteWriter } from '../src/base/byte-writer.js'
import { mimeBit } from '../src/base/mime.js'
import { mediaFits, mediaSkipAfter, vastProtocolFor } from '../src/bidding/media-fit.js'
import { compileBrand } from '../src/catalogue/creative/brand.js'
import { escapeHtml } from '../src/catalogue/creative/escape.js'
import type { Banner } from '../src/catalogue/creative/render.js'
import { bannerLinks } from '../src/catalogue/creative/render.js'
import { renderVast, type Vast, vastLinks } from '../src/catalogue/creative/vast.js'
import { compileMedia } from '../src/catalogue/media-table.js'
import type { ShopFile } from '../src/catalogue/model.js'
import { buildTable } from '../src/catalogue/product-builder.js'
import { sizeIndexOf, sizeKeyOf } from '../src/catalogue/sizes.js'
import { demoShopFiles } from '../src/demo/shops.js'
import { bitOf, MediaOffer } from '../src/openrtb/offers.js'

const turns = 5_000
const signTarget = (): string => '0123456789abcdef'
const demo = demoShopFiles('https://shop.example')[0]! as unknown as ShopFile
const files = [360, 720, 1_080].map((height) => ({
  url: `https://cdn.example/spring/${height}.mp4`,
  type: 'video/mp4' as const,
  width: (height * 16) / 9,
  height,
  bitrateKbps: height * 2,
}))
const video = { id: 'spring', durationSeconds: 30, files, attributes: [], apis: [] }
const wrapper = { ...video, id: 'wrapped', tagUrl: 'https://ads.example/vast?site=1&slot=2' }
const media = compileMedia([{ ...demo, videos: [video, wrapper], audios: [] }], signTarget)
const query = '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}'
const token = 'A'.repeat(100)
const brands = compileBrand({ ...demo.shop, shopId: demo.shop.id }, signTarget)
const companion: Banner = {
  sizeIndex: sizeIndexOf(sizeKeyOf(300, 250)),
  brands,
  brandStart: 0,
  brandEnd: brands.length,
  products: buildTable(demo.shop, demo.products, signTarget).table,
  productIndexes: Int32Array.from([0, 1, 2, 3]),
  productCount: 3,
  links: bannerLinks('https://bid.example', query, ''),
  hasPixel: true,
  token,
}
const offer = new MediaOffer()
offer.isOffered = true
offer.mimes = mimeBit('video/mp4') | mimeBit('video/webm')
offer.minDurationS = 5
offer.maxDurationS = 30
offer.protocols = bitOf(2) | bitOf(3) | bitOf(5) | bitOf(6)
offer.maxBitrateKbps = 2_500
offer.skip = 1
offer.skipAfterS = 5

const out = new ByteWriter()
const vast: Vast = {
  media,
  creative: 0,
  protocol: 3,
  limits: offer,
  skipAfterSeconds: 5,
  links: vastLinks('https://bid.example', query, ''),
  bidId: 'bid-1',
  token,
  companion: null,
}

function write(creative: number, protocol: number, beside: Banner | null): () => number {
  return () => {
    vast.creative = creative
    vast.protocol = protocol
    vast.companion = beside
    out.reset()
    renderVast(out, vast)
    return out.length
  }
}

function fits(): number {
  if (!mediaFits(media, 0, offer, true)) throw new Error('does not fit')
  return vastProtocolFor(media, 0, offer, 3) + mediaSkipAfter(media, 0, offer)
}

/** The same document as `VAST 3.0`, put together from text. */
function template(): number {
  const url = (path: string): string => `https://bid.example/n/${path}?t=${token}`
  const events = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete', 'skip']
  const target = Buffer.from(demo.shop.url).toString('base64url')
  const xml =
    `<VAST version="3.0"><Ad id="v.spring"><InLine><AdSystem>Grosz</AdSystem>` +
    `<AdTitle>${escapeHtml(demo.shop.name)}</AdTitle>` +
    `<Impression><![CDATA[${url('imp')}${query}]]></Impression>` +
    `<Creatives><Creative id="v.spring"><Linear skipoffset="00:00:05"><Duration>00:00:30</Duration>` +
    `<TrackingEvents>${events
      .map((e) => `<Tracking event="${e}"><![CDATA[${url('track')}&e=${e}]]></Tracking>`)
      .join('')}</TrackingEvents>` +
    `<VideoClicks><ClickThrough><![CDATA[https://bid.example/n/click/${token}.${signTarget()}.${target}]]></ClickThrough>` +
    `</VideoClicks><MediaFiles>${files
      .filter(({ bitrateKbps }) => bitrateKbps <= 2_500)
      .map(
        (f) =>
          `<MediaFile delivery="progressive" type="${f.type}" bitrate="${f.bitrateKbps}" ` +
          `width="${f.width}" height="${f.height}"><![CDATA[${f.url}]]></MediaFile>`,
      )
      .join('')}</MediaFiles></Linear></Creative></Creatives></InLine></Ad></VAST>`
  out.reset()
  out.utf8(JSON.stringify(xml).slice(1, -1))
  return out.length
}

const cases: readonly (readonly [name: string, run: () => number])[] = [
  ['fits', fits],
  ['VAST 3.0', write(0, 3, null)],
  ['VAST 3.0 by template', template],
  ['VAST 4.2', write(0, 13, null)],
  ['VAST 3.0 with a companion', write(0, 3, companion)],
  ['wrapper 3.0', write(1, 6, null)],
]

const { rounds } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } }).values
const best = new Float64Array(cases.length).fill(Number.POSITIVE_INFINITY)
const bytes = new Float64Array(cases.length)
// In turn, so that whatever else the machine does falls on all of them alike.
for (let round = 0; round < Number(rounds); round++)
  for (const [index, [, run]] of cases.entries()) {
    const start = process.hrtime.bigint()
    for (let turn = 0; turn < turns; turn++) bytes[index] = run()
    best[index] = Math.min(best[index]!, Number(process.hrtime.bigint() - start) / turns)
  }
for (const [index, [name]] of cases.entries())
  console.log(
    `${name.padEnd(28)} ${best[index]!.toFixed(0).padStart(6)} ns ${name === 'fits' ? '' : `${bytes[index]} bytes`}`,
  )
