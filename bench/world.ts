import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../src/base/random.js'
import { bulkLoad } from '../src/profiles/bulk-load.js'
import type { Slice } from '../src/profiles/slice.js'
import { emptySlice } from '../src/profiles/slice.js'

const shopCountMax = 100
const productsPerShop = 200
const countries = ['POL', 'DEU', 'CZE', 'FRA', 'USA', 'GBR', 'ITA', 'ESP', 'NLD', 'SVK'] as const
const domains = Array.from({ length: 200 }, (_, i) => `site${i}.example`)
const categories = Array.from({ length: 26 }, (_, i) => `IAB${i + 1}`)
const sizes = ['300x250', '728x90', '320x50', '160x600', '300x600', '970x250'] as const
const segments = Array.from({ length: 20 }, (_, i) => `segment-${i}`)

export const uidOf = (index: number): string => `bench-${index.toString(36)}`

/**
 * A data folder with this many campaigns and profiles, made once and kept.
 *
 * A hundred shops; targeting, prices and modifiers as shops have them: most campaigns are narrow in
 * something, a few take anything. Each person is known to one to three shops.
 */
export async function prepareWorld(
  folder: string,
  campaignCount: number,
  profileCount: number,
): Promise<string> {
  const dataDir = join(folder, `data-${campaignCount}-${profileCount}`)
  const marker = join(dataDir, 'complete-4')
  if (existsSync(marker)) return dataDir
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(join(dataDir, 'catalogue'), { recursive: true })
  const random = new Random(campaignCount)
  const shopCount = Math.min(shopCountMax, campaignCount)
  for (let shop = 0; shop < shopCount; shop++) {
    const count =
      Math.floor(((shop + 1) * campaignCount) / shopCount) -
      Math.floor((shop * campaignCount) / shopCount)
    const file = shopFile(random, `shop-${shop}`, count)
    writeFileSync(join(dataDir, 'catalogue', `shop-${shop}.json`), JSON.stringify(file))
  }
  await bulkLoad(join(dataDir, 'profiles'), people(new Random(7), profileCount, shopCount))
  writeFileSync(marker, '')
  return dataDir
}

const some = <T>(random: Random, from: readonly T[], count: number): T[] =>
  Array.from({ length: count }, () => random.pick(from))

function shopFile(random: Random, id: string, campaignCount: number): object {
  return {
    shop: {
      id,
      name: `Shop ${id}`,
      domain: `${id}.example`,
      url: `https://${id}.example/`,
      currency: 'PLN',
      timeZone: 'Europe/Warsaw',
      language: 'pl',
      logo: '/logo.svg',
      colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#ffffff', text: '#17231d' },
      callToAction: 'Kup teraz',
      categories: [`IAB22-${1 + random.below(4)}`],
      pictures: { width: 1_200, height: 1_200 },
      logoSize: { width: 400, height: 400 },
    },
    videos: [6, 15, 30].map((seconds) => video(id, seconds)),
    campaigns: Array.from({ length: campaignCount }, (_, i) => campaign(random, `c-${i}`)),
    products: Array.from({ length: productsPerShop }, (_, i) => ({
      id: `p-${i}`,
      title: `Buty do biegania Turvano Zefir męskie, czarne ${i}`,
      link: `/products/running-shoes-${i}`,
      image: `/pictures/running-shoes-${i}.webp`,
      priceMicros: (50 + random.below(900)) * 1_000_000,
      currency: 'PLN',
      inStock: random.chance(0.95),
      category: `category-${i % 12}`,
    })),
  }
}

function video(shopId: string, durationSeconds: number): object {
  const file = (width: number, bitrateKbps: number): object => ({
    url: `https://cdn.${shopId}.example/${durationSeconds}-${width}.mp4`,
    type: 'video/mp4',
    width,
    height: (width * 9) / 16,
    bitrateKbps,
  })
  return {
    id: `film-${durationSeconds}`,
    durationSeconds,
    files: [file(1_280, 2_000), file(640, 700)],
  }
}

function campaign(random: Random, id: string): object {
  const goal = random.chance(0.5) ? 'cpm' : 'cpc'
  const cpm = Math.min(40, random.logNormal(5, 0.5))
  const targeting: Record<string, unknown> = {
    countries: some(random, countries, 1 + random.below(4)),
    deviceTypes: random.chance(0.3) ? [random.pick(['desktop', 'phone', 'tablet'])] : undefined,
    os: random.chance(0.2) ? [random.pick(['ios', 'android', 'windows'])] : undefined,
    sizes: random.chance(0.4) ? some(random, sizes, 2) : undefined,
    domains: random.chance(0.15) ? some(random, domains, 5) : undefined,
    categories: random.chance(0.2) ? some(random, categories, 3) : undefined,
    categoriesExcluded: random.chance(0.2) ? some(random, categories, 2) : undefined,
    segments: random.chance(0.3) ? { any: some(random, segments, 2) } : undefined,
    hours: random.chance(0.1)
      ? [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: 0, to: 24 }]
      : undefined,
  }
  return {
    id,
    goal,
    bid: round(goal === 'cpm' ? cpm : cpm / 1.3),
    maxCpm: round(cpm * 4),
    budget: { total: 1_000_000, daily: 500_000 },
    withoutProfile: random.chance(0.6) ? 'bid' : 'skip',
    targeting,
    modifiers: [
      {
        when: { cart: { valueAtLeast: 500, abandonedForAtLeastMinutes: 30 } },
        factor: round(1 + random.next()),
      },
      { when: { segment: random.pick(segments) }, factor: round(0.8 + random.next()) },
      { when: { viewedWithinMinutes: 1_440 }, factor: 1.2 },
    ].slice(0, random.below(4)),
  }
}

const round = (amount: number): number => Math.round(amount * 100) / 100

function* people(random: Random, count: number, shopCount: number) {
  const nowMs = Date.now()
  for (let i = 0; i < count; i++) {
    const known = 1 + random.below(3)
    const first = random.below(shopCount)
    for (let s = 0; s < Math.min(known, shopCount); s++)
      yield {
        uid: uidOf(i),
        shopId: `shop-${(first + s * 7) % shopCount}`,
        slice: slice(random, nowMs),
      }
  }
}

function slice(random: Random, nowMs: number): Slice {
  const product = (): string => `p-${random.below(productsPerShop)}`
  const agoMs = (): number => nowMs - random.below(30 * 86_400_000)
  return {
    ...emptySlice,
    cart: random.chance(0.3)
      ? {
          items: Array.from({ length: 1 + random.below(4) }, () => ({
            product: product(),
            quantity: 1,
            priceMicros: random.below(500) * 1_000_000,
          })),
          valueMicros: random.below(1_500) * 1_000_000,
          changedAtMs: agoMs(),
        }
      : null,
    viewed: Array.from({ length: 1 + random.below(8) }, () => ({
      product: product(),
      atMs: agoMs(),
    })),
    segments: some(random, segments, random.below(4)).map((segment) => ({
      segment,
      expiresAtMs: nowMs + 90 * 86_400_000,
    })),
    picks: Array.from({ length: 4 }, product),
  }
}
