/**
 * Slots: the places on a shop's pages where products are recommended, as the marketer sets them. A page has
 * slots without any being set (`recommend/choose/pages.ts`); one that is set under the same id stands in for it.
 *
 * Amounts are decimal numbers of the shop's currency, as a person writes them.
 */
import { z } from '../base/schema.js'

export const pageTypes = [
  'home',
  'category',
  'product',
  'cart',
  /** A search that found nothing, or too little. */
  'search',
  'not-found',
  'thank-you',
  /** A product's own page while it can't be bought. */
  'out-of-stock',
] as const
export type PageType = (typeof pageTypes)[number]

/** Ways to find products, as slots name them. */
export const sourceNames = [
  /** What people who went the same way looked at next: session neighbours. */
  'next',
  /** What was bought in one order with the query's products or what is in the cart. */
  'bought-together',
  /** As `bought-together`, without what would replace them: nothing of their own categories. */
  'complements',
  /** What people who looked at the query's products bought in the end. */
  'viewed-then-bought',
  /** Alike by title, brand, category and price; also for products that nobody has looked at yet. */
  'similar',
  /** What the words of a search are in the titles of. */
  'found',
  /** What is looked at and bought more and more these days. */
  'trending',
  /** The same among the page's category, or those of the query's products. */
  'trending-in-category',
  'bestsellers',
  /** Came into the catalogue last. */
  'new',
  'recently-viewed',
  /** What is in the cart. */
  'cart',
  /** What the person bought and by now needs again, as others did. */
  'replenish',
] as const
export type SourceName = (typeof sourceNames)[number]

export const slotCountMax = 200
/** Most products that a slot shows. */
export const slotLimitMax = 24
export const strategyCountMax = 8
export const boostCountMax = 32
export const variantCountMax = 8
const namesMax = 200
const productsExcludedMax = 1_000

/** The people who see a slot as it is set, next to the variants of its experiment. */
export const controlVariant = 'control'

const identifier = z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : -')
const product = z.string().min(1).max(128)
/** A category also stands for those below it. */
const category = z.string().min(1).max(200)
const brand = z.string().min(1).max(200)
const amount = z.number().nonnegative().max(9_000_000)
const share = z.number().min(0).max(1)
const title = z.string().max(100)
const strategies = z
  .array(z.enum(sourceNames))
  .min(1)
  .max(strategyCountMax)
  .refine(areDistinct, { message: 'must name each source once' })

const pinSchema = z.strictObject({
  product,
  /** 1 is the first place. */
  position: z.number().int().min(1).max(slotLimitMax),
})

/** What it is about must be all that is said. */
const boostWhenSchema = z
  .strictObject({
    category: category.optional(),
    brand: brand.optional(),
    product: product.optional(),
    /** Of what is earned on it, as a share of its price; a product whose margin nobody knows is left as it is. */
    marginAtLeast: share.optional(),
    marginAtMost: share.optional(),
    priceAtLeast: amount.optional(),
    priceAtMost: amount.optional(),
  })
  .refine((when) => Object.values(when).some((it) => it !== undefined), {
    message: 'must say what is boosted: category, brand, product, margin or price',
  })

const boostSchema = z.strictObject({
  when: boostWhenSchema,
  /** What the product's score is multiplied by: above 1 lifts, below 1 buries, 0 removes. */
  factor: z.number().min(0).max(100),
})

const pins = z.array(pinSchema).max(slotLimitMax).superRefine(checkPins)
const boosts = z.array(boostSchema).max(boostCountMax)
const names = { category: z.array(category).max(namesMax), brand: z.array(brand).max(namesMax) }
const productsExcluded = z.array(product).max(productsExcludedMax)
const boughtWithinDays = z.number().int().min(0).max(3_650)
const exploreShare = z.number().min(0).max(0.2)

/** What may be shown. Whatever the rules are: nothing that is out of stock, and nothing twice on a page. */
const rulesSchema = z
  .strictObject({
    /** The price that is paid now; both ends count. */
    priceFrom: amount.optional(),
    priceTo: amount.optional(),
    /** No dearer than this share of what is in the cart, where something is. */
    priceToShareOfCart: share.optional(),
    /** Only what is in one of these, or below; absent: any. */
    categories: names.category.min(1).optional(),
    categoriesExcluded: names.category.default([]),
    /** Only these; absent: any. */
    brands: names.brand.min(1).optional(),
    brandsExcluded: names.brand.default([]),
    productsExcluded: productsExcluded.default([]),
    /** Products with a place of their own; one that can't be shown gives its place up. */
    pins: pins.default([]),
    /** All that hold are multiplied. */
    boosts: boosts.default([]),
    /** What the person bought in so many days isn't shown, unless it is due again; 0: all may be. */
    boughtWithinDays: boughtWithinDays.default(30),
    /** Whether what is in the cart may be shown. */
    showCart: z.boolean().default(false),
    /** Whether what the person has looked at may be shown. */
    showViewed: z.boolean().default(true),
    /**
     * Whether variants of one thing (products of one group) may stand beside each other, and beside the product
     * that the page is about or that is in the cart. Where not, pins of one thing give way to the first of them.
     */
    showVariants: z.boolean().default(false),
    /**
     * 0: by score alone; 1: as unlike each other as can be, by category, brand and price. At 0.3, a product that
     * is wholly like one before it counts half of its score.
     */
    diversity: share.default(0.3),
    /** Share of places that go to products which nobody knows much of yet. */
    exploreShare: exploreShare.default(0),
  })
  .refine(isPriceRange, { message: 'must not be above priceTo', path: ['priceFrom'] })

/** What a variant changes of the slot's rules; what isn't said is as the slot has it. */
const ruleChangesSchema = z
  .strictObject({
    priceFrom: amount.optional(),
    priceTo: amount.optional(),
    priceToShareOfCart: share.optional(),
    categories: names.category.min(1).optional(),
    categoriesExcluded: names.category.optional(),
    brands: names.brand.min(1).optional(),
    brandsExcluded: names.brand.optional(),
    productsExcluded: productsExcluded.optional(),
    pins: pins.optional(),
    boosts: boosts.optional(),
    boughtWithinDays: boughtWithinDays.optional(),
    showCart: z.boolean().optional(),
    showViewed: z.boolean().optional(),
    showVariants: z.boolean().optional(),
    diversity: share.optional(),
    exploreShare: exploreShare.optional(),
  })
  .refine(isPriceRange, { message: 'must not be above priceTo', path: ['priceFrom'] })

const variantSchema = z.strictObject({
  id: identifier.refine((id) => id !== controlVariant, {
    message: `must not be ${controlVariant}: that is the slot as it is set`,
  }),
  /** Share of the people who see it. */
  share,
  strategies: strategies.optional(),
  rules: ruleChangesSchema.optional(),
  title: title.optional(),
})

const experimentSchema = z.strictObject({
  /** Who sees what depends on it: another id deals people out anew. */
  id: identifier,
  variants: z.array(variantSchema).min(1).max(variantCountMax).superRefine(checkVariants),
})

export const slotSchema = z
  .strictObject({
    id: identifier,
    name: z.string().max(200).default(''),
    page: z.enum(pageTypes),
    /** Shown above it; '': what such a slot is called in the page's language (storefront/words.ts). */
    title: title.default(''),
    limit: z.number().int().min(1).max(slotLimitMax).default(12),
    /** Where products come from, best first; absent: as the page has it by default. */
    strategies: strategies.optional(),
    /** True: nothing is shown where the strategies find nothing. False: what sells, or is new, fills up. */
    mayBeEmpty: z.boolean().default(false),
    rules: rulesSchema.prefault({}),
    /** Two or more ways to fill the slot, each shown to a share of the people; `control` to the rest. */
    experiment: experimentSchema.optional(),
  })
  .superRefine(checkPriceOfVariants)

export const slotsSchema = z.array(slotSchema).max(slotCountMax).superRefine(checkSlotIds)

export type SlotRules = z.output<typeof rulesSchema>
export type Boost = z.output<typeof boostSchema>
export type Experiment = z.output<typeof experimentSchema>
export type Slot = z.output<typeof slotSchema>
/** The same as written by hand: what has a default may be missing. */
export type SlotInput = z.input<typeof slotSchema>

type Context = z.core.$RefinementCtx<unknown>

function fault(context: Context, path: (string | number)[], message: string): void {
  context.addIssue({ code: 'custom', path, message })
}

function areDistinct(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length
}

function isPriceRange(rules: {
  readonly priceFrom?: number | undefined
  readonly priceTo?: number | undefined
}): boolean {
  return (rules.priceFrom ?? 0) <= (rules.priceTo ?? Infinity)
}

function checkPins(list: readonly z.output<typeof pinSchema>[], context: Context): void {
  const products = new Set<string>()
  const positions = new Set<number>()
  for (const [index, pin] of list.entries()) {
    if (products.has(pin.product))
      fault(context, [index, 'product'], `${pin.product} is pinned twice`)
    if (positions.has(pin.position))
      fault(context, [index, 'position'], `two products are pinned at ${pin.position}`)
    products.add(pin.product)
    positions.add(pin.position)
  }
}

function checkVariants(list: readonly z.output<typeof variantSchema>[], context: Context): void {
  const ids = new Set<string>()
  let sum = 0
  for (const [index, { id, share: part }] of list.entries()) {
    if (ids.has(id)) fault(context, [index, 'id'], `${id} is there twice`)
    ids.add(id)
    sum += part
  }
  // Ten tenths are a little more than 1 in binary.
  if (sum > 1 + 1e-9)
    fault(context, [], `the shares are ${Number(sum.toFixed(4))} in all, and must be at most 1`)
}

/** A variant that changes one end of the price range must fit the slot's other end. */
function checkPriceOfVariants(slot: z.output<typeof slotSchema>, context: Context): void {
  for (const [index, { rules }] of (slot.experiment?.variants ?? []).entries())
    if (
      rules !== undefined &&
      isPriceRange(rules) &&
      !isPriceRange({
        priceFrom: rules.priceFrom ?? slot.rules.priceFrom,
        priceTo: rules.priceTo ?? slot.rules.priceTo,
      })
    )
      fault(
        context,
        ['experiment', 'variants', index, 'rules'],
        'priceFrom must not be above priceTo, the slot’s own where the variant has none',
      )
}

function checkSlotIds(list: readonly z.output<typeof slotSchema>[], context: Context): void {
  const ids = new Set<string>()
  for (const [index, { id }] of list.entries()) {
    if (ids.has(id)) fault(context, [index, 'id'], `${id} is there twice`)
    ids.add(id)
  }
}
