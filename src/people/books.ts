import { randomUUID } from 'node:crypto'
import { Book } from './book.js'
import { trimJournal } from './journal.js'
import type { Tables } from './tables.js'

const numberAt = 'number'
/** Who writes the books. */
const writerAt = 'writer'
/** Numbers taken at a time: after a crash the rest of them stays unused. */
const numbersAhead = 10_000
/** Numbers that the journal goes back. */
const journalKeptMax = 200_000
/** It is trimmed whenever so many numbers more were given. */
const journalTrimEvery = 1_000

/** Another process has opened the books to write: what is asked of this one would destroy what that one does. */
export class BooksTakenError extends Error {
  constructor() {
    super('books: another process writes these books now, as does a second Grosz on the same data')
  }
}

/**
 * What is kept of all shops' people, and the one way to change it. Written by one process alone: by the one
 * that began to last.
 */
export class Books {
  readonly tables: Tables
  readonly #books = new Map<string, Book>()
  #nextNumber: number
  #numbersEnd: number
  readonly #name = randomUUID()
  /** The books were ours once a change was kept; from then on they are, or somebody has taken them. */
  #isHeld = false

  constructor(tables: Tables) {
    this.tables = tables
    this.#nextNumber = tables.get('meta', numberAt)?.readDoubleLE(0) ?? 1
    this.#numbersEnd = this.#nextNumber
  }

  forShop(shopId: string): Book {
    const known = this.#books.get(shopId)
    if (known !== undefined) return known
    const book = new Book(this.tables, shopId)
    this.#books.set(shopId, book)
    return book
  }

  /** Within a transaction: a number above all that were given before. */
  nextNumber(): number {
    if (this.#nextNumber % journalTrimEvery === 0)
      trimJournal(this.tables, this.#nextNumber, journalKeptMax)
    if (this.#nextNumber === this.#numbersEnd) {
      this.#numbersEnd += numbersAhead
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeDoubleLE(this.#numbersEnd)
      this.tables.put('meta', numberAt, bytes)
    }
    return this.#nextNumber++
  }

  /**
   * As the tables' own; whoever is called here has the books to themselves until they return.
   * @throws BooksTakenError besides.
   */
  async transaction<T>(action: () => T): Promise<T> {
    try {
      const outcome = await this.tables.transaction(() => {
        this.#hold()
        return action()
      })
      this.#isHeld = true
      return outcome
    } catch (error) {
      // Numbers set aside within it weren't kept either: they are set aside anew.
      this.#numbersEnd = this.#nextNumber
      throw error
    }
  }

  #hold(): void {
    const { tables } = this
    if (tables.get('meta', writerAt)?.toString('utf8') === this.#name) return
    if (this.#isHeld) throw new BooksTakenError()
    tables.put('meta', writerAt, Buffer.from(this.#name))
    // After all that whoever had them before has set aside.
    this.#nextNumber = tables.get('meta', numberAt)?.readDoubleLE(0) ?? 1
    this.#numbersEnd = this.#nextNumber
  }

  close(): Promise<void> {
    return this.tables.close()
  }
}
