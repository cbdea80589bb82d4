/** Lists of members: sent by shops, gone on with after a cut, replaced in one step. */
import type { Clock } from '../base/clock.js'
import { z } from '../base/schema.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { applyList } from '../people/apply-lists.js'
import type { Books } from '../people/books.js'
import type { Writer } from '../people/intake.js'
import {
  changeMembers,
  commitMembers,
  gatherMembers,
  type ListState,
  readList,
} from '../people/lists.js'
import { memberKinds, readMembers } from '../people/members-format.js'
import { failureOf } from './changes.js'
import type { Answer, Call, Endpoint, Problem } from './endpoint.js'
import { refusal } from './endpoint.js'
import { idTaken } from './items.js'
import { takenSegmentIds } from './segment-definitions.js'

export interface MembersOptions {
  readonly directory: ShopDirectory
  readonly books: Books
  readonly writer: Writer
  readonly clock: Clock
  /** What links of the shop have of an e-mail address, or of its SHA-256; '' for what is neither. */
  emailKey(shopId: string, email: string): string
}

const bytesMax = 4 * 1024 * 1024 * 1024
const problemCountMax = 100
/**
 * Rows in one change of the books. Hashes lie all over the table: the more come at once, the fewer pages
 * are written twice; and whoever tells of events waits as long as one change takes, some 300 ms.
 */
const rowsPerChange = 30_000
const types = ['text/csv', 'application/x-ndjson', 'application/json', 'text/plain'] as const

const querySchema = z.strictObject({
  mode: z.enum(['update', 'replace']).optional(),
  kind: z.enum(memberKinds).optional(),
  upload: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : -')
    .optional(),
})

const answerSchema = z.strictObject({
  rows: z.number(),
  refused: z.record(z.string(), z.number()),
  members: z.number(),
  seconds: z.number(),
  peakMemoryBytes: z.number().describe('of the collector, since it was started'),
  problems: z.array(z.strictObject({ where: z.string(), reason: z.string() })),
})
const stateSchema = z.strictObject({
  members: z.number(),
  changedAtMs: z.number(),
  upload: z.strictObject({ upload: z.string(), rows: z.number() }).nullable(),
})

const isBusy = refusal(503, 'segment: rows are coming for it from elsewhere; send these afterwards')

export function memberEndpoints(options: MembersOptions): Endpoint[] {
  /** Lists that rows are coming for: two at a time would mix. */
  const busy = new Set<string>()
  const path = '/v1/segments/{segment}/members'
  return [
    {
      method: 'PUT',
      path,
      operationId: 'putMembers',
      tag: 'segments',
      summary: 'Puts people on a list, takes them off it, or replaces it whole.',
      description:
        'NDJSON or CSV, as it comes: see docs/segments.md. With `mode=replace` nothing is seen before all ' +
        'of it has come. What was cut off is sent again under the same `upload`: rows that were kept are ' +
        'passed over. A list that there isn’t is made.',
      access: ['developer', 'marketer', 'admin'],
      query: querySchema,
      body: { kind: 'stream', bytesMax, types },
      responses: {
        200: { description: 'What became of the rows.', schema: answerSchema },
        400: { description: 'Cut off, or nothing of it can be taken: rows before it are kept.' },
        409: { description: 'The segment has a rule.' },
        503: {
          description:
            'We are behind, the disk is full, or rows are coming for it from elsewhere: send it again ' +
            'under the same name.',
        },
      },
      handle: async (call) => {
        const list = `${call.shopId} ${call.params['segment']}`
        // Where the way here broke, they are mostly the sender's own, who tries again.
        if (busy.has(list)) return { ...isBusy, headers: { 'Retry-After': '1' } }
        busy.add(list)
        try {
          return await new Upload(call, options).run()
        } finally {
          busy.delete(list)
        }
      },
    },
    {
      method: 'GET',
      path,
      operationId: 'getMembers',
      tag: 'segments',
      summary: 'How many are on a list, and how far an upload has come.',
      access: ['developer', 'marketer', 'admin', 'viewer'],
      body: { kind: 'none' },
      responses: {
        200: { description: 'The list as it stands.', schema: stateSchema },
        404: { description: 'There is no such segment.' },
      },
      handle: ({ shopId, params }) => {
        const segment = params['segment']!
        const isThere = options.directory.get(shopId)?.segments.some(({ id }) => id === segment)
        if (isThere !== true) return refusal(404, 'segment: is unknown')
        return { status: 200, body: shown(readList(options.books.forShop(shopId), segment)) }
      },
    },
  ]
}

function shown({ memberCount, changedAtMs, pending }: ListState): z.output<typeof stateSchema> {
  const upload = pending === null ? null : { upload: pending.upload, rows: pending.rowCount }
  return { members: memberCount, changedAtMs, upload }
}

/** One body of rows. */
class Upload {
  readonly #call: Call
  readonly #options: MembersOptions
  readonly #segment: string
  readonly #isReplacement: boolean
  readonly #name: string
  /** Rows of this body that were looked at. */
  #row = 0
  /** Rows of this upload that an earlier body left here. */
  readonly #keptCount: number
  readonly #refused: Record<string, number> = {}
  readonly #problems: Problem[] = []

  constructor(call: Call, options: MembersOptions) {
    this.#call = call
    this.#options = options
    this.#segment = call.params['segment']!
    this.#isReplacement = call.query['mode'] === 'replace'
    this.#name = call.query['upload'] ?? `${options.clock.nowMs()}`
    const { pending } = readList(options.books.forShop(call.shopId), this.#segment)
    this.#keptCount = pending?.upload === this.#name ? pending.rowCount : 0
  }

  async run(): Promise<Answer> {
    const startMs = this.#options.clock.elapsedMs()
    if (this.#known()?.rule !== undefined)
      return refusal(409, 'segment: has a rule; its members are worked out, not sent')
    const { shopId } = this.#call
    let isTaking = false
    try {
      for await (const batch of readMembers(this.#call.stream, {
        kind: this.#call.query['kind'] ?? '',
        nowMs: this.#options.clock.nowMs(),
        emailKey: (email) => this.#options.emailKey(shopId, email),
        rowsMax: rowsPerChange,
      })) {
        for (const { line, refusal: why, reason } of batch.refused) {
          this.#refused[why] = (this.#refused[why] ?? 0) + 1
          if (this.#problems.length < problemCountMax)
            this.#problems.push({ where: `line ${line}`, reason })
        }
        const unmade = await this.#makeList()
        if (unmade !== null) return unmade
        isTaking = true
        // A batch of which only a part was kept is taken again, which changes nothing of that part.
        if (this.#row + batch.rowCount > this.#keptCount || !this.#isReplacement)
          await this.#take(batch.members, batch.rowCount)
        this.#row += batch.rowCount
        isTaking = false
      }
    } catch (error) {
      return this.#cutOff(error, isTaking)
    }
    if (this.#isReplacement) {
      if (this.#isAllWrong()) return this.#noneTaken()
      // An empty body empties the list: it is what was asked for.
      const unmade = await this.#makeList()
      if (unmade !== null) return unmade
      await this.#replace()
    }
    const seconds = (this.#options.clock.elapsedMs() - startMs) / 1_000
    const { memberCount } = readList(this.#options.books.forShop(shopId), this.#segment)
    return {
      status: 200,
      body: {
        rows: this.#row,
        refused: this.#refused,
        members: memberCount,
        seconds: Math.round(seconds * 1_000) / 1_000,
        peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
        problems: this.#problems,
      },
    }
  }

  #known(): { readonly rule?: unknown } | undefined {
    const file = this.#options.directory.get(this.#call.shopId)
    return file?.segments.find(({ id }) => id === this.#segment)
  }

  /** Where there is none yet. @returns why it can't be made; null where it is there. */
  async #makeList(): Promise<Answer | null> {
    if (this.#known() !== undefined) return null
    if (takenSegmentIds.includes(this.#segment)) return idTaken
    const { directory } = this.#options
    const { shopId } = this.#call
    const edited = await directory.edit(shopId, (written) => ({
      ...written,
      segments: [...(written.segments ?? []), { id: this.#segment }],
    }))
    return edited.ok ? null : failureOf(edited)
  }

  async #take(members: Parameters<typeof changeMembers>[3], rowCount: number): Promise<void> {
    const { books, writer, clock } = this.#options
    const book = books.forShop(this.#call.shopId)
    await writer.change(
      this.#call.shopId,
      (draft) => {
        if (this.#isReplacement)
          gatherMembers(book, draft, this.#segment, this.#name, this.#row, members, rowCount)
        else changeMembers(book, draft, this.#segment, members, clock.nowMs())
      },
      Math.max(members.length, 1),
    )
  }

  /** A file of another kind than was meant isn't to empty the list; one whose rows have all ended is. */
  #isAllWrong(): boolean {
    const { pending } = readList(this.#options.books.forShop(this.#call.shopId), this.#segment)
    const isWrong = Object.keys(this.#refused).some((why) => why !== 'expired')
    return isWrong && (pending?.memberCount ?? 0) === 0
  }

  #noneTaken(): Answer {
    const reason = `none of the ${this.#row} rows can be taken; the list is as it was`
    return refusal(400, `body: ${reason}`, this.#problems)
  }

  async #replace(): Promise<void> {
    if (this.#row === 0) await this.#take([], 0)
    await applyList(this.#options, this.#call.shopId, this.#segment)
    const { books, writer, clock } = this.#options
    const book = books.forShop(this.#call.shopId)
    await writer.change(this.#call.shopId, (draft) =>
      commitMembers(book, draft, this.#segment, clock.nowMs()),
    )
    await applyList(this.#options, this.#call.shopId, this.#segment)
  }

  /** @param isTaking it was read, and can't be written now. */
  #cutOff(error: unknown, isTaking: boolean): Answer {
    const reason = error instanceof Error ? error.message : String(error)
    const kept = this.#isReplacement
      ? `the list is as it was; send it again with upload=${this.#name}, and the ${this.#row} rows that came are passed over`
      : `the ${this.#row} rows before are taken`
    if (isTaking) return refusal(503, `${reason}; ${kept}`, this.#problems)
    return refusal(400, `body: ${reason}; ${kept}`, this.#problems)
  }
}
