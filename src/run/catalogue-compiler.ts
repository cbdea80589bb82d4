import { watch } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { CompileRequest, CompileResult, CompilerOptions } from './compiler-thread.js'

/** A burst of writes makes one catalogue. */
const quietMs = 100

/** Compiles the shop files when they change, one time after the other, and hands each result on. */
export class CatalogueCompiler {
  readonly #thread: Worker
  readonly #watcher: ReturnType<typeof watch>
  readonly #onResult: (result: CompileResult) => void
  #version = Date.now()
  #isBusy = false
  #isStale = false
  #timer: NodeJS.Timeout | null = null

  /** @param onResult called for each result, the failed ones too. */
  constructor(options: CompilerOptions, onResult: (result: CompileResult) => void) {
    this.#onResult = onResult
    this.#thread = new Worker(new URL('./compiler-thread.js', import.meta.url), {
      workerData: options,
    })
    this.#thread.on('message', (result: CompileResult) => this.#finished(result))
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
    this.#thread.postMessage({ version: this.#version } satisfies CompileRequest)
  }

  async close(): Promise<void> {
    this.#watcher.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#thread.terminate()
  }

  #changed(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.compile(), quietMs)
  }

  #finished(result: CompileResult): void {
    this.#isBusy = false
    this.#onResult(result)
    if (this.#isStale) {
      this.#isStale = false
      this.compile()
    }
  }
}
