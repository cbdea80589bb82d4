import type { Book } from './book.js'
import { identifierKinds } from './identifiers.js'
import type { Person } from './person.js'

/** An e-mail address is the longest. */
const referenceLengthMax = 520

/**
 * Finds a person by how a shop may call them: our own id, or `anon:…`, `cust:…`, `uid:…`, or
 * `email:…` with the address or its SHA-256.
 *
 * @param emailKey makes of an address, or its hash, what links have of it.
 * @param find the person of an id, and whom an identifier leads to, as they are now.
 */
export function personOf(
  reference: string,
  emailKey: (email: string) => string,
  find: { byId(id: string): Person | null; byIdentifier(identifier: string): Person | null },
): Person | null {
  // Nobody is called so, and a store has no room for keys of any length.
  if (reference.length > referenceLengthMax) return null
  const colon = reference.indexOf(':')
  const kind = reference.slice(0, Math.max(colon, 0))
  if (kind === 'email') {
    const key = emailKey(reference.slice(colon + 1))
    return key === '' ? null : find.byIdentifier(`mail:${key}`)
  }
  if ((identifierKinds as readonly string[]).includes(kind)) return find.byIdentifier(reference)
  return find.byId(reference)
}

/** As the books have them, outside of a change. */
export const findIn = (book: Book) => ({
  byId: (id: string) => book.person(id),
  byIdentifier: (identifier: string) => {
    const id = book.link(identifier)
    return id === '' ? null : book.person(id)
  },
})
