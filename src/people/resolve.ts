import type { Identifiers } from './identifiers.js'
import { identifiersOf, isKnownKind } from './identifiers.js'

/** What of a person decides whom an event is about. */
export interface Candidate {
  readonly id: string
  readonly createdAtMs: number
  readonly identifiers: readonly string[]
}

/** Whom an event is about, and what follows for who is who. */
export interface Resolution {
  /** null: somebody new. */
  readonly person: Candidate | null
  /** Identifiers that are to lead to that person from now on. */
  readonly linked: readonly string[]
  /** Nameless people who turn out to be that person. */
  readonly joined: readonly Candidate[]
  /** People whom the shop knows, and who are not joined though the event names both. */
  readonly apart: readonly Candidate[]
}

const isNamed = ({ identifiers }: Candidate): boolean => identifiers.some(isKnownKind)

const has = ({ identifiers }: Candidate, kind: string): boolean =>
  identifiers.some((identifier) => identifier.startsWith(kind))

/**
 * Decides whom an event is about.
 *
 * A browser's id and the ids that exchanges use are nameless: whoever they lead to is joined, once,
 * with the customer who first logs in there. A customer number or an e-mail address names a person,
 * and two people who have names are never joined by themselves, as a browser may be a family's: what
 * each does is kept as theirs, and the browser's own ids stay with the one who had them first.
 *
 * @param find who an identifier leads to; null where to nobody.
 * @param mayJoin false where somebody has said that these two are different people.
 */
export function resolve(
  who: Identifiers,
  find: (identifier: string) => Candidate | null,
  mayJoin: (a: Candidate, b: Candidate) => boolean,
): Resolution {
  const identifiers = identifiersOf(who)
  const found = identifiers.map(find)
  const named: Candidate[] = []
  const nameless: Candidate[] = []
  for (const [i, candidate] of found.entries()) {
    if (candidate === null) continue
    const list = isKnownKind(identifiers[i]!) ? named : nameless
    if (!list.some(({ id }) => id === candidate.id)) list.push(candidate)
  }
  const person = choose(who, named, nameless)
  const linked: string[] = []
  const apart = new Map<string, Candidate>()
  const joined = new Map<string, Candidate>()
  for (const [i, candidate] of found.entries()) {
    if (candidate === null) linked.push(identifiers[i]!)
    else if (candidate.id === person?.id) continue
    else if (person === null || isNamed(candidate) || !mayJoin(person, candidate))
      apart.set(candidate.id, candidate)
    else joined.set(candidate.id, candidate)
  }
  return { person, linked, joined: [...joined.values()], apart: [...apart.values()] }
}

/** @returns null where it is somebody new. */
function choose(
  who: Identifiers,
  named: readonly Candidate[],
  nameless: readonly Candidate[],
): Candidate | null {
  const isNamedHere = who.customerId !== '' || who.emailKey !== ''
  // The customer number comes first of `named`, where it leads to anybody.
  for (const candidate of named) if (!contradicts(candidate, who)) return candidate
  if (isNamedHere) {
    // Nobody has this name yet: it may be the name of whoever has been there without one.
    return oldest(nameless.filter((candidate) => !isNamed(candidate)))
  }
  return nameless.find(isNamed) ?? oldest(nameless)
}

/** Whether the event says another customer number than this person's. */
function contradicts(candidate: Candidate, { customerId }: Identifiers): boolean {
  if (customerId === '' || candidate.identifiers.includes(`cust:${customerId}`)) return false
  return has(candidate, 'cust:')
}

function oldest(candidates: readonly Candidate[]): Candidate | null {
  let first: Candidate | null = null
  for (const candidate of candidates)
    if (first === null || candidate.createdAtMs < first.createdAtMs) first = candidate
  return first
}
