/**
 * Lists of members that shops send. Each list has generations: what replaces it whole is gathered in
 * a new one, unseen, and takes the place of the old one in one step once all of it has come.
 *
 * A member is an identifier, not a person: most of a list's members have never been seen. Whoever an
 * identifier leads to, or comes to lead to, has the membership in their slice.
 */
import type { Membership } from '../profiles/slice.js'
import type { Book } from './book.js'
import type { Draft } from './draft.js'
import type { Person } from './person.js'
import { double, sortable } from './tables.js'

/** One row of what a shop sends. */
export interface Member {
  readonly identifier: string
  readonly isAdd: boolean
  /** From then on it is none any more; `foreverMs` where nothing ends it. */
  readonly expiresAtMs: number
}

/** The end of what nothing ends: a number that JSON and a double have exactly. */
export const foreverMs = Number.MAX_SAFE_INTEGER

/** What is known of a list. */
export interface ListState {
  /** 0 before anything was ever sent. */
  readonly generation: number
  readonly memberCount: number
  readonly changedAtMs: number
  /** A replacement that hasn't come whole. */
  readonly pending: Pending | null
  /** A replacement that has come, and that people are being told of. */
  readonly applying: Applying | null
}

interface Pending {
  /** The sender's name for it, by which it can be gone on with. */
  readonly upload: string
  readonly generation: number
  /** Rows that are on disk: the sender goes on after them. */
  readonly rowCount: number
  readonly memberCount: number
}

interface Applying {
  readonly formerGeneration: number
  /** `new`: who is in the new generation; then `former`: who isn't any more. */
  readonly phase: 'new' | 'former'
  /** Identifier that was done last; '' at the start. */
  readonly after: string
}

const noList: ListState = {
  generation: 0,
  memberCount: 0,
  changedAtMs: 0,
  pending: null,
  applying: null,
}

export function readList(book: Book, segment: string): ListState {
  const bytes = book.get('lists', segment)
  return bytes === undefined ? noList : (JSON.parse(bytes.toString('utf8')) as ListState)
}

export function putList(book: Book, segment: string, state: ListState): void {
  book.put('lists', Buffer.from(JSON.stringify(state)), segment)
}

/** When the identifier's membership ends; 0 where it has none. */
export function memberUntil(
  book: Book,
  segment: string,
  generation: number,
  identifier: string,
): number {
  return book.get('members', segment, sortable(generation), identifier)?.readDoubleLE(0) ?? 0
}

/** The memberships that any of these identifiers has in lists of the shop. */
export function membershipsOf(
  book: Book,
  segments: readonly string[],
  identifiers: readonly string[],
  nowMs: number,
): Membership[] {
  const memberships: Membership[] = []
  for (const segment of segments) {
    const { generation } = readList(book, segment)
    if (generation === 0) continue
    let expiresAtMs = 0
    for (const identifier of identifiers)
      expiresAtMs = Math.max(expiresAtMs, memberUntil(book, segment, generation, identifier))
    if (expiresAtMs > nowMs) memberships.push({ segment, expiresAtMs })
  }
  return memberships
}

/** The person with, or without, the membership; the same one where nothing changes. */
export function withMembership(person: Person, segment: string, expiresAtMs: number): Person {
  const { segments } = person.slice
  const before = segments.find((it) => it.segment === segment)?.expiresAtMs ?? 0
  if (before === expiresAtMs) return person
  const others = segments.filter((it) => it.segment !== segment)
  const now = expiresAtMs === 0 ? others : [...others, { segment, expiresAtMs }]
  return { ...person, slice: { ...person.slice, segments: now } }
}

/** Of a list that was never replaced; no replacement is gathered under it. */
const firstGeneration = 1

/** Rows as they come, of a list that is changed and not replaced. */
export function changeMembers(
  book: Book,
  draft: Draft,
  segment: string,
  rows: readonly Member[],
  nowMs: number,
): void {
  const before = readList(book, segment)
  const generation = Math.max(before.generation, firstGeneration)
  const place = sortable(generation)
  const now = new Map<string, number>()
  for (const { identifier, isAdd, expiresAtMs } of rows)
    now.set(identifier, isAdd ? expiresAtMs : 0)
  let added = 0
  for (const [identifier, untilMs] of now) {
    const wasMember = memberUntil(book, segment, generation, identifier) > 0
    added += Number(untilMs > 0) - Number(wasMember)
  }
  draft.also(() => {
    for (const [identifier, untilMs] of now)
      if (untilMs > 0) book.put('members', double(untilMs), segment, place, identifier)
      else book.remove('members', segment, place, identifier)
    const memberCount = before.memberCount + added
    putList(book, segment, { ...before, generation, memberCount, changedAtMs: nowMs })
  })
  const until = (identifier: string): number =>
    now.get(identifier) ?? memberUntil(book, segment, generation, identifier)
  for (const [identifier, untilMs] of now) tell(draft, segment, identifier, untilMs, until, nowMs)
}

/** Brings up to date whoever the identifier leads to, if anybody. */
function tell(
  draft: Draft,
  segment: string,
  identifier: string,
  untilMs: number,
  until: (identifier: string) => number,
  nowMs: number,
): void {
  let person = draft.personOf(identifier)
  // Only by a uid can bidders meet somebody of whom nothing else is known.
  if (person === null && untilMs > nowMs && identifier.startsWith('uid:'))
    person = draft.create([identifier])
  if (person === null) return
  const expiresAtMs = Math.max(...person.identifiers.map(until))
  const told = withMembership(person, segment, expiresAtMs > nowMs ? expiresAtMs : 0)
  if (told !== person) draft.set(told)
}

/**
 * Rows of a replacement, written where nobody sees them.
 *
 * @param upload the sender's name for it: a replacement of another name is begun anew.
 * @param fromRow how many rows of it came before these.
 * @param rowCount how many rows these were, with those that can't be taken.
 */
export function gatherMembers(
  book: Book,
  draft: Draft,
  segment: string,
  upload: string,
  fromRow: number,
  rows: readonly Member[],
  rowCount: number,
): void {
  const state = readList(book, segment)
  const pending = pendingOf(state, upload, fromRow)
  const place = sortable(pending.generation)
  const now = new Map(rows.map((row) => [row.identifier, row]))
  // In the table's own order: what lies on one page is written in one go.
  const inOrder = [...now.keys()].sort()
  draft.also(() => {
    let memberCount = pending.memberCount
    for (const identifier of inOrder) {
      const { isAdd, expiresAtMs } = now.get(identifier)!
      const wasMember = book.get('members', segment, place, identifier) !== undefined
      memberCount += Number(isAdd) - Number(wasMember)
      if (isAdd) book.put('members', double(expiresAtMs), segment, place, identifier)
      else if (wasMember) book.remove('members', segment, place, identifier)
    }
    const keptCount = fromRow + rowCount
    putList(book, segment, { ...state, pending: { ...pending, rowCount: keptCount, memberCount } })
  })
}

/** Where a replacement of this name stands; a new one after all generations that there were. */
function pendingOf({ generation, pending }: ListState, upload: string, fromRow: number): Pending {
  if (pending !== null && pending.upload === upload && fromRow > 0) return pending
  const last = Math.max(generation, pending?.generation ?? 0, firstGeneration)
  return { upload, generation: last + 1, rowCount: 0, memberCount: 0 }
}

/** The replacement has come whole: from here on it is the list. People are told by `applyNext`. */
export function commitMembers(book: Book, draft: Draft, segment: string, nowMs: number): void {
  const state = readList(book, segment)
  const { pending } = state
  if (pending === null) return
  draft.also(() =>
    putList(book, segment, {
      generation: pending.generation,
      memberCount: pending.memberCount,
      changedAtMs: nowMs,
      pending: null,
      applying: { formerGeneration: state.generation, phase: 'new', after: '' },
    }),
  )
}

/** It is a list of nobody from here on. People are told by `applyNext`. */
export function emptyList(book: Book, draft: Draft, segment: string, nowMs: number): void {
  draft.also(() => {
    const { generation, pending } = readList(book, segment)
    putList(book, segment, {
      generation: Math.max(generation, pending?.generation ?? 0) + 1,
      memberCount: 0,
      changedAtMs: nowMs,
      pending: null,
      applying: { formerGeneration: generation, phase: 'former', after: '' },
    })
  })
}

/** Members looked at in one go: a few milliseconds' work. */
const stepSize = 2_000

/**
 * Tells some more people of a replacement.
 *
 * @returns whether there is more to do.
 */
export function applyNext(book: Book, draft: Draft, segment: string, nowMs: number): boolean {
  const state = readList(book, segment)
  const { applying, generation } = state
  if (applying === null) return false
  const isFormer = applying.phase === 'former'
  const place = sortable(isFormer ? applying.formerGeneration : generation)
  const members: { identifier: string; untilMs: number }[] = []
  for (const { key, value } of book.after('members', applying.after, stepSize, segment, place))
    members.push({ identifier: key, untilMs: value.readDoubleLE(0) })
  const until = (identifier: string): number => memberUntil(book, segment, generation, identifier)
  for (const { identifier } of members)
    tell(draft, segment, identifier, until(identifier), until, nowMs)
  const isDone = members.length < stepSize
  const after = members.at(-1)?.identifier ?? ''
  draft.also(() => {
    if (isFormer)
      for (const { identifier } of members) book.remove('members', segment, place, identifier)
    const next = isDone ? nextPhase(applying) : { ...applying, after }
    putList(book, segment, { ...readList(book, segment), applying: next })
  })
  return !(isDone && nextPhase(applying) === null)
}

const nextPhase = ({ phase, formerGeneration }: Applying): Applying | null =>
  phase === 'new' && formerGeneration > 0 ? { formerGeneration, phase: 'former', after: '' } : null
