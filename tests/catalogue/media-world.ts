/** Shops with videos and spots, players that take some of them, and documents for the tests of both. */
import { ByteWriter } from '../../src/base/byte-writer.js'
import { mimeBit } from '../../src/base/mime.js'
import type { Random } from '../../src/base/random.js'
import { renderVast, type Vast, vastLinks } from '../../src/catalogue/creative/vast.js'
import type { MediaTable } from '../../src/catalogue/media-table.js'
import { compileMedia } from '../../src/catalogue/media-table.js'
import type { ShopFile, ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { bitOf, MediaOffer } from '../../src/openrtb/offers.js'
import { signTarget } from './creative-world.js'

export const someVideo = {
  id: 'spring',
  durationSeconds: 30,
  files: [
    {
      url: 'https://cdn.example/spring-720.mp4',
      type: 'video/mp4',
      width: 1280,
      height: 720,
      bitrateKbps: 2_000,
    },
    {
      url: 'https://cdn.example/spring-360.webm',
      type: 'video/webm',
      width: 640,
      height: 360,
      bitrateKbps: 700,
    },
  ],
} as const

export const someAudio = {
  id: 'spring',
  durationSeconds: 20,
  files: [{ url: 'https://cdn.example/spring.mp3', type: 'audio/mpeg', bitrateKbps: 128 }],
} as const

export const someWrapper = {
  ...someVideo,
  id: 'wrapped',
  tagUrl: 'https://ads.example/vast?site=1&n=[CACHEBUSTING]',
} as const

/** @throws where the schema refuses it. */
export function mediaShop(file: object, shop: object = {}): ShopFile {
  const input = {
    shop: {
      id: 'shop',
      name: 'Some Shop',
      domain: 'shop.example',
      url: 'https://shop.example/',
      currency: 'PLN',
      timeZone: 'Europe/Warsaw',
      language: 'pl',
      logo: '/logo.svg',
      colours: { primary: '#112233', onPrimary: '#ffffff', background: '#ffffff', text: '#111111' },
      callToAction: 'Buy',
      categories: ['IAB22-1'],
      ...shop,
    },
    campaigns: [],
    products: [],
    ...file,
  }
  return shopFileSchema.parse(input as unknown as ShopFileInput)
}

export const mediaOf = (file: object, shop: object = {}): MediaTable =>
  compileMedia([mediaShop(file, shop)], signTarget)

/** A player as a request has it: `imp.video` or `imp.audio`. */
export interface Player {
  readonly mimes: readonly string[]
  readonly minduration?: number
  readonly maxduration?: number
  readonly rqddurs?: readonly number[]
  readonly protocols?: readonly number[]
  readonly linearity?: number
  readonly skip?: number
  readonly skipmin?: number
  readonly skipafter?: number
  readonly startdelay?: number
  readonly plcmt?: number
  readonly placement?: number
  readonly minbitrate?: number
  readonly maxbitrate?: number
  readonly delivery?: readonly number[]
  readonly battr?: readonly number[]
  readonly api?: readonly number[]
  readonly companionad?: readonly { readonly w: number; readonly h: number }[]
  readonly companiontype?: readonly number[]
  readonly mincpmpersec?: number
  readonly durfloors?: readonly {
    readonly mindur?: number
    readonly maxdur?: number
    readonly bidfloor: number
  }[]
}

const bitsOf = (values: readonly number[] = []): number =>
  values.reduce((bits, value) => bits | bitOf(value), 0)

/** The player as the request's reader hands it on; money in US dollars. */
export function offerOf(player: Player): MediaOffer {
  const offer = new MediaOffer()
  offer.isOffered = true
  offer.mimes = player.mimes.reduce((bits, type) => bits | mimeBit(type), 0)
  offer.minDurationS = player.minduration ?? 0
  offer.maxDurationS = player.maxduration ?? Number.POSITIVE_INFINITY
  offer.requiredDurationsS.set(player.rqddurs ?? [])
  offer.requiredDurationCount = player.rqddurs?.length ?? 0
  offer.protocols = bitsOf(player.protocols)
  offer.linearity = player.linearity ?? 0
  offer.skip = player.skip ?? -1
  offer.skipMinS = player.skipmin ?? 0
  offer.skipAfterS = player.skipafter ?? 0
  offer.startDelay = player.startdelay ?? -3
  offer.plcmt = player.plcmt ?? 0
  offer.placement = player.placement ?? 0
  offer.minBitrateKbps = player.minbitrate ?? 0
  offer.maxBitrateKbps = player.maxbitrate ?? 0
  offer.delivery = bitsOf(player.delivery)
  offer.blockedAttributes = bitsOf(player.battr)
  offer.apis = bitsOf(player.api)
  offer.companionSizeKeys.set((player.companionad ?? []).map(({ w, h }) => (w << 16) | h))
  offer.companionSizeCount = player.companionad?.length ?? 0
  offer.companionTypes = bitsOf(player.companiontype)
  offer.minCpmPerSecondMicros = (player.mincpmpersec ?? 0) * 1e6
  for (const [i, { mindur, maxdur, bidfloor }] of (player.durfloors ?? []).entries()) {
    offer.durationFloors.fromS[i] = mindur ?? 0
    offer.durationFloors.toS[i] = maxdur ?? Number.POSITIVE_INFINITY
    offer.durationFloors.floorCpmMicros[i] = bidfloor * 1e6
    offer.durationFloors.count = i + 1
  }
  return offer
}

export const everything = {
  mimes: 0x7fffffff,
  minBitrateKbps: 0,
  maxBitrateKbps: 0,
}

export const links = vastLinks(
  'https://bid.example',
  '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}',
  '',
)

export interface Written {
  /** As it stands in the response, between the quotes of a JSON string. */
  readonly json: string
  /** As an exchange reads it. */
  readonly markup: string
}

export function write(
  vast: Pick<Vast, 'media' | 'creative' | 'protocol'> & Partial<Vast>,
): Written {
  const out = new ByteWriter(64)
  renderVast(out, {
    limits: everything,
    skipAfterSeconds: -1,
    links,
    bidId: 'bid-1',
    token: 'TOKEN',
    companion: null,
    ...vast,
  })
  const json = out.view().toString()
  return { json, markup: JSON.parse(`"${json}"`) as string }
}

const some = <T>(random: Random, from: readonly T[], share = 0.5): T[] =>
  from.filter(() => random.chance(share))
const maybe = <T>(random: Random, name: string, value: () => T, share = 0.3): object =>
  random.chance(share) ? { [name]: value() } : {}

const videoTypes = ['video/mp4', 'video/webm', 'video/ogg', 'video/3gpp']
const audioTypes = ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav']
const bitrates = [64, 128, 300, 700, 2_000, 5_000]

export function randomMedia(random: Random, kind: 'video' | 'audio', id: string): object {
  const durationSeconds = random.pick([6, 15, 20, 30, 60, 90])
  const scheme = random.chance(0.2) ? 'http' : 'https'
  const isVideo = kind === 'video'
  return {
    id,
    durationSeconds,
    files: Array.from({ length: 1 + random.below(4) }, (_, i) => ({
      url: `${scheme}://cdn.example/${id}/${i}?a=1&b=]]`,
      type: random.pick(isVideo ? videoTypes : audioTypes),
      bitrateKbps: random.pick(bitrates),
      ...(isVideo ? { width: 640, height: 360 } : {}),
    })),
    ...maybe(random, 'language', () => random.pick(['en', 'pl', 'xx'])),
    ...maybe(random, 'attributes', () => some(random, [2, 8, 13, 16])),
    ...maybe(random, 'link', () => random.pick(['/sale?a=1&b=2', 'http://other.example/'])),
    ...(isVideo
      ? {
          ...maybe(random, 'skippableAfterSeconds', () => random.pick([0, 3, 5])),
          ...maybe(random, 'apis', () => some(random, [2, 7])),
          ...maybe(random, 'tagUrl', () => `${scheme}://ads.example/${id}?x=1&y=2`, 0.2),
        }
      : {}),
  }
}

/** Lists of a request hold something where they are there. */
const list = <T>(random: Random, from: readonly T[]): T[] => [
  random.pick(from),
  ...some(random, from, 0.6),
]

export function randomPlayer(random: Random, kind: 'video' | 'audio'): Player {
  const isVideo = kind === 'video'
  return {
    mimes: list(random, isVideo ? [...videoTypes, 'video/x-flv'] : [...audioTypes, 'audio/mp3']),
    ...maybe(random, 'minduration', () => random.pick([0, 5, 15, 16])),
    ...maybe(random, 'maxduration', () => random.pick([15, 30, 60])),
    ...maybe(random, 'rqddurs', () => list(random, [6, 15, 30, 60]), 0.15),
    ...maybe(random, 'protocols', () => list(random, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14])),
    ...maybe(random, 'minbitrate', () => random.pick([100, 300, 700])),
    ...maybe(random, 'maxbitrate', () => random.pick([300, 700, 2_000])),
    ...maybe(random, 'delivery', () => list(random, [1, 2, 3])),
    ...maybe(random, 'battr', () => some(random, [2, 8, 13, 16])),
    ...maybe(random, 'api', () => some(random, [1, 2, 7])),
    ...maybe(random, 'companionad', () => [
      { w: 301, h: 250 },
      random.pick([
        { w: 300, h: 250 },
        { w: 728, h: 90 },
      ]),
    ]),
    ...maybe(random, 'companiontype', () => list(random, [1, 2, 3])),
    ...maybe(random, 'mincpmpersec', () => random.pick([0.1, 0.5]), 0.2),
    ...maybe(random, 'durfloors', () => [
      { maxdur: 15, bidfloor: 1 },
      { mindur: 15, maxdur: 30, bidfloor: 3 },
      { mindur: 31, bidfloor: 7 },
    ]),
    ...(isVideo
      ? {
          ...maybe(random, 'linearity', () => random.pick([1, 1, 2])),
          ...maybe(random, 'skip', () => random.below(2), 0.6),
          ...maybe(random, 'skipmin', () => random.pick([0, 15, 30])),
          ...maybe(random, 'skipafter', () => random.pick([0, 5, 30])),
        }
      : {}),
  }
}
