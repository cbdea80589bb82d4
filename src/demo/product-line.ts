import { Random } from '../base/random.js'
import type { Product } from '../catalogue/products.js'
import type { Colourway, PictureKind } from './picture.js'

/** Between the steps of a category, as in `Buty › Do biegania`. */
export const categorySeparator = ' › '

/** A product of the demo: what its shop's feed says, and what its page and picture are made of. */
export interface DemoProduct extends Product {
  readonly brand: string
  readonly marginShare: number
  readonly kind: PictureKind
  readonly colourway: Colourway
  readonly description: string
}

/** A colour with its name, in each grammatical form that the shop's language needs. */
export interface NamedColour extends Colourway {
  readonly forms: Readonly<Record<GrammaticalForm, string>>
}
/** Masculine, feminine and plural; all the same where the language knows no difference. */
export type GrammaticalForm = 'm' | 'f' | 'p'

/** What the products of one kind have in common. */
export interface ProductLine {
  /** Ids are this and a number. */
  readonly prefix: string
  readonly kind: PictureKind
  /** `Top › kind`, as shops write it. */
  readonly category: string
  readonly noun: string
  readonly form: GrammaticalForm
  readonly models: readonly string[]
  /** Follows the model; one is drawn for each product. */
  readonly features: readonly string[]
  /** Whole currency units. */
  readonly price: readonly [least: number, most: number]
  readonly count: number
  readonly marginShare: number
  readonly description: string
}

export interface Assortment {
  readonly seed: number
  readonly currency: string
  readonly brands: readonly string[]
  readonly colours: readonly NamedColour[]
  readonly lines: readonly ProductLine[]
}

const inStockShare = 0.93
const onSaleShare = 0.28
const discounts = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4]

/** New products have no stars yet; nobody goes on selling what has few. */
const ratedShare = 0.85
const ratings = [3.7, 4.1, 4.2, 4.3, 4.4, 4.4, 4.5, 4.5, 4.6, 4.6, 4.7, 4.7, 4.8, 4.9, 5]

/** The same products for the same assortment, every time. */
export function makeProducts(assortment: Assortment): DemoProduct[] {
  const random = new Random(assortment.seed)
  // A series of its own, so that the stars leave the rest as it was.
  const stars = new Random(assortment.seed + 1)
  return assortment.lines
    .flatMap((line) => makeLine(line, assortment, random))
    .map((product) =>
      stars.chance(ratedShare) ? { ...product, rating: stars.pick(ratings) } : product,
    )
}

function makeLine(line: ProductLine, assortment: Assortment, random: Random): DemoProduct[] {
  const { brands, colours, currency } = assortment
  const firstBrand = random.below(brands.length)
  const firstColour = random.below(colours.length)
  return Array.from({ length: line.count }, (_, number) => {
    const id = `${line.prefix}-${String(number + 1).padStart(2, '0')}`
    const colour = colours[(firstColour + number * 5) % colours.length]!
    const brand = brands[(firstBrand + number * 3) % brands.length]!
    const model = line.models[number % line.models.length]!
    const feature = line.features.length === 0 ? '' : ` ${random.pick(line.features)}`
    const [least, most] = line.price
    // Many cheaper ones, few dear ones.
    const price = charmPrice(least + (most - least) * random.next() ** 1.6)
    const sale = random.chance(onSaleShare)
      ? charmPrice(price * (1 - random.pick(discounts)))
      : price
    return {
      id,
      title: `${line.noun} ${brand} ${model}${feature}, ${colour.forms[line.form]}`,
      link: `/p/${id}`,
      image: `/img/${id}.svg`,
      priceMicros: Math.round(price * 1e6),
      ...(sale < price ? { salePriceMicros: Math.round(sale * 1e6) } : {}),
      currency,
      inStock: random.chance(inStockShare),
      category: line.category,
      marginShare: Math.round((line.marginShare + (random.next() - 0.5) * 0.12) * 100) / 100,
      brand,
      kind: line.kind,
      colourway: { main: colour.main, accent: colour.accent },
      description: line.description,
    }
  })
}

/** The nearest price below that shops like: `34,99`, `189,99`, `649`. */
function charmPrice(price: number): number {
  if (price >= 400) return Math.max(1, Math.round(price / 10) * 10 - 1)
  if (price >= 100) return Math.round(price / 10) * 10 - 0.01
  return Math.max(1, Math.round(price)) - 0.01
}
