// Seeded random bid requests that ask for any mix of formats, under any mix of rules.
import type { Random } from '../../src/base/random.js'
import {
  bundles,
  categories,
  countries,
  dealIds,
  domains,
  maybe,
  several,
  shopApps,
  sizes,
  some,
} from './random-world.js'

const allFormats = ['banner', 'video', 'audio', 'native'] as const
const floors = [0, 0, 0.5, 2, 5]
const floorCurrencies = ['PLN', 'USD', 'EUR', 'XXX']
const sizeOf = (size: string): object => {
  const [w, h] = size.split('x').map(Number)
  return { w, h }
}

function randomFloor(random: Random): object {
  return {
    ...maybe(random, 'bidfloor', random.pick(floors), 0.8),
    ...maybe(
      random,
      'bidfloorcur',
      random.chance(0.97) ? random.pick(floorCurrencies.slice(0, 3)) : 'XXX',
      0.8,
    ),
  }
}

/** By the second, or by range. */
function playFloors(random: Random): object {
  return {
    ...maybe(random, 'mincpmpersec', random.pick([0.05, 0.2, 0.5]), 0.2),
    ...maybe(
      random,
      'durfloors',
      [
        { mindur: 1, maxdur: 15, bidfloor: random.pick(floors) },
        { mindur: 15, bidfloor: random.pick(floors) },
      ],
      0.2,
    ),
  }
}

function randomBanner(random: Random): object {
  return {
    format: several(random, sizes).map(sizeOf),
    pos: random.pick([0, 1, 3, 7]),
    ...maybe(random, 'btype', random.pick([[2], [1, 3]]), 0.1),
    ...maybe(
      random,
      'mimes',
      random.pick([['text/html'], ['image/gif'], ['application/javascript']]),
      0.2,
    ),
  }
}

function randomMedia(random: Random, types: readonly string[]): Record<string, unknown> {
  return {
    mimes: several(random, types),
    ...maybe(random, 'minduration', random.pick([0, 10]), 0.3),
    ...maybe(random, 'maxduration', random.pick([15, 30, 60]), 0.5),
    ...maybe(random, 'rqddurs', random.pick([[15], [15, 30], [6, 10]]), 0.15),
    ...maybe(random, 'protocols', random.pick([[2, 3], [2, 5], [3, 6, 7, 8], [13], [1]]), 0.6),
    ...maybe(random, 'startdelay', random.pick([0, -1, -2, 30]), 0.5),
    ...maybe(random, 'maxbitrate', random.pick([100, 500, 1_500]), 0.2),
    ...maybe(random, 'minbitrate', random.pick([100, 500]), 0.2),
    ...maybe(random, 'delivery', random.pick([[1], [2], [1, 3]]), 0.2),
    ...maybe(random, 'battr', random.pick([[16], [9], [8]]), 0.3),
    ...maybe(random, 'api', random.pick([[2], [1, 7]]), 0.3),
    ...playFloors(random),
  }
}

function randomVideo(random: Random): object {
  return {
    ...randomMedia(random, ['video/mp4', 'video/webm', 'video/x-flv']),
    ...{ w: 640, h: 360 },
    ...maybe(random, 'linearity', random.pick([1, 1, 1, 2]), 0.3),
    ...maybe(random, 'plcmt', random.pick([1, 2, 3, 4, 7]), 0.3),
    ...maybe(random, 'placement', random.pick([1, 2, 3, 5]), 0.3),
    ...maybe(random, 'skip', random.below(2), 0.4),
  }
}

function randomNative(random: Random): object {
  const image = {
    ...maybe(random, 'type', random.pick([1, 3]), 0.8),
    ...random.pick([{}, { wmin: 500, hmin: 500 }, { w: 1_200, h: 627 }, { wmin: 100, w: 300 }]),
    ...maybe(random, 'mimes', random.pick([['image/jpeg'], ['image/png', 'image/gif']]), 0.2),
  }
  const kinds = [
    { title: { len: random.pick([25, 90, 140]) } },
    { img: image },
    { data: { type: random.pick([1, 2, 6, 11]) } },
    { data: { type: random.pick([3, 7]) } },
    { data: { type: 12, ...maybe(random, 'len', 10) } },
    ...(random.chance(0.05) ? [{ data: { type: 4 } }] : []),
  ]
  const assets = several(random, kinds).map((kind, id) => ({
    ...(random.chance(0.99) ? { id } : {}),
    required: random.below(2),
    ...kind,
  }))
  return { request: JSON.stringify({ ver: '1.2', assets }) }
}

function randomDeals(random: Random): object {
  const deals = some(random, [...dealIds, 'other']).map((id) => ({
    id,
    ...randomFloor(random),
    ...playFloors(random),
    ...maybe(random, 'at', random.pick([1, 2, 3]), 0.5),
    ...maybe(random, 'wseat', random.pick([['grosz'], ['somebody']]), 0.2),
    ...maybe(
      random,
      'wadomain',
      random.pick([['shop0.example'], ['www.Shop1.example', 'x.example']]),
      0.2,
    ),
  }))
  return { private_auction: Number(random.chance(0.3)), deals }
}

export function randomImpression(
  random: Random,
  id: string,
  formats: readonly (typeof allFormats)[number][] = several(random, allFormats),
): object {
  return {
    id,
    ...(formats.includes('banner') ? { banner: randomBanner(random) } : {}),
    ...(formats.includes('video') ? { video: randomVideo(random) } : {}),
    ...(formats.includes('audio')
      ? { audio: randomMedia(random, ['audio/mpeg', 'audio/mp4', 'audio/ogg']) }
      : {}),
    ...(formats.includes('native') ? { native: randomNative(random) } : {}),
    ...randomFloor(random),
    ...maybe(random, 'secure', random.below(2)),
    instl: Number(random.chance(0.15)),
    rwdd: Number(random.chance(0.15)),
    ...maybe(random, 'pmp', randomDeals(random)),
  }
}

/** Categories, blocked or allowed, in one of three taxonomies. */
function randomAdvertisers(random: Random): object {
  const [cattax, ids] = random.pick([
    [1, ['IAB22', 'IAB18-3', 'IAB7']],
    [2, ['473', '552', '1']],
    [8, ['1002', '1551', '1']],
  ] as const)
  const list = several(random, ids)
  return random.pick([{}, {}, {}, { bcat: list, cattax }, { acat: list, cattax }])
}

export function randomRequest(
  random: Random,
  impressions: readonly object[] = [randomImpression(random, '1')],
): object {
  const place = {
    cat: some(random, categories),
    publisher: { id: 'publisher' },
  }
  const where = random.pick([
    { site: { ...place, domain: random.pick([...domains, 'else.example']) } },
    { site: { ...place, page: `https://${random.pick(domains)}/a` } },
    { app: { ...place, bundle: random.pick([...bundles, 'com.else']) } },
    { dooh: { domain: 'screens.example', publisher: { id: 'publisher' } } },
  ])
  return {
    id: 'r',
    ...maybe(random, 'at', random.pick([1, 2, 3]), 0.8),
    imp: impressions,
    ...where,
    device: {
      os: random.pick(['ios', 'android', 'windows']),
      devicetype: random.pick([0, 1, 2, 3, 4, 5]),
      geo: { country: random.pick([...countries, 'XXX']), ...maybe(random, 'region', '14') },
    },
    ...randomAdvertisers(random),
    ...maybe(random, 'badv', [random.pick(['www.shop1.example', 'SHOP2.example'])], 0.2),
    ...maybe(random, 'bapp', some(random, shopApps), 0.2),
    ...maybe(random, 'wlang', several(random, ['en', 'de-AT', 'pl']), 0.2),
  }
}
