import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Log } from '../base/log.js'

/** For a process that answers requests: a larger young generation, so that their garbage dies before it is ever copied. */
export const forRequests: readonly string[] = ['--max-semi-space-size=64']

const restartMinMs = 100
const restartMaxMs = 10_000
/** One that has lived this long is sound: the next restart is quick again. */
const soundAfterMs = 60_000

export interface KeptProcessOptions<In> {
  readonly name: string
  /** Its program, as `../collector.js`. */
  readonly program: string
  readonly log: Log
  /** Options of Node's for it. */
  readonly nodeOptions?: readonly string[]
  /** It is there to be told what to do. */
  readonly onHello: (tell: (message: object) => void) => void
  readonly onMessage: (message: In) => void
  /** @param wasAsked it was told to stop. */
  readonly onEnd: (wasAsked: boolean) => void
}

/** Keeps one process alive: if it dies it is started again, each time after twice the delay. */
export class KeptProcess<In extends { readonly type: string }> {
  readonly #options: KeptProcessOptions<In>
  #child: ChildProcess | null = null
  #isStopping = false
  #restartTimer: NodeJS.Timeout | null = null

  constructor(options: KeptProcessOptions<In>) {
    this.#options = options
    this.#start(restartMinMs)
  }

  /** A process that has just died takes nothing. */
  send(message: object): void {
    if (this.#child?.connected === true) this.#child.send(message, () => {})
  }

  /** Tells it to finish what it has; if it doesn't in time, it is killed. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer)
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    this.send({ type: 'drain' })
    const timer = setTimeout(() => {
      this.#options.log.warn({ process: this.#options.name }, 'did not stop in time and is killed')
      child.kill('SIGKILL')
    }, timeoutMs)
    await gone
    clearTimeout(timer)
  }

  #start(restartMs: number): void {
    const { name, program, log, nodeOptions = [], onHello, onMessage, onEnd } = this.#options
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: [...process.execArgv, ...nodeOptions],
    })
    const startedMs = performance.now()
    this.#child = child
    child.on('message', (message: In) => {
      if (message.type === 'hello') onHello((told) => this.send(told))
      else onMessage(message)
    })
    child.once('exit', (code, signal) => {
      onEnd(this.#isStopping)
      if (this.#isStopping) return
      const delayMs = performance.now() - startedMs > soundAfterMs ? restartMinMs : restartMs
      log.error({ process: name, code, signal, delayMs }, 'process died')
      const nextMs = Math.min(delayMs * 2, restartMaxMs)
      this.#restartTimer = setTimeout(() => this.#start(nextMs), delayMs)
    })
  }
}
