import type { Book } from './book.js'
import type { Writer } from './intake.js'
import { erase } from './privacy.js'
import type { TableName } from './tables.js'

const stepSize = 500
/** What is left of a shop once its people are gone. */
const rest: readonly TableName[] = ['messages', 'members', 'lists', 'joins', 'apart', 'links']

/** Forgets everything of a shop, in steps; bidders are told by the outbox. */
export async function eraseShop(book: Book, writer: Writer): Promise<void> {
  for (;;) {
    const ids = Array.from(book.people('', stepSize), ({ id }) => id)
    if (ids.length === 0) break
    await writer.change(
      book.shopId,
      (draft) => {
        for (const id of ids) {
          const person = draft.person(id)
          if (person !== null) erase(book, draft, person)
        }
      },
      ids.length,
    )
  }
  for (const table of rest)
    for (;;) {
      const keys = Array.from(book.after(table, '', stepSize), ({ key }) => key)
      if (keys.length === 0) break
      const remove = (): void => {
        for (const key of keys) book.remove(table, key)
      }
      await writer.change(book.shopId, (draft) => draft.also(remove), keys.length)
    }
  for (;;) {
    const keys = book.journalKeys(stepSize)
    if (keys.length === 0) break
    const remove = (): void => {
      for (const key of keys) book.removeJournal(key)
    }
    await writer.change(book.shopId, (draft) => draft.also(remove), keys.length)
  }
}
