import { createHash } from 'node:crypto'
import type { Membership, Slice } from '../profiles/slice.js'
import type { Book } from './book.js'
import type { ShopSegments } from './draft.js'
import { membershipsOf } from './lists.js'
import type { RuleContext } from './rules/field.js'
import { compileSegments, SegmentRules, type SegmentText } from './rules/segments.js'

/** Every shop's segments, compiled when they change. */
export class SegmentRegistry {
  readonly #shops = new Map<string, Segments>()
  /** Memberships that a person had no room for. */
  leftOutCount = 0

  /**
   * @param context what amounts and categories mean at the shop.
   * @returns what is wrong with its rules; those that are right work.
   */
  set(shopId: string, texts: readonly SegmentText[], context: RuleContext): readonly string[] {
    const { segments, faults } = compileSegments(texts, context)
    const lists = texts.filter(({ rule }) => rule === undefined).map(({ id }) => id)
    const rules = new SegmentRules(segments, (id) => lists.includes(id))
    const fingerprint = createHash('sha256').update(JSON.stringify(texts)).digest('base64url')
    const own = new Segments(rules, lists, fingerprint, (count) => {
      this.leftOutCount += count
    })
    this.#shops.set(shopId, own)
    return faults.map(({ message }) => message)
  }

  remove(shopId: string): void {
    this.#shops.delete(shopId)
  }

  forShop(shopId: string): Segments {
    return this.#shops.get(shopId) ?? noSegments
  }
}

export class Segments implements ShopSegments {
  readonly #rules: SegmentRules
  readonly #onLeftOut: (count: number) => void
  /** Segments without a rule. */
  readonly lists: readonly string[]
  /** Another one for other segments. */
  readonly fingerprint: string

  constructor(
    rules: SegmentRules,
    lists: readonly string[],
    fingerprint: string,
    onLeftOut: (count: number) => void,
  ) {
    this.#rules = rules
    this.lists = lists
    this.fingerprint = fingerprint
    this.#onLeftOut = onLeftOut
  }

  byRule(slice: Slice, nowMs: number): { segments: readonly Membership[]; dueAtMs: number } {
    const memberships = this.#rules.memberships(slice, nowMs)
    if (memberships.leftOutCount > 0) this.#onLeftOut(memberships.leftOutCount)
    return memberships
  }

  byList(book: Book, identifiers: readonly string[], nowMs: number): readonly Membership[] {
    return membershipsOf(book, this.lists, identifiers, nowMs)
  }
}

const noSegments = new Segments(new SegmentRules([]), [], '', () => {})
