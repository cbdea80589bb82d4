import { readFileSync } from 'node:fs'
import { writeDurably } from '../../base/durable-file.js'
import type { Log } from '../../base/log.js'

export interface FollowedPositionOptions {
  readonly path: string
  readonly log: Log
  /** How far the journal is followed, and all that hangs on it is on disk; null: not all of it is. */
  now(): number | null
}

const keepMs = 1_000

/**
 * How far the journal was followed, in a file, so that whoever goes while nobody follows it is forgotten in reports as
 * well. What was followed in the last second may be told again after a crash.
 */
export class FollowedPosition {
  readonly #options: FollowedPositionOptions
  readonly #timer: NodeJS.Timeout
  #kept = -1
  #working: Promise<void> = Promise.resolve()

  constructor(options: FollowedPositionOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#keep(), keepMs).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#keep()
    await this.#working
  }

  #keep(): void {
    const { path, log, now } = this.#options
    this.#working = this.#working.then(async () => {
      const position = now()
      if (position === null || position === this.#kept) return
      try {
        await writeDurably(path, `${position}\n`)
        this.#kept = position
      } catch (error) {
        log.error({ err: error }, 'recommender: how far the journal was followed is not kept')
      }
    })
  }
}

/** @returns null where nothing was followed before, or the file is none of ours. */
export function readPosition(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^\d{1,15}$/.test(text) ? Number(text) : null
  } catch {
    return null
  }
}
