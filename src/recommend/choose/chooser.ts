import { type SourceName, slotLimitMax, sourceNames } from '../../catalogue/slots.js'
import { FactFlag } from '../facts.js'
import type { ShopModel } from '../model.js'
import type { Query } from '../query.js'
import { Scores } from '../scores.js'
import { Choice, type ChoiceOptions, ChosenBy } from './choice.js'
import type { CompiledSlot } from './compile-slot.js'
import { Diversity, relevanceOf } from './diversity.js'
import { Eligibility } from './eligibility.js'
import { explore } from './exploration.js'
import { fallbackStrategies } from './pages.js'

/** Of what a source finds so many of the best are looked at for being unlike each other. */
export const candidateCountMax = 60
/** Of the newest products so many may be drawn. */
export const poolCountMax = 256
/** Products in stock that are looked at where nothing else was found. */
const anythingCountMax = 65_536
const shownFlags = FactFlag.listed | FactFlag.inStock

/**
 * Chooses the products of one slot for one page view.
 *
 * Sources fill the slot in the order in which the slot names them: each gives what it finds, best first, to the
 * places that those before it left; the next one is asked only where places are left. So what `next` finds
 * stands in its own order before anything else. Within what one source found,
 *
 * 1. what may not be shown is left out (`Eligibility`), scores are multiplied by the slot's boosts, and of each group
 *    of variants only the best is left;
 * 2. of the best 60, as many as there are places are taken by score and by unlikeness to what is shown already.
 *
 * Then pins go to their places, and some places are given to products that nobody knows (`explore`). Where
 * places are left and the slot may not be empty, trending products, bestsellers and new ones fill them: of the page's
 * category first, then anything of it that is in stock, then of the whole shop; and where there is nothing at all,
 * anything in stock.
 *
 * One is made per process and used for all shops. Nothing waits in between; allocates nothing per candidate.
 */
export class Chooser {
  readonly #choice = new Choice()
  readonly #scores: Scores
  readonly #eligibility = new Eligibility()
  readonly #diversity = new Diversity(candidateCountMax, slotLimitMax)
  readonly #candidates = new Int32Array(candidateCountMax)
  readonly #relevance = new Float64Array(candidateCountMax)
  /** Pins first, then what was chosen. */
  readonly #shown = new Int32Array(slotLimitMax)
  readonly #codes = new Uint8Array(slotLimitMax)
  #shownCount = 0
  #pinCount = 0
  readonly #pinPlaces = new Uint8Array(slotLimitMax)
  readonly #pool = new Int32Array(poolCountMax)
  readonly #drawn = new Int32Array(slotLimitMax)
  readonly #propensity = new Float64Array(slotLimitMax)

  /** @param scores may be shared with whatever else gathers: it is begun anew for each source. */
  constructor(scores: Scores = new Scores()) {
    this.#scores = scores
  }

  /** @returns the same object each time: what it says holds until the next call. */
  choose(model: ShopModel, query: Query, options: ChoiceOptions): Choice {
    const { slot } = options
    const limit = Math.min(options.limit, slotLimitMax)
    this.#eligibility.begin(model, query, options, this.#scores)
    this.#pin(slot, limit)
    const { strategies } = slot
    for (let i = 0; i < strategies.length && this.#shownCount < limit; i++)
      this.#fill(model, query, slot, strategies[i]!, limit)
    if (!slot.slot.mayBeEmpty) this.#fillUp(model, query, slot, limit)
    this.#explore(model, query, slot, options.seed)
    this.#layOut()
    return this.#choice
  }

  #pin({ pins, pinPlaces }: CompiledSlot, limit: number): void {
    this.#pinCount = 0
    for (let i = 0; i < pins.length; i++) {
      const item = pins[i]!
      if (pinPlaces[i]! >= limit || !this.#eligibility.mayPin(item)) continue
      this.#eligibility.block(item)
      this.#shown[this.#pinCount] = item
      this.#pinPlaces[this.#pinCount++] = pinPlaces[i]!
    }
    this.#shownCount = this.#pinCount
  }

  /** Fills what places are left with what one source finds. */
  #fill(model: ShopModel, query: Query, slot: CompiledSlot, name: SourceName, limit: number): void {
    const scores = this.#gather(model, query, name)
    const isByScore = slot.diversity === 0
    const most = isByScore ? limit - this.#shownCount : candidateCountMax
    const count = scores.top(most, this.#candidates)
    if (count === 0) return
    const best = scores.of(this.#candidates[0]!)
    for (let i = 0; i < count; i++)
      this.#relevance[i] = relevanceOf(scores.of(this.#candidates[i]!), best)
    const before = this.#shownCount
    this.#shownCount = this.#diversity.take(
      model.facts,
      this.#candidates,
      this.#relevance,
      count,
      slot.diversity,
      this.#shown,
      before,
      limit,
    )
    const code = sourceNames.indexOf(name)
    for (let i = before; i < this.#shownCount; i++) {
      this.#codes[i] = code
      this.#eligibility.block(this.#shown[i]!)
    }
  }

  /** What the source finds, boosted; 0 for what may not be shown. */
  #gather(model: ShopModel, query: Query, name: SourceName): Scores {
    const scores = this.#scores
    scores.begin(model.items.count)
    model.sources[name].gather(query, scores)
    for (let i = 0; i < scores.count; i++) {
      const item = scores.items[i]!
      const factor = this.#eligibility.factorOf(item)
      if (factor !== 1) scores.set(item, scores.of(item) * factor)
    }
    this.#eligibility.keepBest(scores)
    return scores
  }

  /** A category's page stays in its category as long as there is anything. */
  #fillUp(model: ShopModel, query: Query, slot: CompiledSlot, limit: number): void {
    if (query.category >= 0) {
      this.#eligibility.keepWithin(query.category)
      this.#fallBack(model, query, slot, limit)
      this.#addAnything(model, limit)
      this.#eligibility.keepWithin(-1)
    }
    this.#fallBack(model, query, slot, limit)
    if (this.#shownCount === 0) this.#addAnything(model, limit)
  }

  #fallBack(model: ShopModel, query: Query, slot: CompiledSlot, limit: number): void {
    for (let i = 0; i < fallbackStrategies.length && this.#shownCount < limit; i++)
      if (!slot.strategies.includes(fallbackStrategies[i]!))
        this.#fill(model, query, slot, fallbackStrategies[i]!, limit)
  }

  /** The last that were added come first. */
  #addAnything({ items, facts }: ShopModel, limit: number): void {
    let left = anythingCountMax
    for (let item = items.count - 1; item >= 0 && left > 0 && this.#shownCount < limit; item--) {
      if ((facts.flags[item]! & shownFlags) !== shownFlags) continue
      left--
      if (this.#eligibility.factorOf(item) === 0) continue
      this.#eligibility.block(item)
      this.#codes[this.#shownCount] = ChosenBy.anything
      this.#shown[this.#shownCount++] = item
    }
  }

  /** Pins are as sure as they were; all other places may be given away. */
  #explore(model: ShopModel, query: Query, slot: CompiledSlot, seed: number): void {
    this.#propensity.fill(1, 0, this.#shownCount)
    const placeCount = this.#shownCount - this.#pinCount
    if (slot.exploreShare === 0 || placeCount === 0) return
    const poolCount = this.#gather(model, query, 'new').top(poolCountMax, this.#pool)
    explore(
      slot.exploreShare,
      seed,
      this.#pool,
      poolCount,
      placeCount,
      this.#drawn,
      this.#propensity.subarray(this.#pinCount),
    )
    for (let i = 0; i < placeCount; i++) {
      if (this.#drawn[i]! < 0) continue
      this.#shown[this.#pinCount + i] = this.#drawn[i]!
      this.#codes[this.#pinCount + i] = ChosenBy.exploration
    }
  }

  /** Each pin at its place, or at the end where there isn't enough before it. */
  #layOut(): void {
    const choice = this.#choice
    choice.count = this.#shownCount
    let pin = 0
    let other = this.#pinCount
    for (let place = 0; place < choice.count; place++) {
      const isPin =
        pin < this.#pinCount && (this.#pinPlaces[pin]! <= place || other === this.#shownCount)
      const from = isPin ? pin++ : other++
      choice.items[place] = this.#shown[from]!
      choice.sources[place] = isPin ? ChosenBy.pin : this.#codes[from]!
      choice.propensity[place] = this.#propensity[from]!
    }
  }
}
