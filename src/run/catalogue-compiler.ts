import { watch } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { ProductRef } from '../catalogue/product-files.js'
import type { CompileResult, CompilerOptions, FromCompiler, ToCompiler } from './compiler-thread.js'

/** A burst of writes makes one catalogue. */
const quietMs = 100

/** Longest wait for what the thread is at when told to stop. */
const closeMs = 2_000

export interface CompilerEvents {
  /** A catalogue was compiled, or could not be. */
  onResult(result: CompileResult): void
  /** Some products of a table that a catalogue has, or will have, are different. */
  onProducts(ref: ProductRef): void
  onFault(fault: string): void
}

/** Compiles shops and their products when they change, one time after the other, and hands each result on. */
export class CatalogueCompiler {
  readonly #thread: Worker
  readonly #watcher: ReturnType<typeof watch>
  readonly #events: CompilerEvents
  #version = Date.now()
  #isBusy = false
  #isStale = false
  #timer: NodeJS.Timeout | null = null

  constructor(options: CompilerOptions, events: CompilerEvents) {
    this.#events = events
    this.#thread = new Worker(new URL('./compiler-thread.js', import.meta.url), {
      workerData: options,
    })
    this.#thread.on('message', (message: FromCompiler) => this.#receive(message))
    // A thread that fails outside of compiling is a fault of ours: the process stops with it.
    this.#thread.on('error', (error) => {
      throw error
    })
    this.#watcher = watch(options.shopsDir, (_event, name) => {
      if (name?.endsWith('.json') === true) this.#changed()
    })
    this.compile()
  }

  /** Compiles now, or as soon as the one under way is done. */
  compile(): void {
    if (this.#isBusy) {
      this.#isStale = true
      return
    }
    this.#isBusy = true
    this.#version = Math.max(this.#version + 1, Date.now())
    this.#tell({ type: 'build', version: this.#version })
  }

  async close(): Promise<void> {
    this.#watcher.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
    const ended = new Promise<void>((resolve) => this.#thread.once('exit', () => resolve()))
    this.#tell({ type: 'close' })
    const timer = setTimeout(() => void this.#thread.terminate(), closeMs)
    await ended
    clearTimeout(timer)
  }

  #changed(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.compile(), quietMs)
  }

  #tell(message: ToCompiler): void {
    this.#thread.postMessage(message)
  }

  #receive(message: FromCompiler): void {
    if (message.type === 'built') this.#finished(message)
    else if (message.type === 'products') this.#events.onProducts(message.ref)
    else if (message.type === 'fault') this.#events.onFault(message.fault)
    else this.compile()
  }

  #finished(result: CompileResult): void {
    this.#isBusy = false
    this.#events.onResult(result)
    if (this.#isStale) {
      this.#isStale = false
      this.compile()
    }
  }
}
