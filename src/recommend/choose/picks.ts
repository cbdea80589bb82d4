import { type SourceName, slotSchema } from '../../catalogue/slots.js'
import { type ProductAt, pickCountMax, type Slice } from '../../profiles/slice.js'
import { FactFlag } from '../facts.js'
import type { ShopModel } from '../model.js'
import { noFilters } from './choice.js'
import type { Chooser } from './chooser.js'
import { type CompiledSlot, compileSlot } from './compile-slot.js'
import { FilledQuery, fillQuery, isBoughtSince } from './query-of.js'

/** Most of what somebody wished for, and of what they wanted to hear of when it is back. */
const wantedCountMax = 4
const dueCountMax = 4
const complementCountMax = 8
/** What was bought so long ago may be wanted once more. */
const servedMs = 30 * 86_400_000
/** A bid shows 12 at most: what was looked at comes in after so many, before further neighbours. */
const neighboursFirstCountMax = 8
const viewedCountMax = 4
const shownFlags = FactFlag.listed | FactFlag.inStock

const query = new FilledQuery()
const nothing: readonly string[] = []

/**
 * The products that adverts are to show to one person, best first, at most `pickCountMax`, each in stock:
 *
 * 1. after a purchase of their own that nothing has followed: what goes with it;
 * 2. what is in the cart;
 * 3. what they want to hear of when it is back, and what they wished for, newest first, at most 4 of each;
 * 4. what they bought and by now need again;
 * 5. what people who went the same way looked at next; from the 9th place on first what they looked at last.
 *
 * Of variants of one thing there is the first: the very one that is in the cart. What was bought after it was last
 * wanted is never among them, unless it is due again. Among the last there is nothing of a category that they bought
 * of in 30 days and haven't looked at since: they have one now. A bid shows the cart, then these, then wishes and
 * views (profiles/interest.ts), each once.
 *
 * @returns none where the person said no to adverts, as bidders don't know them then, or to being shown what was
 *   chosen for them. Where they were never asked, what the shop sends is used, as it answers for it.
 */
export function choosePicks(
  model: ShopModel,
  slice: Slice,
  nowMs: number,
  chooser: Chooser,
): string[] {
  if (slice.consent !== null && !(slice.consent.ads && slice.consent.personalization)) return []
  fillQuery(query, {
    model,
    slice,
    page: 'home',
    products: nothing,
    cart: null,
    category: '',
    text: '',
    nowMs,
    recent: nothing,
  })
  const picks = new Picks(model, slice, chooser)
  const { complements, due, neighbours } = slotsOf(model)
  if (isFreshPurchase(slice)) {
    addOrder(model, slice)
    picks.choose(complements, complementCountMax)
    query.products.length = 0
  }
  for (const item of query.cart) picks.add(item)
  picks.addWanted(slice.alerts, wantedCountMax)
  picks.addWanted(slice.wished, wantedCountMax)
  picks.choose(due, dueCountMax)
  picks.leaveOut(servedCategories(model, slice, nowMs))
  picks.choose(neighbours, neighboursFirstCountMax - picks.items.length)
  picks.addWanted(slice.viewed, viewedCountMax)
  picks.choose(neighbours, pickCountMax)
  return picks.items.map((item) => model.items.idOf(item))
}

class Picks {
  readonly items: number[] = []
  readonly #model: ShopModel
  readonly #slice: Slice
  readonly #chooser: Chooser
  #leftOut: ReadonlySet<number> = new Set()

  constructor(model: ShopModel, slice: Slice, chooser: Chooser) {
    this.#model = model
    this.#slice = slice
    this.#chooser = chooser
  }

  /** @param categories of which nothing is added from now on. */
  leaveOut(categories: ReadonlySet<number>): void {
    this.#leftOut = categories
  }

  /** Once, only what can be bought, and of each group one. @returns whether it is new among them. */
  add(item: number): boolean {
    const { flags, category, group } = this.#model.facts
    const isShown = item >= 0 && (flags[item]! & shownFlags) === shownFlags
    if (!isShown || this.#leftOut.has(category[item]!)) return false
    if (this.items.length >= pickCountMax) return false
    const isLike = (it: number): boolean =>
      it === item || (group[it]! >= 0 && group[it] === group[item])
    if (this.items.some(isLike)) return false
    this.items.push(item)
    return true
  }

  /** The first that were not bought since. */
  addWanted(list: readonly ProductAt[], countMax: number): void {
    const { purchases } = this.#slice
    let count = 0
    for (let i = 0; i < list.length && count < countMax; i++) {
      const { product, atMs } = list[i]!
      if (isBoughtSince(purchases, product, atMs)) continue
      if (this.add(this.#model.items.indexOf(product))) count++
    }
  }

  /** @param countMax most that are added; none where it is 0 or less. */
  choose(slot: CompiledSlot, countMax: number): void {
    if (countMax <= 0 || this.items.length >= pickCountMax) return
    const choice = this.#chooser.choose(this.#model, query, {
      slot,
      // More than are wanted, as some may be left out.
      limit: pickCountMax,
      excluded: this.items,
      filters: noFilters,
      seed: 0,
    })
    let count = 0
    for (let i = 0; i < choice.count && count < countMax; i++)
      if (this.add(choice.items[i]!)) count++
  }
}

/** Categories of what was bought lately, but those of which anything was looked at after that. */
function servedCategories(
  { items, facts }: ShopModel,
  { purchases, viewed }: Slice,
  nowMs: number,
): ReadonlySet<number> {
  const boughtAtMs = new Map<number, number>()
  const categoryOf = (product: string): number => facts.category[items.indexOf(product)] ?? -1
  for (const { product, atMs } of purchases) {
    const category = categoryOf(product)
    if (category >= 0 && nowMs - atMs <= servedMs)
      boughtAtMs.set(category, Math.max(atMs, boughtAtMs.get(category) ?? 0))
  }
  for (const { product, atMs } of boughtAtMs.size === 0 ? [] : viewed) {
    const category = categoryOf(product)
    if (atMs > (boughtAtMs.get(category) ?? Infinity)) boughtAtMs.delete(category)
  }
  return new Set(boughtAtMs.keys())
}

/** Whether the last thing that they did was to buy something for themselves. */
function isFreshPurchase({ purchases, viewed, cart }: Slice): boolean {
  const newest = purchases[0]
  if (newest === undefined || newest.isGift) return false
  // A purchase changes the cart itself.
  return newest.atMs > (viewed[0]?.atMs ?? 0) && newest.atMs >= (cart?.changedAtMs ?? 0)
}

/** What was bought last, in one order. */
function addOrder({ items }: ShopModel, { purchases }: Slice): void {
  const newest = purchases[0]!
  for (const { product, atMs } of purchases) {
    const item = atMs === newest.atMs ? items.indexOf(product) : -1
    if (item >= 0 && !query.products.includes(item)) query.products.push(item)
  }
}

interface PickSlots {
  readonly complements: CompiledSlot
  readonly due: CompiledSlot
  readonly neighbours: CompiledSlot
}

const slotsByModel = new WeakMap<ShopModel, PickSlots>()

function slotsOf(model: ShopModel): PickSlots {
  const known = slotsByModel.get(model)
  if (known !== undefined) return known
  const slots = {
    complements: pickSlot(model, ['complements', 'bought-together']),
    due: pickSlot(model, ['replenish']),
    neighbours: pickSlot(model, ['next', 'viewed-then-bought', 'similar']),
  }
  slotsByModel.set(model, slots)
  return slots
}

/** Only what is found for this person: adverts fill up with what the campaign shows to everybody. */
function pickSlot(model: ShopModel, strategies: SourceName[]): CompiledSlot {
  const slot = slotSchema.parse({
    id: 'picks',
    page: 'home',
    strategies,
    mayBeEmpty: true,
    rules: { showViewed: false, boughtWithinDays: 90 },
  })
  return compileSlot(slot, '', model)
}
