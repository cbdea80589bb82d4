/** Puts together what is kept of shops' people. */
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { ShopFile } from '../catalogue/model.js'
import { applyLists, endLists } from '../people/apply-lists.js'
import { Books } from '../people/books.js'
import { Writer } from '../people/intake.js'
import { Publisher } from '../people/publisher.js'
import { Reevaluation } from '../people/reevaluation.js'
import { Retention } from '../people/retention.js'
import { SegmentRegistry } from '../people/segment-registry.js'
import { LmdbTables } from '../people/store-lmdb.js'
import { WakeUps } from '../people/wake-ups.js'
import type { WholeStore } from '../profiles/store.js'
import { dataPaths } from './paths.js'
import { openProfiles } from './profiles.js'
import type { Settings } from './settings.js'
import type { ShopFacts } from './shop-facts.js'

/** What is old goes once a day; the first time a while after the start, when there is less to do. */
const retentionFirstMs = 600_000
const retentionPeriodMs = 86_400_000
/** Between its steps, so that a step never holds up an event for long. */
const retentionPauseMs = 20

export interface PeopleSideOptions {
  readonly settings: Settings
  readonly facts: ShopFacts
  readonly log: Log
  readonly clock: Clock
}

export class PeopleSide {
  readonly books: Books
  readonly profiles: WholeStore
  readonly writer: Writer
  readonly publisher: Publisher
  readonly registry = new SegmentRegistry()
  readonly reevaluation: Reevaluation
  readonly wakeUps: WakeUps
  readonly retention: Retention
  readonly #options: PeopleSideOptions
  #isClosing = false
  #forgetting: Promise<void> = Promise.resolve()
  /** Replacements of lists that go on, and the end of lists that are gone. */
  #applying: Promise<void>
  #timer: NodeJS.Timeout

  constructor(options: PeopleSideOptions) {
    const { settings, facts, log, clock } = options
    const paths = dataPaths(settings)
    this.#options = options
    this.books = new Books(new LmdbTables(paths.books, settings.people))
    this.profiles = openProfiles(settings, log)
    this.publisher = new Publisher({ books: this.books, store: this.profiles, log })
    this.writer = new Writer({
      books: this.books,
      clock,
      segmentsOf: (shopId) => this.registry.forShop(shopId),
      onChanged: (shopId, ids, isUrgent) => {
        if (isUrgent) this.publisher.tellFirst(shopId, ids)
        this.publisher.wake()
        this.wakeUps.changed(shopId, ids)
      },
      waitingMax: settings.people.writesWaitingMax,
    })
    const { books, writer, registry } = this
    this.reevaluation = new Reevaluation({ books, writer, registry, clock, log })
    this.wakeUps = new WakeUps({ books, writer, clock, log })
    this.retention = new Retention(books, writer, settings.people)
    this.#timer = setTimeout(() => this.#forget(), retentionFirstMs)
    this.#applying = applyLists({ books, writer, clock }, facts.directory.ids).catch(
      (error: unknown) =>
        log.error({ err: error }, 'lists: a replacement could not be gone on with'),
    )
    for (const shopId of facts.directory.ids) this.#follow(shopId, facts.directory.get(shopId))
    facts.directory.onChange((shopId, file) => this.#follow(shopId, file))
  }

  /** Finishes what was taken, tells bidders what the store takes, and closes. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#timer)
    await this.#forgetting
    await this.#applying
    await this.wakeUps.close()
    await this.reevaluation.close()
    await this.writer.close()
    await this.publisher.close()
    await this.profiles.close()
    await this.books.close()
  }

  #follow(shopId: string, file: ShopFile | null): void {
    const { facts, log } = this.#options
    if (file === null) {
      this.registry.remove(shopId)
      return
    }
    for (const fault of this.registry.set(shopId, file.segments, facts.ruleContext(file)))
      log.error({ shopId, fault }, 'segments: fault')
    this.reevaluation.want(shopId)
    this.#endLists(shopId)
  }

  #endLists(shopId: string): void {
    const { books, writer } = this
    const { facts, clock, log } = this.#options
    // A shop whose file can't be read now has what it had.
    const has = (segment: string): boolean => {
      const file = facts.directory.get(shopId)
      return file === null || file.segments.some((it) => it.id === segment && it.rule === undefined)
    }
    this.#applying = this.#applying
      .then(() => endLists({ books, writer, clock }, shopId, has))
      .catch((error: unknown) =>
        log.error({ err: error, shopId }, 'lists: one that is gone could not be emptied'),
      )
  }

  #forget(): void {
    const { facts, clock, log } = this.#options
    const pause = async (): Promise<void> => {
      if (this.#isClosing) throw new Error('stopping')
      await new Promise((resolve) => setTimeout(resolve, retentionPauseMs))
    }
    this.#forgetting = this.retention
      .run(facts.directory.ids, clock.nowMs(), pause)
      .catch((error: unknown) => {
        if (!this.#isClosing) log.error({ err: error }, 'people: what is old could not be removed')
      })
    if (!this.#isClosing) this.#timer = setTimeout(() => this.#forget(), retentionPeriodMs)
  }
}
