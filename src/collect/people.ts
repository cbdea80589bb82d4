/** What a shop's privacy officer needs: everything about one person, and its end; who was joined with whom. */
import { Readable } from 'node:stream'
import { z } from '../base/schema.js'
import type { Books } from '../people/books.js'
import type { Writer } from '../people/intake.js'
import { joinsOf } from '../people/join-log.js'
import type { Person } from '../people/person.js'
import { findIn, personOf } from '../people/person-of.js'
import { erase, eventsOf, recordOf } from '../people/privacy.js'
import { republish } from '../people/republish.js'
import type { Trace } from '../people/scan.js'
import { undoJoin } from '../people/undo-join.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'

export interface PeopleOptions {
  readonly books: Books
  readonly writer: Writer
  /** What links of the shop have of an e-mail address, or of its SHA-256; '' for what is neither. */
  emailKey(shopId: string, email: string): string
  /** There is something in the outbox. */
  wakePublisher(): void
  /** The shop's segments by list. */
  listIds(shopId: string): readonly string[]
  /**
   * Where these texts are found in all that is kept of the shop.
   *
   * @param isOperator who may know what is in files that all shops share, too.
   */
  scan(shopId: string, texts: readonly string[], isOperator: boolean): Promise<readonly Trace[]>
}

const privacyOnly = ['admin', 'privacy'] as const
const none = { kind: 'none' } as const
const joinsPerPage = 1_000
const joinIdSchema = z.string().regex(/^[\w-]{1,64}$/, 'must be the id of a join')

const reference =
  'Who: our own id, or `anon:<id>`, `cust:<number>`, `uid:<id>`, `email:<address or its SHA-256>`.'
const unknown = refusal(404, 'person: nothing is known of them')

const scanSchema = z
  .strictObject({ texts: z.array(z.string().min(3).max(500)).min(1).max(50) })
  .meta({ examples: [{ texts: ['anna@kram.example', 'customer-1017'] }] })
const joinSchema = z
  .strictObject({ into: z.string().min(1).max(300), from: z.string().min(1).max(300) })
  .meta({ examples: [{ into: 'cust:1017', from: 'anon:b0a1c2' }] })

export function peopleEndpoints(options: PeopleOptions): Endpoint[] {
  const { books, writer } = options
  const found = (call: Call, who: string): Person | null =>
    personOf(
      who,
      (email) => options.emailKey(call.shopId, email),
      findIn(books.forShop(call.shopId)),
    )
  return [
    {
      method: 'GET',
      path: '/v1/people/{person}',
      operationId: 'getPerson',
      tag: 'People',
      summary: 'Everything that is kept of one person',
      description: `${reference} With their identifiers, slice, lists, joins, and every event.`,
      access: privacyOnly,
      body: none,
      responses: { 200: { description: 'All of it, as JSON' }, 404: { description: 'Unknown' } },
      handle: (call) => {
        const person = found(call, call.params['person']!)
        return person === null ? unknown : exported(call, person, options)
      },
    },
    {
      method: 'DELETE',
      path: '/v1/people/{person}',
      operationId: 'erasePerson',
      tag: 'People',
      summary: 'Forgets one person',
      description: `${reference} Identifiers, slice, events, lists and joins; bidders forget them within a second.`,
      access: privacyOnly,
      body: none,
      responses: { 200: { description: 'Forgotten' }, 404: { description: 'Unknown' } },
      handle: async (call) => {
        const erased = await writer.change(call.shopId, (draft) => {
          const person = personOf(
            call.params['person']!,
            (email) => options.emailKey(call.shopId, email),
            {
              byId: (id) => draft.person(id),
              byIdentifier: (identifier) => draft.personOf(identifier),
            },
          )
          if (person !== null) erase(books.forShop(call.shopId), draft, person)
          return person
        })
        if (erased === null) return unknown
        return { status: 200, body: { erased: { identifiers: erased.identifiers.length } } }
      },
    },
    {
      method: 'POST',
      path: '/v1/people/scan',
      operationId: 'scanForTraces',
      tag: 'People',
      summary: 'Where texts are found in all that is kept',
      description:
        'Byte by byte, in what is kept of the shop’s people and in its own file; for an operator in every ' +
        'file but those with secrets, databases as the bytes that they are. Of an address, or its SHA-256, what is kept in its place is ' +
        'looked for, too. After an erasure, an id or an address is found in databases’ bytes ' +
        'alone, until those are written over.',
      access: privacyOnly,
      isAudited: false,
      body: { kind: 'json', schema: scanSchema, bytesMax: 65_536 },
      responses: { 200: { description: 'Places, and how often' } },
      handle: async (call) => {
        const { texts } = call.json as z.output<typeof scanSchema>
        const isOperator = call.key?.role === 'operator'
        // An address is kept nowhere as it is: what stands for it is looked for, too.
        const keys = texts.map((text) => options.emailKey(call.shopId, text))
        const wanted = [...texts, ...keys.filter((key) => key !== '')]
        const traces = await options.scan(call.shopId, wanted, isOperator)
        return { status: 200, body: { traces } }
      },
    },
    {
      method: 'POST',
      path: '/v1/people/publish',
      operationId: 'publishPeople',
      tag: 'People',
      summary: 'Tells bidders of all of a shop’s people anew',
      description: 'For a profile store that has lost what it had: see docs/stores.md.',
      access: ['operator'],
      body: none,
      responses: { 200: { description: 'How many people; they are told of in the background' } },
      handle: async ({ shopId }) => {
        const people = await republish(books, writer, shopId)
        options.wakePublisher()
        return { status: 200, body: { people } }
      },
    },
    {
      method: 'GET',
      path: '/v1/joins',
      operationId: 'listJoins',
      tag: 'People',
      summary: 'Who was joined with whom, oldest first',
      description:
        'A page of them at a time: `next` goes into the query’s `after`; null at the end.',
      access: privacyOnly,
      query: z.strictObject({ after: joinIdSchema.optional() }),
      body: none,
      responses: { 200: { description: 'The joins that stand' } },
      handle: (call) => {
        const after = call.query['after'] ?? ''
        const joins = Array.from(
          joinsOf(books.forShop(call.shopId), after, joinsPerPage),
          ({ id, join: { atMs, by, into, from } }) => ({
            ...{ join: id, atMs, by, into },
            from: from.identifiers,
          }),
        )
        const next = joins.length < joinsPerPage ? null : joins.at(-1)!.join
        return { status: 200, body: { joins, next } }
      },
    },
    {
      method: 'POST',
      path: '/v1/joins',
      operationId: 'joinPeople',
      tag: 'People',
      summary: 'Makes one person of two that are never joined by themselves',
      description: reference,
      access: privacyOnly,
      body: { kind: 'json', schema: joinSchema, bytesMax: 4_096 },
      responses: { 200: { description: 'Joined' }, 404: { description: 'One of them is unknown' } },
      handle: async (call) => {
        const { into, from } = call.json as z.output<typeof joinSchema>
        const [a, b] = [found(call, into), found(call, from)]
        if (a === null || b === null) return unknown
        if (a.id === b.id) return refusal(409, 'from: is the same person as into')
        const joined = await writer.change(call.shopId, (draft) => {
          const [target, other] = [draft.person(a.id), draft.person(b.id)]
          if (target === null || other === null) return null
          return draft.join(target, other, call.key?.id ?? 'operator')
        })
        if (joined === null) return unknown
        const hasAll = b.identifiers.every((it) => joined.identifiers.includes(it))
        if (!hasAll) return refusal(409, 'from: together they would have too many identifiers')
        return { status: 200, body: { person: joined.id, join: joined.former[0]!.join } }
      },
    },
    {
      method: 'DELETE',
      path: '/v1/joins/{join}',
      operationId: 'undoJoin',
      tag: 'People',
      summary: 'Makes two people of one again',
      description:
        'What was taken since goes to whom it names. The two are never joined by themselves again.',
      access: privacyOnly,
      body: none,
      responses: { 200: { description: 'Undone' }, 409: { description: 'It can’t be, and why' } },
      handle: async (call) => {
        const id = call.params['join']!
        if (!joinIdSchema.safeParse(id).success) return refusal(404, 'join: is unknown')
        const book = books.forShop(call.shopId)
        const reason = await writer.change(call.shopId, (draft) => undoJoin(book, draft, id))
        if (reason !== '') return refusal(409, `join: ${reason}`)
        return { status: 200, body: { undone: id } }
      },
    },
  ]
}

/** As one JSON document, written as it is read: somebody's events may be many. */
function exported(call: Call, person: Person, { books, listIds }: PeopleOptions): Answer {
  const book = books.forShop(call.shopId)
  const record = recordOf(book, person, listIds(call.shopId))
  function* pieces(): Iterable<string> {
    yield `${JSON.stringify({ shop: call.shopId, ...record }, null, 1).slice(0, -2)},\n "events": [`
    let separator = '\n'
    for (const { event } of eventsOf(book, person)) {
      yield `${separator}  ${JSON.stringify(event)}`
      separator = ',\n'
    }
    yield '\n ]\n}\n'
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: Readable.from(pieces()),
  }
}
