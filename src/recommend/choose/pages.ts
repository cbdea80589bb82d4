/**
 * What each page shows where nothing else was set: from which sources its slots are filled, in this order.
 *
 * - **home**: what people who went the same way looked at next, for whoever has looked at something lately; what
 *   is trending, then what sells, for the others. `home-viewed`: what the person looked at.
 * - **category**: what is trending in it, then what people went on to from what the person has looked at, then
 *   whatever it has.
 * - **product**: what others looked at next, what they bought in the end, what is alike.
 *   `product-complements`: what goes with it.
 * - **cart**: what goes with all that is in it. `cart-add-ons`: the same, for a quarter of the cart's worth at most.
 * - **search** (that found nothing): what the words are in the titles of, then what is trending.
 * - **not-found**: as home; `not-found-viewed`: what the person looked at.
 * - **thank-you**: what goes with what was just bought, and never that itself. `thank-you-replenish`: what was
 *   bought long enough ago to be needed again.
 * - **out-of-stock** (a product's page): what is alike first, then what others looked at next.
 */
import {
  type PageType,
  pageTypes,
  type Slot,
  type SlotInput,
  type SourceName,
  slotSchema,
} from '../../catalogue/slots.js'

const strategies: Readonly<Record<PageType, readonly SourceName[]>> = {
  home: ['next', 'trending', 'bestsellers', 'recently-viewed'],
  category: ['trending-in-category', 'next'],
  product: ['next', 'viewed-then-bought', 'similar', 'trending-in-category'],
  cart: ['complements', 'bought-together', 'next'],
  search: ['found', 'trending', 'bestsellers'],
  'not-found': ['next', 'trending', 'bestsellers'],
  'thank-you': ['complements', 'bought-together', 'replenish'],
  'out-of-stock': ['similar', 'next', 'trending-in-category'],
}

/** What fills up a slot that may not be empty, in this order; after that, anything that is in stock. */
export const fallbackStrategies: readonly SourceName[] = ['trending', 'bestsellers', 'new']

/** Where a page's products come from, for a slot that doesn't say it. */
export const strategiesOfPage = (page: PageType): readonly SourceName[] => strategies[page]

const more: readonly SlotInput[] = [
  { id: 'home-viewed', page: 'home', strategies: ['recently-viewed'], mayBeEmpty: true },
  { id: 'product-complements', page: 'product', strategies: ['complements'], mayBeEmpty: true },
  {
    id: 'cart-add-ons',
    page: 'cart',
    strategies: ['complements', 'bought-together', 'trending'],
    mayBeEmpty: true,
    rules: { priceToShareOfCart: 0.25 },
  },
  { id: 'not-found-viewed', page: 'not-found', strategies: ['recently-viewed'], mayBeEmpty: true },
  { id: 'thank-you-replenish', page: 'thank-you', strategies: ['replenish'], mayBeEmpty: true },
]

/** The slots that every shop has: one for each page, by the page's name, and those that stand beside them. */
export const defaultSlots: readonly Slot[] = [
  ...pageTypes.map((page) => slotSchema.parse({ id: page, page })),
  ...more.map((slot) => slotSchema.parse(slot)),
]

/** @param own the shop's, which stand in for those of the same id. @returns all of them by id, in no order. */
export function slotsById(own: readonly Slot[]): ReadonlyMap<string, Slot> {
  const slots = new Map<string, Slot>()
  for (const slot of defaultSlots) slots.set(slot.id, slot)
  for (const slot of own) slots.set(slot.id, slot)
  return slots
}
