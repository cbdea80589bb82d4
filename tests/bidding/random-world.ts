// Seeded random shops, campaigns and people, as varied as shop files may be.
import { keyOf } from '../../src/base/key.js'
import type { Random } from '../../src/base/random.js'
import type { ShopFile } from '../../src/catalogue/model.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { nowMs, shopFile } from './world.js'

export const shopIds = ['shop0', 'shop1', 'shop2'] as const
export const currencies = ['PLN', 'EUR', 'USD'] as const
export const countries = ['POL', 'DEU', 'CZE'] as const
export const sizes = ['300x250', '728x90', '160x600'] as const
export const segments = ['vip', 'new', 'lapsing'] as const
export const domains = ['news.example', 'sport.example', 'a.sport.example'] as const
export const categories = ['IAB1', 'IAB7', 'IAB7-39'] as const
export const bundles = ['com.game', 'com.radio'] as const
export const dealIds = ['gold', 'silver', 'iron'] as const
export const shopApps = ['app.shop0', 'app.shop1'] as const
const formats = ['banner', 'video', 'audio', 'native'] as const

export const some = <T>(random: Random, from: readonly T[], probability = 0.5): T[] =>
  from.filter(() => random.chance(probability))
/** At least one of them. */
export const several = <T>(random: Random, from: readonly T[]): T[] => {
  const chosen = some(random, from)
  return chosen.length > 0 ? chosen : [random.pick(from)]
}
export const maybe = (
  random: Random,
  name: string,
  value: unknown,
  probability = 0.4,
): Record<string, unknown> => (random.chance(probability) ? { [name]: value } : {})

const audioTypes = ['audio/mpeg', 'audio/mp4', 'audio/ogg']
const videoTypes = ['video/mp4', 'video/webm']

function randomVideo(random: Random, id: string): object {
  const durationSeconds = random.pick([6, 15, 15, 30])
  const host = random.chance(0.2) ? 'http://cdn.example' : 'https://cdn.example'
  return {
    id,
    durationSeconds,
    files: several(random, videoTypes).map((type) => ({
      ...{ url: `${host}/${id}.${type.slice(6)}`, type, width: 640, height: 360 },
      bitrateKbps: random.pick([300, 800, 2_000]),
    })),
    ...maybe(random, 'tagUrl', `${host}/${id}.xml`, 0.2),
    ...maybe(random, 'language', random.pick(['de', 'xx', 'pl']), 0.3),
    ...maybe(random, 'skippableAfterSeconds', 5, 0.3),
    ...maybe(random, 'attributes', random.pick([[16], [9]]), 0.2),
    ...maybe(random, 'apis', [2], 0.2),
  }
}

function randomAudio(random: Random, id: string): object {
  const host = random.chance(0.2) ? 'http://cdn.example' : 'https://cdn.example'
  return {
    id,
    durationSeconds: random.pick([10, 15, 30]),
    files: several(random, audioTypes).map((type) => ({
      ...{ url: `${host}/${id}.${type.slice(6)}`, type },
      bitrateKbps: random.pick([64, 128]),
    })),
    ...maybe(random, 'language', random.pick(['de', 'xx', 'pl']), 0.3),
    ...maybe(random, 'attributes', [9], 0.2),
  }
}

const ids = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${letter}${i}`)

export function randomShop(random: Random, id: string, campaignCount: number): ShopFile {
  const videoIds = ids('v', random.below(5))
  const audioIds = ids('a', random.below(3))
  const campaigns = ids('c', campaignCount).map((name) =>
    randomCampaign(random, name, videoIds, audioIds),
  )
  const shop = {
    url: `${random.chance(0.1) ? 'http' : 'https'}://${id}.example/`,
    language: random.pick(['en', 'en', 'de', 'xx']),
    categories: random.pick([['IAB22-1'], ['IAB18'], ['IAB18-3', 'IAB22-4']]),
    ...maybe(random, 'pictures', random.pick([600, 1_600].map((n) => ({ width: n, height: n })))),
    ...maybe(random, 'logoSize', { width: 128, height: 128 }),
    ...maybe(random, 'appBundle', random.pick(shopApps)),
    ...maybe(random, 'domain', `a.${id}.example`, 0.2),
  }
  return shopFile(id, campaigns, random.pick(currencies), {
    shop,
    videos: videoIds.map((video) => randomVideo(random, video)),
    audios: audioIds.map((audio) => randomAudio(random, audio)),
    products: ids('p', 4).map(() => ({
      ...maybe(random, 'salePriceMicros', 5_000_000),
      ...maybe(random, 'rating', random.pick([0, 4.5])),
      ...(random.chance(0.3) ? { imageWidth: 1_200, imageHeight: 627 } : {}),
      inStock: random.chance(0.8),
    })),
  })
}

export function randomCampaign(
  random: Random,
  id: string,
  videoIds: readonly string[] = [],
  audioIds: readonly string[] = [],
): object {
  const bid = 1 + random.below(40) / 4
  const goal = random.pick(['cpm', 'cpc'])
  const factors = [0.5, 1.5, 2, 3]
  return {
    id,
    goal,
    bid: goal === 'cpc' ? bid / 4 : bid,
    maxCpm: 2 + random.below(40) / 2,
    budget: { total: 1_000 },
    withoutProfile: random.pick(['bid', 'bid', 'skip']),
    paused: random.chance(0.05),
    ...maybe(random, 'flight', {
      start: random.pick(['2026-03-01T00:00:00Z', '2026-03-05T00:00:00Z']),
      end: random.pick(['2026-03-04T11:00:00Z', '2026-04-01T00:00:00Z']),
    }),
    ...maybe(random, 'formats', several(random, formats), 0.3),
    ...maybe(random, 'videos', several(random, [...videoIds, 'gone']), 0.2),
    ...maybe(random, 'audios', several(random, [...audioIds, 'gone']), 0.2),
    ...maybe(random, 'callToAction', 'Order yours today', 0.2),
    targeting: {
      ...maybe(random, 'countries', some(random, countries), 0.3),
      ...maybe(random, 'regions', some(random, ['POL:14', 'DEU:BE']), 0.1),
      ...maybe(random, 'sizes', some(random, sizes), 0.3),
      ...maybe(random, 'deviceTypes', some(random, ['desktop', 'phone', 'tablet', 'tv']), 0.3),
      ...maybe(random, 'os', some(random, ['ios', 'android']), 0.2),
      ...maybe(random, 'domains', some(random, domains), 0.2),
      ...maybe(random, 'bundles', some(random, bundles), 0.2),
      ...maybe(random, 'domainsExcluded', some(random, domains), 0.2),
      ...maybe(random, 'categories', some(random, categories), 0.2),
      ...maybe(random, 'categoriesExcluded', some(random, categories), 0.2),
      ...maybe(random, 'exchanges', some(random, ['demo', 'other']), 0.2),
      ...maybe(random, 'interstitial', random.chance(0.5)),
      ...maybe(random, 'rewarded', random.chance(0.5)),
      ...maybe(random, 'hours', [{ days: ['wed'], from: random.pick([8, 13, 14]), to: 20 }], 0.2),
      ...maybe(random, 'deals', random.pick([['*'], ['gold'], several(random, dealIds)]), 0.3),
      ...maybe(random, 'openMarket', random.chance(0.7), 0.3),
      ...maybe(random, 'videoPlacements', several(random, ['instream', 'standalone']), 0.2),
      ...maybe(random, 'videoPositions', several(random, ['pre', 'mid']), 0.2),
      ...(random.chance(0.3)
        ? {
            segments: {
              ...maybe(random, 'any', some(random, segments)),
              ...maybe(random, 'none', some(random, segments)),
            },
          }
        : {}),
    },
    modifiers: [
      { when: { segment: random.pick(segments) }, factor: random.pick(factors) },
      {
        when: { cart: { valueAtLeast: random.pick([0, 500]), abandonedForAtLeastMinutes: 30 } },
        factor: random.pick(factors),
      },
      { when: { viewedWithinMinutes: random.pick([10, 100]) }, factor: random.pick(factors) },
    ].filter(() => random.chance(0.4)),
  }
}

export function randomSlice(random: Random, shopId: string): BidSlice {
  const memberships = some(random, segments)
  return new BidSlice(
    keyOf(shopId),
    random.pick([0, 400, 600]) * 1e6,
    random.chance(0.5) ? nowMs - random.pick([10, 50]) * 60_000 : 0,
    random.chance(0.5) ? nowMs - random.pick([5, 50, 500]) * 60_000 : 0,
    0,
    some(random, ['p0', 'p1', 'p9']).map(keyOf),
    memberships.map(keyOf),
    memberships.map(() => nowMs + random.pick([-1, 1_000])),
  )
}

/** Null where no shop knows the person. */
export function randomProfile(random: Random): Profile | null {
  const known = some(random, shopIds)
  if (known.length === 0) return null
  return new Profile(
    known.map((id) => randomSlice(random, id)),
    1,
  )
}
