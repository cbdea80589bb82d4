import type { Books } from './books.js'
import type { Writer } from './intake.js'

const peoplePerChange = 500

/**
 * Puts everybody of a shop into the outbox, so that bidders are told of them anew: for a profile store
 * that has lost what it had. In steps between other work.
 *
 * @returns how many people there are.
 */
export async function republish(books: Books, writer: Writer, shopId: string): Promise<number> {
  const book = books.forShop(shopId)
  let count = 0
  let after = ''
  for (;;) {
    const ids = Array.from(book.people(after, peoplePerChange), ({ id }) => id)
    if (ids.length === 0) return count
    count += ids.length
    after = ids.at(-1)!
    const putAll = (): void => {
      for (const id of ids) book.putOutbox(id, books.nextNumber())
    }
    await writer.change(shopId, (draft) => draft.also(putAll), ids.length)
  }
}
