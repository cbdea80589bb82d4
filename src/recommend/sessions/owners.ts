import { radixOrder } from './radix-order.js'

/**
 * Who has a part in what was built, and which sessions are theirs: so that these are found when they go. 8 bytes a
 * session.
 */
export interface OwnersParts {
  /**
   * The lower 32 bits of people's keys, lowest first: once for each session, and once for whoever has none. Where two
   * people have the same ones, which is one in a thousand where there are four million, the sessions of both go
   * until the next build.
   */
  readonly hashes: Uint32Array<ArrayBuffer>
  /** By place: the session's number; -1 where they have none. */
  readonly sessions: Int32Array<ArrayBuffer>
}

/**
 * @param personKeys     by person.
 * @param sessionPersons by session: the person's number.
 */
export function buildOwners(
  personKeys: Float64Array,
  personCount: number,
  sessionPersons: Int32Array,
): OwnersParts {
  const sessionCount = sessionPersons.length
  const hasSession = new Uint8Array(personCount)
  for (let session = 0; session < sessionCount; session++) hasSession[sessionPersons[session]!] = 1
  let count = sessionCount
  for (let person = 0; person < personCount; person++) if (hasSession[person] === 0) count++
  const unordered = new Uint32Array(count)
  for (let session = 0; session < sessionCount; session++)
    unordered[session] = hashOf(personKeys[sessionPersons[session]!]!)
  for (let person = 0, at = sessionCount; person < personCount; person++)
    if (hasSession[person] === 0) unordered[at++] = hashOf(personKeys[person]!)
  const order = radixOrder(unordered, count)
  const hashes = new Uint32Array(count)
  const sessions = new Int32Array(count)
  for (let place = 0; place < count; place++) {
    const at = order[place]!
    hashes[place] = unordered[at]!
    sessions[place] = at < sessionCount ? at : -1
  }
  return { hashes, sessions }
}

/**
 * The sessions of one person.
 *
 * @returns null for whoever has no part in what was built. O(log sessions).
 */
export function sessionsOf(parts: OwnersParts, personKey: number): readonly number[] | null {
  const { hashes, sessions } = parts
  const hash = hashOf(personKey)
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (hashes[middle]! < hash) low = middle + 1
    else high = middle
  }
  if (hashes[low] !== hash) return null
  const theirs: number[] = []
  for (; hashes[low] === hash; low++) if (sessions[low]! >= 0) theirs.push(sessions[low]!)
  return theirs
}

/** Keys are hashes themselves (base/key.ts). */
const hashOf = (personKey: number): number => personKey >>> 0
