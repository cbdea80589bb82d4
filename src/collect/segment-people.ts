/** Who is in a shop's segments: how many, how many in two, and as a list that ad platforms take. */
import { Readable } from 'node:stream'
import type { Clock } from '../base/clock.js'
import { keyOf } from '../base/key.js'
import { z } from '../base/schema.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Book } from '../people/book.js'
import type { Books } from '../people/books.js'
import { type Overview, overviewOf, segmentKeysOf } from '../people/overview.js'
import { decodePerson } from '../people/person.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'

export interface SegmentPeopleOptions {
  readonly directory: ShopDirectory
  readonly books: Books
  readonly clock: Clock
  /** Whether somebody may not be in the segments yet that the shop's file asks for. */
  isUnderWay(shopId: string): boolean
  /** The SHA-256 of the address that an identifier `mail:…` stands for. */
  emailHash(shopId: string, key: string): string
}

/** Counting a million people takes seconds: an overview this old is shown again. */
const freshMs = 5_000
const peoplePerTurn = 1_000

const count = z.number()
const overviewSchema = z.strictObject({
  atMs: count,
  peopleCount: count,
  isUnderWay: z
    .boolean()
    .describe('segments were changed, and not everybody has been looked at yet'),
  segments: z.array(
    z.strictObject({
      segment: z.string(),
      name: z.string(),
      peopleCount: count,
      reachableCount: count.describe('bidders can meet them: a browser or device is known'),
      overlap: z.record(z.string(), count).describe('by other segment: how many are in both'),
    }),
  ),
})

export function segmentPeopleEndpoints(options: SegmentPeopleOptions): Endpoint[] {
  const overviews = new Overviews(options)
  return [
    {
      method: 'GET',
      path: '/v1/segments/overview',
      operationId: 'getSegmentOverview',
      tag: 'segments',
      summary: 'How many people are in each segment, and in two of them.',
      access: ['marketer', 'developer', 'admin', 'viewer'],
      body: { kind: 'none' },
      responses: { 200: { description: 'All segments.', schema: overviewSchema } },
      handle: async ({ shopId }) => {
        const segments = options.directory.get(shopId)?.segments ?? []
        const nameOf = new Map(segments.map(({ id, name }) => [id, name]))
        const overview = await overviews.of(shopId, [...nameOf.keys()])
        const body = {
          ...overview,
          isUnderWay: options.isUnderWay(shopId),
          segments: overview.segments.map((it) => ({ ...it, name: nameOf.get(it.segment) ?? '' })),
        }
        return { status: 200, body }
      },
    },
    {
      method: 'GET',
      path: '/v1/segments/{segment}/customer-match',
      operationId: 'exportCustomerMatch',
      tag: 'segments',
      summary: 'The people of a segment as a list of hashed addresses.',
      description:
        'CSV with one column, `Email`: SHA-256 in hexadecimal, as Google’s Customer Match and Meta’s ' +
        'customer lists take it. Whoever said no to adverts, or has no address, is not in it.',
      access: ['marketer', 'admin'],
      body: { kind: 'none' },
      responses: { 200: { description: 'text/csv' }, 404: { description: 'No such segment.' } },
      handle: (call) => exported(call, options),
    },
  ]
}

/** One count of a shop at a time, however many ask. */
class Overviews {
  readonly #options: SegmentPeopleOptions
  readonly #known = new Map<
    string,
    { ids: string; madeAtElapsedMs: number; overview: Promise<Overview> }
  >()

  constructor(options: SegmentPeopleOptions) {
    this.#options = options
  }

  of(shopId: string, segmentIds: readonly string[]): Promise<Overview> {
    const { books, clock } = this.#options
    const ids = segmentIds.join('\n')
    const known = this.#known.get(shopId)
    // By a clock that never goes back: an overview from the future would stay until then.
    const elapsedMs = clock.elapsedMs()
    if (known !== undefined && known.ids === ids && elapsedMs - known.madeAtElapsedMs < freshMs)
      return known.overview
    const overview = overviewOf(books.forShop(shopId), segmentIds, clock.nowMs())
    const made = { ids, madeAtElapsedMs: elapsedMs, overview }
    this.#known.set(shopId, made)
    overview.catch(() => {
      if (this.#known.get(shopId) === made) this.#known.delete(shopId)
    })
    return overview
  }
}

function exported(call: Call, options: SegmentPeopleOptions): Answer {
  const { directory, books, clock } = options
  const segment = call.params['segment']!
  const isKnown = directory.get(call.shopId)?.segments.some(({ id }) => id === segment)
  if (isKnown !== true) return refusal(404, 'segment: is unknown')
  const hashOf = (key: string): string => options.emailHash(call.shopId, key)
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${segment.replace(/[^\w.-]/g, '_')}.csv"`,
      'Cache-Control': 'no-store',
    },
    body: Readable.from(rowsOf(books.forShop(call.shopId), segment, hashOf, clock.nowMs())),
  }
}

async function* rowsOf(
  book: Book,
  segment: string,
  hashOf: (key: string) => string,
  nowMs: number,
): AsyncIterable<string> {
  const segmentKey = keyOf(segment)
  yield 'Email\n'
  let after = ''
  for (;;) {
    let rows = ''
    let seen = 0
    for (const { id, bytes } of book.people(after, peoplePerTurn)) {
      after = id
      seen++
      if (!segmentKeysOf(bytes, nowMs).includes(segmentKey)) continue
      const { identifiers, slice } = decodePerson(id, bytes)
      if (slice.consent?.ads === false) continue
      for (const identifier of identifiers)
        if (identifier.startsWith('mail:')) rows += `${hashOf(identifier.slice(5))}\n`
    }
    if (rows !== '') yield rows
    if (seen < peoplePerTurn) return
    await new Promise(setImmediate)
  }
}
