import type { Random } from '../base/random.js'
import { cents } from './currencies.js'
import { pickByWeight } from './devices.js'
import type { Format } from './formats.js'
import { someAudio, someDeals, someNative, someVideo } from './inventory-media.js'

type Size = readonly [w: number, h: number]

interface Placement {
  readonly name: string
  /** What may be shown there; the first is the usual one. */
  readonly sizes: readonly Size[]
  /** OpenRTB's `banner.pos`: 1 above the fold, 3 below, 4 header, 6 sidebar, 7 full screen. */
  readonly pos: number
  readonly isFullScreen?: boolean
  readonly weight: number
}

const desktopPlacements: readonly Placement[] = [
  {
    name: 'bilbord',
    sizes: [
      [970, 250],
      [728, 90],
    ],
    pos: 4,
    weight: 4,
  },
  { name: 'naglowek', sizes: [[728, 90]], pos: 1, weight: 3 },
  {
    name: 'srodek',
    sizes: [
      [300, 250],
      [336, 280],
    ],
    pos: 3,
    weight: 6,
  },
  {
    name: 'szpalta',
    sizes: [
      [300, 600],
      [160, 600],
      [300, 250],
    ],
    pos: 6,
    weight: 4,
  },
  { name: 'wiezowiec', sizes: [[160, 600]], pos: 6, weight: 1 },
]

const phonePlacements: readonly Placement[] = [
  {
    name: 'srodek',
    sizes: [
      [300, 250],
      [336, 280],
    ],
    pos: 3,
    weight: 7,
  },
  { name: 'gora', sizes: [[300, 250]], pos: 1, weight: 4 },
  {
    name: 'pasek',
    sizes: [
      [320, 100],
      [320, 50],
    ],
    pos: 1,
    weight: 4,
  },
  { name: 'stopka', sizes: [[320, 50]], pos: 5, weight: 2 },
]

const appPlacements: readonly Placement[] = [
  { name: 'banner', sizes: [[320, 50]], pos: 5, weight: 5 },
  { name: 'mrec', sizes: [[300, 250]], pos: 1, weight: 4 },
  {
    name: 'fullscreen',
    sizes: [
      [320, 480],
      [300, 250],
    ],
    pos: 7,
    isFullScreen: true,
    weight: 2,
  },
]

type Channel = 'desktop' | 'phone' | 'app'

/** How often a place is sold as each format: banners mostly, sound mostly in apps. */
const formatShares: Readonly<
  Record<Channel, readonly { readonly format: Format; readonly weight: number }[]>
> = {
  desktop: [
    { format: 'banner', weight: 90 },
    { format: 'native', weight: 5 },
    { format: 'video', weight: 4.5 },
    { format: 'audio', weight: 0.5 },
  ],
  phone: [
    { format: 'banner', weight: 88 },
    { format: 'native', weight: 7 },
    { format: 'video', weight: 4.5 },
    { format: 'audio', weight: 0.5 },
  ],
  app: [
    { format: 'banner', weight: 85 },
    { format: 'native', weight: 6 },
    { format: 'video', weight: 6 },
    { format: 'audio', weight: 3 },
  ],
}

export interface ImpContext {
  readonly channel: Channel
  /** What may be offered; at least one. */
  readonly formats: readonly Format[]
  /** Ids of deals that are offered now and then; none where there are none. */
  readonly dealIds: readonly string[]
  /** Path that ad slots of the publisher begin with, e.g. `/7123/poranna`. */
  readonly slotPath: string
  readonly floorMedian: number
  readonly currency: string
  /** Units of `currency` that one unit of another is worth, for floors in those. */
  readonly otherCurrencies: Readonly<Record<string, number>>
}

const placementsOf = {
  desktop: desktopPlacements,
  phone: phonePlacements,
  app: appPlacements,
} as const

/** One to four impressions of one page or screen, ids counting from 1. */
export function someImps(random: Random, context: ImpContext): readonly object[] {
  const count = random.chance(0.12) && context.channel !== 'app' ? 2 + random.below(3) : 1
  return Array.from({ length: count }, (_, i) => someImp(random, String(i + 1), context))
}

function someImp(random: Random, id: string, context: ImpContext): object {
  const placement = pickByWeight(random, placementsOf[context.channel])
  const tagid = `${context.slotPath}/${placement.name}`
  return {
    id,
    ...someMedia(random, placement, context),
    tagid,
    instl: placement.isFullScreen === true ? 1 : 0,
    ...someFloor(random, context),
    ...someDeals(random, context),
    ...(random.chance(0.95) ? { secure: 1 } : {}),
    ...(random.chance(0.3) ? { exp: 300 } : {}),
    ...(random.chance(0.35) ? { metric: [viewability(random)] } : {}),
    ...(random.chance(0.6) ? { ext: { gpid: `${tagid}#${id}` } } : {}),
  }
}

/** One format as a rule; now and then a banner's place takes something else as well. */
function someMedia(random: Random, placement: Placement, context: ImpContext): object {
  const { channel, formats } = context
  const isOffered = formatShares[channel].filter(({ format }) => formats.includes(format))
  const { format } = pickByWeight(random, isOffered)
  const alone = mediaObject(random, format, placement, context)
  const hasMore = format === 'banner' && channel !== 'app' && random.chance(0.05)
  if (!hasMore) return alone
  const others = (['video', 'native'] as const).filter((it) => formats.includes(it))
  if (others.length === 0) return alone
  return { ...alone, ...mediaObject(random, random.pick(others), placement, context) }
}

function mediaObject(
  random: Random,
  format: Format,
  placement: Placement,
  { channel }: ImpContext,
): object {
  if (format === 'banner') return { banner: someBanner(random, placement) }
  if (format === 'native') return { native: someNative(random) }
  if (format === 'audio') return { audio: someAudio(random) }
  return { video: someVideo(random, channel === 'app' && placement.isFullScreen === true) }
}

function someBanner(random: Random, placement: Placement): object {
  const [w, h] = placement.sizes[0]!
  const hasFormats = placement.sizes.length > 1 || random.chance(0.4)
  const format = placement.sizes.map((size) => ({ w: size[0], h: size[1] }))
  return {
    ...(hasFormats ? { format } : {}),
    ...(!hasFormats || random.chance(0.5) ? { w, h } : {}),
    pos: placement.pos,
    topframe: random.chance(0.3) ? 1 : 0,
    ...(random.chance(0.5) ? { battr: random.pick([[8, 10], [1, 3, 6, 8, 9], [17]]) } : {}),
    ...(random.chance(0.2) ? { btype: [1] } : {}),
    ...(random.chance(0.2) ? { mimes: ['image/jpeg', 'image/png', 'text/html'] } : {}),
    ...(placement.isFullScreen === true ? { api: [5, 6, 7] } : {}),
  }
}

function someFloor(random: Random, context: ImpContext): object {
  if (random.chance(0.1)) return {}
  const floor = random.logNormal(context.floorMedian, 0.5)
  const others = Object.keys(context.otherCurrencies)
  if (others.length === 0 || !random.chance(0.1))
    return { bidfloor: cents(floor), bidfloorcur: context.currency }
  const currency = random.pick(others)
  return { bidfloor: cents(floor / context.otherCurrencies[currency]!), bidfloorcur: currency }
}

function viewability(random: Random): object {
  return { type: 'viewability', value: cents(0.3 + 0.65 * random.next()), vendor: 'EXCHANGE' }
}
