import type { Clock } from '../base/clock.js'
import type { Books } from './books.js'
import type { Writer } from './intake.js'
import { applyNext, readList } from './lists.js'

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
