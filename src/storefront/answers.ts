import type { Clock } from '../base/clock.js'
import type { Product } from '../catalogue/products.js'
import { type PageType, type Slot, slotLimitMax } from '../catalogue/slots.js'
import { emptySlice, type Slice, viewedCountMax } from '../profiles/slice.js'
import { variantOf } from '../recommend/choose/experiment.js'
import type { ExploredAnswer, ExploredItem } from '../recommend/report/explored.js'
import type { AnswerSeen } from '../recommend/report/pending-answers.js'
import { placementKeyOf } from '../recommend/report/placement.js'
import { makeAnswerId, nonceOf } from './answer-id.js'
import type { Caller } from './caller.js'
import { type Filler, slotOf } from './filler.js'
import { type LiveSessions, mergeViewed } from './live-sessions.js'
import { jsonText, productJson } from './product-json.js'
import type { Question } from './question.js'
import type { StorefrontShop } from './shop.js'
import { titleOf } from './words.js'

/** `full`: the slot's own sources; `partly`, `fallback`: some, all fill it up; as the metrics have them. */
export type AnswerKind = 'full' | 'partly' | 'fallback' | 'empty'

export interface AnswersOptions {
  readonly filler: Filler
  readonly sessions: LiveSessions
  readonly clock: Clock
  onSlot(page: PageType, kind: AnswerKind, itemCount: number): void
  /** A slot couldn't be filled by a fault of ours; the page got what a shop without a model gets. */
  onFault(shopId: string, error: unknown): void
  /** To be counted, and, where the slot has an experiment, noted for the person. */
  onAnswered(answer: AnswerSeen): void
}

const notReady = 'not ready: the shop’s model is not built yet'
const fallbackSource = 'fallback'

/** Fills slots and writes what their pages get. Nothing that it does waits. */
export class Answers {
  readonly #options: AnswersOptions
  /** The items of the answer that is being written. */
  #json = ''
  #count = 0
  /** The same as they are kept; null where the slot explores nothing. */
  #explored: ExploredItem[] | null = null

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  /**
   * What the person looks at now is known to their next request, before the event of it is. Once per request,
   * before its answers.
   */
  note(caller: Caller, { page, products }: Question): void {
    const { shop, identifier, person } = caller
    const [first] = products
    const isLooking = page === null || page === 'product' || page === 'out-of-stock'
    if (!isLooking || identifier === '' || first === undefined) return
    const product = shop.product(first)
    if (product === null) return
    const { sessions, clock } = this.#options
    // The catalogue's own text of the id, which is there anyway.
    sessions.note(shop.id, identifier, person?.personId ?? '', product.id, clock.nowMs())
  }

  /**
   * One slot's answer as JSON.
   *
   * @param shown products that the page has already; those of this answer are added.
   * @param warnings of what was asked; a few may be added.
   */
  answer(caller: Caller, question: Question, shown: Set<string>, warnings: string[]): string {
    const { shop, person, identifier } = caller
    const nowMs = this.#options.clock.nowMs()
    const [slot, page] = this.#slotOf(caller, question, warnings)
    // Whoever is nobody sees the slot as it is set, and is in no experiment.
    const personId = person?.personId ?? ''
    const dealtBy = person?.dealtBy ?? identifier
    const variant = variantOf(slot.experiment, slot.id, dealtBy)
    const limit = Math.min(question.limit === 0 ? slot.limit : question.limit, slotLimitMax)
    this.#json = ''
    this.#count = 0
    this.#explored = null
    let kind = this.#fillFromModel(caller, question, slot, page, variant, shown, limit, nowMs)
    if (kind === null) {
      kind = 'fallback'
      warnings.push(notReady)
      this.#fillWithoutModel(shop, question, shown, limit)
    }
    if (this.#count === 0) kind = 'empty'
    const experiment = dealtBy === '' ? '' : (slot.experiment?.id ?? '')
    const placement = { slot: slot.id, experiment, variant }
    const isPersonal = identifier !== ''
    const id = makeAnswerId(shop.secret, placementKeyOf(placement), isPersonal, nowMs)
    if (experiment !== '' && personId === '')
      this.#options.sessions.show(shop.id, identifier, placement, nowMs)
    this.#options.onSlot(page, kind, this.#count)
    this.#options.onAnswered({
      shopId: shop.id,
      placement,
      personId,
      isPersonal,
      itemCount: this.#count,
      atMs: nowMs,
      explored: this.#exploredOf(id, page),
    })
    const title = titleOf(slot, variant, page, question.language, shop.shop.language)
    return (
      `{"id":"${id}","slot":${jsonText(slot.id)},"page":"${page}","title":${jsonText(title)}` +
      (experiment === ''
        ? ''
        : `,"experiment":${jsonText(experiment)},"variant":${jsonText(variant)}`) +
      `,"items":[${this.#json}]` +
      (warnings.length === 0 ? '}' : `,"warnings":[${warnings.map(jsonText).join(',')}]}`)
    )
  }

  /** A live page gets its products whatever it calls the slot. */
  #slotOf({ shop }: Caller, question: Question, warnings: string[]): readonly [Slot, PageType] {
    if (question.slot !== '') {
      const slot = slotOf(shop.slots, question.slot)
      if (slot !== null) return [slot, question.page ?? slot.page]
      warnings.push('slot: is unknown; the page’s own is shown')
    }
    let page = question.page ?? (question.products.length > 0 ? 'product' : 'home')
    const [first] = question.products
    if (page === 'product' && first !== undefined && shop.product(first)?.inStock === false)
      page = 'out-of-stock'
    return [slotOf(shop.slots, page)!, page]
  }

  /** null where nobody is known or may be. */
  #sliceOf({ shop, identifier, person }: Caller, nowMs: number): Slice | null {
    if (identifier === '') return null
    const slice = person?.slice ?? emptySlice
    const live = this.#options.sessions.viewed(shop.id, identifier, nowMs)
    const viewed = mergeViewed(live, slice.viewed, viewedCountMax)
    return viewed === slice.viewed ? slice : { ...slice, viewed }
  }

  /** null where there is no model, or it fails. */
  #fillFromModel(
    caller: Caller,
    question: Question,
    slot: Slot,
    page: PageType,
    variant: string,
    shown: Set<string>,
    limit: number,
    nowMs: number,
  ): AnswerKind | null {
    const { shop } = caller
    const { model } = shop
    const { filler, onFault } = this.#options
    if (model === null) return null
    const slice = this.#sliceOf(caller, nowMs)
    try {
      filler.fill({ model, slot, variant, page, question, slice, shown, limit, nowMs })
    } catch (error) {
      onFault(shop.id, error)
      return null
    }
    if (filler.isExploring) this.#explored = []
    for (let i = 0; i < filler.count; i++) {
      const id = filler.products[i]!
      const product = shown.has(id) ? null : shop.product(id)
      // The catalogue may know better than the model.
      if (product === null || !product.inStock) continue
      const source = filler.sources[i]!
      const propensity = propensityOf(filler.propensities[i]!)
      if (!this.#write(productJson(shop.shop, product), source, propensity)) continue
      shown.add(id)
      this.#explored?.push({ product: id, source, propensity })
    }
    if (filler.ownCount === filler.count) return 'full'
    return filler.ownCount === 0 ? 'fallback' : 'partly'
  }

  #fillWithoutModel(
    shop: StorefrontShop,
    question: Question,
    shown: Set<string>,
    limit: number,
  ): void {
    const { exclude, products } = question
    // What is left out below must not make the slot short.
    const asked = limit + shown.size + exclude.length + products.length
    const groups = new Set<string | undefined>()
    for (const id of [...shown, ...exclude, ...products]) groups.add(shop.product(id)?.group)
    groups.delete(undefined)
    for (const product of shop.fallbackProducts(asked)) {
      if (this.#count === limit) return
      const { id, group } = product
      if (shown.has(id) || exclude.includes(id) || products.includes(id)) continue
      if (groups.has(group)) continue
      if (!isAskedFor(product, question)) continue
      if (!this.#write(productJson(shop.shop, product), fallbackSource, 1)) continue
      shown.add(id)
      if (group !== undefined) groups.add(group)
    }
  }

  /** null where there is nothing to keep. */
  #exploredOf(id: string, page: PageType): ExploredAnswer | null {
    const items = this.#explored
    return items === null || items.length === 0 ? null : { nonce: nonceOf(id), page, items }
  }

  #write(piece: string, source: string, propensity: number): boolean {
    if (piece === '') return false
    const chance = propensity < 1 ? `,"propensity":${propensity}` : ''
    this.#json += `${this.#count++ === 0 ? '{' : ',{'}${piece},"source":"${source}"${chance}}`
    return true
  }
}

/** As it is shown, and kept. */
const propensityOf = (exact: number): number => (exact < 1 ? Number(exact.toPrecision(4)) : 1)

function isAskedFor(product: Product, question: Question): boolean {
  const { priceMicros, salePriceMicros, inStock, brand } = product
  const paidMicros = salePriceMicros ?? priceMicros
  if (!inStock || paidMicros < question.priceFromMicros || paidMicros > question.priceToMicros)
    return false
  if (question.brands.length === 0) return true
  return question.brands.some((it) => it.toLowerCase() === brand?.toLowerCase())
}
