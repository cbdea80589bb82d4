import { Worker } from 'node:worker_threads'
import type { Product } from '../../catalogue/products.js'
import type { ShopParts } from '../../recommend/shop-parts.js'
import type { BuilderOptions, BuildJob, BuildResult, Unreadable } from './builder-thread.js'

/** Longest wait for what the thread is at when told to stop. */
const endMs = 5_000

export interface BuiltShop {
  readonly parts: ShopParts
  /** The journal's entries up to this number were there when the log was read; those after it may have been. */
  readonly journalNumber: number
  readonly seconds: number
  /** What was wrong with the shop's settings, without which it was built; '' where nothing was. */
  readonly fault: string
  readonly unreadable: Unreadable
}

/**
 * Builds shops' models in a thread, one after the other, so that no request waits meanwhile. What is built comes
 * over as buffers, without a copy. The thread lives as long as there is something to build: what building took of
 * memory goes with it.
 */
export class ModelBuilder {
  readonly #options: BuilderOptions
  #turn: Promise<unknown> = Promise.resolve()
  #thread: Worker | null = null
  #waitingCount = 0
  #isClosed = false

  constructor(options: BuilderOptions) {
    this.#options = options
  }

  /**
   * @param own products of a shop without a feed; null: they are in the store.
   * @throws Error where it can't be built, with the reason.
   */
  build(shopId: string, own: readonly Product[] | null, fromMs: number): Promise<BuiltShop> {
    this.#waitingCount++
    const built = this.#turn.then(() => this.#run({ shopId, own, fromMs }))
    this.#turn = built.then(
      () => this.#done(),
      () => this.#done(),
    )
    return built
  }

  /** Waits for the build under way, as long as a few seconds. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end()
  }

  async #run(job: BuildJob): Promise<BuiltShop> {
    if (this.#isClosed) throw new Error('closing')
    const startMs = performance.now()
    const thread = this.#thread ?? this.#begin()
    const result = await new Promise<BuildResult>((resolve, reject) => {
      const ended = (): void => reject(new Error('the thread ended'))
      thread.once('error', reject)
      thread.once('exit', ended)
      thread.once('message', (message: BuildResult) => {
        thread.off('error', reject)
        thread.off('exit', ended)
        resolve(message)
      })
      thread.postMessage(job)
    })
    if (result.parts === null) throw new Error(result.fault)
    const { parts, ...rest } = result
    return { parts, ...rest, seconds: (performance.now() - startMs) / 1_000 }
  }

  #begin(): Worker {
    const thread = new Worker(new URL('./builder-thread.js', import.meta.url), {
      workerData: this.#options,
    })
    this.#thread = thread
    // Whoever waits for a build hears of it; without anybody listening it would be the end of the process.
    thread.on('error', () => this.#isOver(thread))
    thread.once('exit', () => this.#isOver(thread))
    return thread
  }

  /** The next build begins another one. */
  #isOver(thread: Worker): void {
    if (this.#thread === thread) this.#thread = null
  }

  async #done(): Promise<void> {
    if (--this.#waitingCount === 0) await this.#end()
  }

  async #end(): Promise<void> {
    const thread = this.#thread
    if (thread === null) return
    this.#thread = null
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    thread.postMessage(null)
    const timer = setTimeout(() => void thread.terminate(), endMs)
    await ended
    clearTimeout(timer)
  }
}
