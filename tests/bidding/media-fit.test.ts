// Goal: a player only ever gets a video or spot that it takes, in a document that it reads, at a price
// that it sells at (checklist 49, 51, 59 to 65, 67). Method: each rule by itself; then seeded players and
// creatives, where what fits is bid and judged by the simulated exchange, which shares no code with this,
// and what doesn't fit is bid all the same and must be refused.
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import {
  companionSizeOf,
  mediaAttributes,
  mediaFits,
  mediaFloorMicros,
  mediaSkipAfter,
  vastProtocolFor,
  videoPlacementOf,
  videoPositionOf,
} from '../../src/bidding/media-fit.js'
import { compileBrand } from '../../src/catalogue/creative/brand.js'
import { bannerLinks } from '../../src/catalogue/creative/render.js'
import { CreativeFormat, videoPlacements, videoPositions } from '../../src/catalogue/media.js'
import { bannerSizes } from '../../src/catalogue/sizes.js'
import { bitOf, Deal } from '../../src/openrtb/offers.js'
import { brokenRules } from '../../src/simulation/response-rules.js'
import { signTarget, someBrand, tableOf } from '../catalogue/creative-world.js'
import {
  mediaOf,
  offerOf,
  type Player,
  randomMedia,
  randomPlayer,
  someAudio,
  someVideo,
  someWrapper,
  write,
} from '../catalogue/media-world.js'
import { faultIn } from '../catalogue/vast-structure.js'

const anyVideo: Player = { mimes: ['video/mp4'] }
/** Whether a player takes the video that `someVideo` and `changes` make. */
function fits(player: Partial<Player>, changes: object = {}, secure = false): boolean {
  const table = mediaOf({ videos: [{ ...someVideo, ...changes }] })
  return mediaFits(table, 0, offerOf({ ...anyVideo, ...player }), secure)
}

test('checklist 59: one of our media types must be taken', () => {
  expect(fits({})).toBe(true)
  expect(fits({ mimes: ['video/x-flv', 'video/webm; codecs=vp9'] })).toBe(true)
  expect(fits({ mimes: ['video/x-flv'] })).toBe(false)
  expect(fits({ mimes: [] })).toBe(false)
})

test('checklist 60: length', () => {
  expect(fits({ maxduration: 15 })).toBe(false)
  expect(fits({ minduration: 31 })).toBe(false)
  expect(fits({ minduration: 30, maxduration: 30 })).toBe(true)
  expect(fits({ rqddurs: [15, 30] })).toBe(true)
  expect(fits({ rqddurs: [15, 60] })).toBe(false)
  // What exact lengths are asked for, no others count.
  expect(fits({ rqddurs: [30], maxduration: 15 })).toBe(true)
})

test('bitrate: the file that is of a type that is taken must be within the limits', () => {
  expect(fits({ minbitrate: 2_000, maxbitrate: 2_000 })).toBe(true)
  expect(fits({ maxbitrate: 1_999 })).toBe(false)
  expect(fits({ maxbitrate: 1_999, mimes: ['video/mp4', 'video/webm'] })).toBe(true)
  expect(fits({ minbitrate: 2_001 })).toBe(false)
})

test('delivery: ours is progressive', () => {
  expect(fits({ delivery: [2] })).toBe(true)
  expect(fits({ delivery: [1, 3] })).toBe(true)
  expect(fits({ delivery: [1] })).toBe(false)
})

test('checklist 49: https, where it is asked for', () => {
  const plain = { link: 'http://shop.example/' }
  expect(fits({}, plain)).toBe(true)
  expect(fits({}, plain, true)).toBe(false)
  expect(fits({}, {}, true)).toBe(true)
})

test('checklist 51: frameworks that are needed must be listed', () => {
  expect(fits({}, { apis: [7] })).toBe(false)
  expect(fits({ api: [1, 2] }, { apis: [2, 7] })).toBe(false)
  expect(fits({ api: [1, 2, 7] }, { apis: [2, 7] })).toBe(true)
})

test('checklist 46: attributes that are blocked', () => {
  expect(fits({ battr: [8] }, { attributes: [8, 13] })).toBe(false)
  expect(fits({ battr: [9] }, { attributes: [8, 13] })).toBe(true)
})

describe('checklist 61: the newest version that the player takes and we write', () => {
  const table = mediaOf({ videos: [someVideo, someWrapper] })
  test.each([
    [[2], 2, 0],
    [[2, 3, 5, 6], 3, 6],
    [[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16], 13, 14],
    [[3, 7, 8], 7, 8],
    [[11, 2, 12], 11, 12],
    [[1, 4], 0, 0],
    [[9, 10], 0, 0],
    [[15, 16], 0, 0],
  ])('protocols %j', (protocols, inline, wrapped) => {
    const offer = offerOf({ ...anyVideo, protocols })
    expect(vastProtocolFor(table, 0, offer, 3)).toBe(inline)
    expect(vastProtocolFor(table, 1, offer, 3)).toBe(wrapped)
  })

  test('none named: what was agreed with the exchange', () => {
    const offer = offerOf(anyVideo)
    for (const [agreed, wrapped] of [
      [2, 5],
      [3, 6],
      [7, 8],
    ] as const) {
      expect(vastProtocolFor(table, 0, offer, agreed)).toBe(agreed)
      expect(vastProtocolFor(table, 1, offer, agreed)).toBe(wrapped)
    }
  })
})

describe('checklist 63: skipping', () => {
  /** Fits, attribute 16, skipoffset. */
  const skip = (player: Partial<Player>, changes: object): [boolean, boolean, number] => {
    const table = mediaOf({ videos: [{ ...someVideo, ...changes }] })
    const offer = offerOf({ ...anyVideo, ...player })
    const isTold = (mediaAttributes(table, 0, offer) & bitOf(16)) !== 0
    return [mediaFits(table, 0, offer, false), isTold, mediaSkipAfter(table, 0, offer)]
  }
  const own = { skippableAfterSeconds: 5 }
  test.each<[string, Partial<Player>, object, [boolean, boolean, number]]>([
    ['the player adds it', { skip: 1, skipafter: 7 }, {}, [true, false, 7]],
    ['the player adds it to a skippable one', { skip: 1, skipafter: 7 }, own, [true, false, 7]],
    ['only to longer ones', { skip: 1, skipmin: 30 }, own, [true, false, -1]],
    ['to longer ones', { skip: 1, skipmin: 29 }, {}, [true, false, 0]],
    ['after the end', { skip: 1, skipafter: 30 }, {}, [true, false, -1]],
    ['within a second', { skip: 1, skipafter: 4.5 }, {}, [true, false, 5]],
    ['the player adds none', { skip: 0, skipafter: 7 }, {}, [true, false, -1]],
    ['the player adds none to a skippable one', { skip: 0, skipafter: 7 }, own, [true, true, 5]],
    ['it is not said', {}, own, [true, true, 5]],
    ['skippable ones are blocked', { skip: 0, battr: [16] }, own, [false, true, 5]],
    ['own buttons are blocked, not the player’s', { skip: 1, battr: [16] }, own, [true, false, 0]],
    ['a button in the video, too', { skip: 1 }, { attributes: [16] }, [false, true, 0]],
    ['a button in the video', { skip: 0 }, { attributes: [16] }, [true, true, -1]],
  ])('%s', (_, player, changes, expected) => {
    expect(skip(player, changes)).toEqual(expected)
  })
})

describe('checklist 64: where it plays', () => {
  test('ours are linear', () => {
    expect(fits({ linearity: 1 })).toBe(true)
    expect(fits({ linearity: 2 })).toBe(false)
  })

  test.each<[Partial<Player>, (typeof videoPlacements)[number] | undefined]>([
    [{ plcmt: 1 }, 'instream'],
    [{ plcmt: 2 }, 'accompanying'],
    [{ plcmt: 3 }, 'interstitial'],
    [{ plcmt: 4 }, 'standalone'],
    [{ plcmt: 7 }, undefined],
    [{ plcmt: 2, placement: 1 }, 'accompanying'],
    [{ placement: 1 }, 'instream'],
    [{ placement: 2 }, 'standalone'],
    [{ placement: 3 }, 'standalone'],
    [{ placement: 4 }, 'standalone'],
    [{ placement: 5 }, 'interstitial'],
    [{ placement: 99 }, undefined],
    [{}, undefined],
  ])('%j is %s', (player, placement) => {
    const number = videoPlacementOf(offerOf({ ...anyVideo, ...player }))
    expect(videoPlacements[number - 1]).toBe(placement)
  })

  test.each<[Partial<Player>, (typeof videoPositions)[number] | undefined]>([
    [{ startdelay: 0 }, 'pre'],
    [{ startdelay: 15 }, 'mid'],
    [{ startdelay: -1 }, 'mid'],
    [{ startdelay: -2 }, 'post'],
    [{}, undefined],
  ])('%j is %s', (player, position) => {
    const number = videoPositionOf(offerOf({ ...anyVideo, ...player }))
    expect(videoPositions[number - 1]).toBe(position)
  })
})

describe('checklist 65: floors', () => {
  const durfloors = [
    { maxdur: 15, bidfloor: 2 },
    { mindur: 15, maxdur: 30, bidfloor: 4 },
    { mindur: 31, bidfloor: 0 },
  ]
  const floor = (player: Partial<Player>, seconds: number, deal: Deal | null = null): number =>
    mediaFloorMicros(offerOf({ ...anyVideo, ...player }), deal, seconds, 1_000_000) / 1e6

  test('by the second, by range, else the impression’s', () => {
    expect(floor({ mincpmpersec: 0.5 }, 30)).toBe(15)
    expect([6, 15, 30, 60].map((seconds) => floor({ durfloors }, seconds))).toEqual([2, 4, 4, 1])
    expect(floor({}, 30)).toBe(1)
    expect(floor({ mincpmpersec: 0.01, durfloors }, 15)).toBe(4)
  })

  test('a deal’s own come before all of those', () => {
    const deal = new Deal()
    deal.floorCpmMicros = 3_000_000
    expect(floor({ mincpmpersec: 0.5, durfloors }, 30, deal)).toBe(3)
    deal.durationFloors.count = 1
    deal.durationFloors.toS[0] = 15
    deal.durationFloors.floorCpmMicros[0] = 5_000_000
    expect(floor({ durfloors }, 15, deal)).toBe(5)
    expect(floor({ durfloors }, 16, deal)).toBe(3)
    deal.minCpmPerSecondMicros = 100_000
    expect(floor({}, 60, deal)).toBe(6)
    // A deal without a floor has none; it takes over no other.
    expect(floor({ mincpmpersec: 0.5 }, 30, new Deal())).toBe(0)
  })
})

test('checklist 67: spots go where their type is taken', () => {
  const table = mediaOf({ audios: [someAudio] })
  const takes = (player: Player): boolean => mediaFits(table, 0, offerOf(player), true)
  expect(takes({ mimes: ['audio/mp3'] })).toBe(true)
  expect(takes({ mimes: ['audio/ogg', 'audio/aac'] })).toBe(false)
  expect(takes({ mimes: ['video/mp4'] })).toBe(false)
  expect(takes({ mimes: ['audio/mpeg'], maxduration: 15 })).toBe(false)
})

test('a companion is the first size that we have, where HTML is taken', () => {
  const companionad = [
    { w: 301, h: 250 },
    { w: 728, h: 90 },
    { w: 300, h: 250 },
  ]
  const size = (player: Partial<Player>): object | undefined =>
    bannerSizes[companionSizeOf(offerOf({ ...anyVideo, ...player }))]
  expect(size({ companionad })).toMatchObject({ width: 728, height: 90 })
  expect(size({ companionad, companiontype: [1, 2] })).toMatchObject({ width: 728 })
  expect(size({ companionad, companiontype: [1, 3] })).toBeUndefined()
  expect(size({ companionad: companionad.slice(0, 1) })).toBeUndefined()
  expect(size({})).toBeUndefined()
})

const brands = compileBrand(someBrand, signTarget)
const products = tableOf({ id: 'p1' }, { id: 'p2' })
const numbersIn = (bits: number): number[] =>
  Array.from({ length: 31 }, (_, n) => n).filter((n) => (bits & (1 << n)) !== 0)

describe.each(['video', 'audio'] as const)('any %s for any player', (kind) => {
  const seed = kind === 'video' ? 20260305 : 20260306
  const random = new Random(seed)
  let fitting = 0
  let refused = 0

  test('what fits breaks no rule of the exchange’s, and what does not fit breaks one', () => {
    for (let round = 0; round < 1_500; round++) {
      const media = randomMedia(random, kind, 'm1')
      const table = mediaOf(kind === 'video' ? { videos: [media] } : { audios: [media] })
      const player = randomPlayer(random, kind)
      const offer = offerOf(player)
      const secure = random.chance(0.3)
      const agreed = random.pick([2, 3, 7] as const)
      const protocol = vastProtocolFor(table, 0, offer, agreed)
      const isFit = mediaFits(table, 0, offer, secure) && protocol !== 0
      const floorMicros = mediaFloorMicros(offer, null, table.durationSeconds[0]!, 2_000_000)
      const sizeIndex = companionSizeOf(offer)
      const companion = {
        sizeIndex,
        brands,
        brandStart: 0,
        brandEnd: brands.length,
        products,
        productIndexes: Int32Array.from([0, 1]),
        productCount: 2,
        links: bannerLinks('https://bid.example', '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}', ''),
        hasPixel: true,
        token: 'TOKEN',
      }
      const isWrapper = table.flags[0]! & 1
      const { markup } = write({
        media: table,
        creative: 0,
        protocol: protocol === 0 ? (isWrapper ? 6 : 3) : protocol,
        limits: isFit ? offer : { mimes: -1, minBitrateKbps: 0, maxBitrateKbps: 0 },
        skipAfterSeconds: mediaSkipAfter(table, 0, offer),
        companion: sizeIndex < 0 ? null : companion,
      })
      const bid = {
        id: 'b1',
        impid: '1',
        price: floorMicros / 1e6,
        adm: markup,
        mtype: CreativeFormat[kind],
        nurl: 'https://bid.example/n/win?t=TOKEN&p=${AUCTION_PRICE}',
        burl: 'https://bid.example/n/bill?t=TOKEN&p=${AUCTION_PRICE}',
        lurl: 'https://bid.example/n/loss?t=TOKEN&r=${AUCTION_LOSS}',
        adomain: ['shop.example'],
        cid: 'c1',
        crid: `c1-${table.nameOf(0)}`,
        cat: ['IAB22-1'],
        attr: numbersIn(mediaAttributes(table, 0, offer)),
        apis: numbersIn(table.apis[0]!),
        dur: table.durationSeconds[0],
        protocol: protocol === 0 ? undefined : protocol,
      }
      if (bid.attr.length === 0) Reflect.deleteProperty(bid, 'attr')
      if (bid.apis.length === 0) Reflect.deleteProperty(bid, 'apis')
      const request = {
        id: 'r1',
        imp: [{ id: '1', [kind]: player, secure: Number(secure), bidfloor: 2 }],
        cur: ['USD'],
      }
      const judged = (it: object): string[] =>
        brokenRules(
          request,
          JSON.stringify({ id: 'r1', cur: 'USD', seatbid: [{ seat: 's1', bid: [it] }] }),
        ).map(({ rule, detail }) => `${rule}: ${detail}`)
      const why = `seed ${seed}, round ${round}: ${JSON.stringify({ player, media, secure })}`
      expect(faultIn(markup), why).toBe('')
      const broken = judged(bid)
      if (isFit) {
        fitting++
        expect(broken, why).toEqual([])
        if (round % 8 === 0)
          expect(judged({ ...bid, price: floorMicros / 1e6 - 0.01 }), why).toHaveLength(1)
      } else {
        refused++
        // What a wrapper leads to, and where a click does, the exchange can't see.
        const leadsToHttp = secure && (media as { link?: string }).link?.startsWith('http:')
        if (!isWrapper && !leadsToHttp) expect(broken, why).not.toEqual([])
      }
    }
    expect(fitting).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(200)
  })
})
