import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Books } from './books.js'
import type { Draft } from './draft.js'
import type { Writer } from './intake.js'
import type { Person } from './person.js'
import type { SegmentRegistry } from './segment-registry.js'
import { keyFrom } from './tables.js'

export interface ReevaluationOptions {
  readonly books: Books
  readonly writer: Writer
  readonly registry: SegmentRegistry
  readonly clock: Clock
  readonly log: Log
}

const peoplePerChange = 500

/**
 * Puts everybody of a shop into the segments that they belong to once the shop's segments have
 * changed, in small steps between other work. What a stop cuts short is begun anew at the next start.
 */
export class Reevaluation {
  readonly #options: ReevaluationOptions
  readonly #wanted = new Set<string>()
  #running: Promise<void> | null = null
  #isStopping = false

  constructor(options: ReevaluationOptions) {
    this.#options = options
  }

  /** Whether somebody's segments may not be those that the shop's file asks for. */
  isUnderWay(shopId: string): boolean {
    return this.#wanted.has(shopId)
  }

  /** To be called at the start, and when the shop's segments may have changed. */
  want(shopId: string): void {
    const { books, registry } = this.#options
    const done = books.tables.get('meta', keyFrom('segments', shopId))?.toString('utf8') ?? ''
    if (done === registry.forShop(shopId).fingerprint) return
    this.#wanted.add(shopId)
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#isStopping = true
    await this.#running
  }

  async #run(): Promise<void> {
    for (const shopId of this.#wanted)
      try {
        await this.#shop(shopId)
      } catch (error) {
        this.#options.log.error({ err: error, shopId }, 'people: segments could not be worked out')
      } finally {
        this.#wanted.delete(shopId)
      }
    this.#running = null
  }

  async #shop(shopId: string): Promise<void> {
    const { books, writer, registry } = this.#options
    const book = books.forShop(shopId)
    const { fingerprint } = registry.forShop(shopId)
    let after = ''
    for (;;) {
      if (this.#isStopping) return
      const ids = Array.from(book.people(after, peoplePerChange), ({ id }) => id)
      if (ids.length === 0) break
      after = ids.at(-1)!
      await writer.change(shopId, (draft) => this.#lookAt(shopId, ids, draft), ids.length)
    }
    // Changed meanwhile, they are worked out once more.
    if (registry.forShop(shopId).fingerprint !== fingerprint) return this.#shop(shopId)
    await books.transaction(() =>
      books.tables.put('meta', keyFrom('segments', shopId), Buffer.from(fingerprint)),
    )
  }

  /** Only whoever is in others than before is written, and told to bidders. */
  #lookAt(shopId: string, ids: readonly string[], draft: Draft): void {
    const segments = this.#options.registry.forShop(shopId)
    const nowMs = this.#options.clock.nowMs()
    for (const id of ids) {
      const person = draft.person(id)
      if (person === null) continue
      const now = segments.byRule(person.slice, nowMs)
      if (now.dueAtMs !== person.dueAtMs || !isSame(person, now.segments)) draft.set(person)
    }
  }
}

function isSame({ slice }: Person, segments: Person['slice']['segments']): boolean {
  if (slice.segments.length !== segments.length) return false
  const before = new Map(slice.segments.map((it) => [it.segment, it.expiresAtMs]))
  return segments.every((it) => before.get(it.segment) === it.expiresAtMs)
}
