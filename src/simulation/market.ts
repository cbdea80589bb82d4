import { type CpmMicros, cpmMicros } from '../base/money.js'
import { Random } from '../base/random.js'
import { type CurrencyRates, convert } from './currencies.js'
import { formatsIn } from './formats.js'
import { bannerOf, isFlagSet, type LooseImp, numberOf, sizesOf } from './wire.js'

/** Złoty per 1,000 impressions that half of the rivals bid less than, by the largest size's name. */
const medianPlnBySize: Readonly<Record<string, number>> = {
  '970x250': 7,
  '300x600': 6,
  '320x480': 6,
  '336x280': 4,
  '300x250': 3.6,
  '728x90': 3,
  '160x600': 2.6,
  '320x100': 2.2,
  '320x50': 1.4,
}
const medianPlnOtherwise = 2.5
/** Of what has no size: videos are dear, spots and native ads in between. */
const medianPlnByFormat = { video: 11, audio: 6, native: 3.2 } as const

/** What an impression is worth compared with the usual one, by OpenRTB's `banner.pos`. */
const factorByPosition: Readonly<Record<number, number>> = { 1: 1.3, 3: 0.75, 4: 1.2, 5: 0.7 }
const factorFullScreen = 1.6

/** Deviation of the bids' logarithm: one rival in six bids more than twice the median. */
const sigmaDefault = 0.7
/** A rival that isn't interested in the person or the page doesn't bid. */
const participationDefault = 0.7

export interface MarketOptions {
  readonly competitorCount: number
  readonly seed: number
  readonly rates: CurrencyRates
  /** Multiplies every median. Default 1. */
  readonly scale?: number
  readonly sigma?: number
  readonly participation?: number
}

/**
 * What the other bidders offer: drawn from log-normal distributions around a median for each size and
 * placement. The same request of the same run meets the same market, whenever it is answered.
 */
export class Market {
  readonly #options: MarketOptions

  constructor(options: MarketOptions) {
    this.#options = options
  }

  /**
   * @param requestIndex, impIndex  which impression of the run this is.
   * @returns bids in whole micros of `currency`, in no order; taken 1:1 from złoty where the rate
   *   isn't known.
   */
  bidsFor(
    requestIndex: number,
    impIndex: number,
    imp: LooseImp,
    currency: string,
  ): readonly CpmMicros[] {
    const { competitorCount, seed, rates, scale = 1 } = this.#options
    const { sigma = sigmaDefault, participation = participationDefault } = this.#options
    const random = new Random(seed ^ Math.imul(requestIndex * 64 + impIndex + 1, 0x85ebca6b))
    const median = medianPln(imp) * scale
    const converted = convert(median, 'PLN', currency, rates)
    const bids: CpmMicros[] = []
    for (let i = 0; i < competitorCount; i++) {
      const bid = random.logNormal(Number.isNaN(converted) ? median : converted, sigma)
      if (random.chance(participation)) bids.push(cpmMicros(bid))
    }
    return bids
  }
}

function medianPln(imp: LooseImp): number {
  const banner = bannerOf(imp)
  if (banner === null) {
    const format = formatsIn(imp)[0]
    return format === undefined || format === 'banner'
      ? medianPlnOtherwise
      : medianPlnByFormat[format]
  }
  const medians = sizesOf(banner).map(({ w, h }) => medianPlnBySize[`${w}x${h}`] ?? 0)
  const median = Math.max(0, ...medians) || medianPlnOtherwise
  const factor = isFlagSet(imp.instl) ? factorFullScreen : factorByPosition[numberOf(banner.pos)]
  return median * (factor ?? 1)
}
