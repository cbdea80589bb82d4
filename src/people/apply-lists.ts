import type { Clock } from '../base/clock.js'
import type { Books } from './books.js'
import type { Writer } from './intake.js'
import { applyNext, emptyList, readList } from './lists.js'

export interface ApplyOptions {
  readonly books: Books
  readonly writer: Writer
  readonly clock: Clock
}

/** What a step counts for among other changes: it looks at some thousands of members. */
const stepWeight = 1_000

/** Tells everybody whom a replacement of a list moved, in steps between other work. */
export async function applyList(
  { books, writer, clock }: ApplyOptions,
  shopId: string,
  segment: string,
): Promise<void> {
  const book = books.forShop(shopId)
  while (readList(book, segment).applying !== null)
    await writer.change(
      shopId,
      (draft) => applyNext(book, draft, segment, clock.nowMs()),
      stepWeight,
    )
}

/** Goes on with replacements that a stop cut short. */
export async function applyLists(options: ApplyOptions, shopIds: readonly string[]): Promise<void> {
  for (const shopId of shopIds) {
    const segments = Array.from(options.books.forShop(shopId).under('lists'), ({ key }) => key)
    for (const segment of segments) await applyList(options, shopId, segment)
  }
}

/**
 * Takes everybody off the lists that the shop has no more, so that none of it is kept, nor there again if
 * another list is called the same.
 *
 * @param has whether the shop has a list of this name now: asked again before each is emptied.
 */
export async function endLists(
  options: ApplyOptions,
  shopId: string,
  has: (segment: string) => boolean,
): Promise<void> {
  const { books, writer, clock } = options
  const book = books.forShop(shopId)
  const known = Array.from(book.under('lists'), ({ key }) => key)
  for (const segment of known.filter((key) => !has(key))) {
    const { memberCount, pending } = readList(book, segment)
    if (memberCount === 0 && pending === null) continue
    await applyList(options, shopId, segment)
    await writer.change(shopId, (draft) => {
      if (!has(segment)) emptyList(book, draft, segment, clock.nowMs())
    })
    await applyList(options, shopId, segment)
  }
}
