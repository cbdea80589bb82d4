import type { RedisClient } from './client.js'
import { Heartbeat } from './heartbeat.js'

export interface WatchEvents {
  /** What is under a key was changed, by whomever. */
  changed(key: string): void
  /** Changes may have been missed: nothing that was read before may be taken for the newest. */
  missed(): void
  failed(reason: string): void
}

export interface WatchOptions {
  /** Keys that begin so. */
  readonly prefix: string
  readonly silenceMs: number
  /** Opens another connection, one that speaks RESP2, to the server at this address. */
  readonly connect: (host: string, port: number) => RedisClient
  readonly events: WatchEvents
}

const channel = '__redis__:invalidate'

/**
 * One server that we read from, and a second connection to it on which it tells of every change
 * (client-side caching, broadcast of a prefix). Only while both are up may what the first says be
 * remembered. The second goes to where the first really leads: after a failover the same name may
 * mean two servers for a while.
 */
export class WatchedServer {
  readonly #client: RedisClient
  readonly #options: WatchOptions
  #isUp = false
  #isWatched = false
  #watch: RedisClient | null = null
  #heartbeat: Heartbeat | null = null

  /** @param client not connected yet; it may come and go. */
  constructor(client: RedisClient, options: WatchOptions) {
    this.#client = client
    this.#options = options
    client.on('ready', () => this.#began())
    client.on('close', () => this.end())
  }

  /** It answers, but doesn't tell of changes, or not yet. */
  get isUnwatched(): boolean {
    return this.#isUp && !this.#isWatched
  }

  /** Its connection is gone; watches anew once it is back. */
  end(): void {
    this.#isUp = false
    this.#heartbeat?.stop()
    this.#heartbeat = null
    const watch = this.#watch
    this.#watch = null
    watch?.disconnect()
    this.#lost()
  }

  #began(): void {
    const { silenceMs, connect } = this.#options
    const { remoteAddress, remotePort } = this.#client.stream
    this.end()
    // Closed again before we heard that it was open.
    if (remoteAddress === undefined || remotePort === undefined) return
    this.#isUp = true
    this.#heartbeat = new Heartbeat(this.#client, silenceMs)
    this.#follow(connect(remoteAddress, remotePort))
  }

  #follow(watch: RedisClient): void {
    const { events, silenceMs } = this.#options
    this.#watch = watch
    let heartbeat: Heartbeat | null = null
    /** Which of its connections this is. */
    let session = 0
    const isCurrent = (own: number): boolean => own === session && this.#watch === watch
    watch.on('messageBuffer', (_, keys) => {
      if (keys === null) events.missed()
      else for (const key of keys) events.changed(key.toString())
    })
    watch.on('error', (error) => {
      if (this.#watch === watch) events.failed(error.message)
    })
    watch.on('ready', () => {
      const own = ++session
      heartbeat = new Heartbeat(watch, silenceMs)
      this.#register(watch).then(
        () => {
          if (isCurrent(own)) this.#watched()
        },
        (error: Error) => {
          if (isCurrent(own)) events.failed(`changes are not told: ${error.message}`)
        },
      )
    })
    watch.on('close', () => {
      session++
      heartbeat?.stop()
      if (this.#watch === watch) this.#lost()
    })
  }

  /** Has changes told to the very connection that asks for it, so that both end together. */
  async #register(watch: RedisClient): Promise<void> {
    const id = Number(await watch.call('CLIENT', 'ID'))
    const { prefix } = this.#options
    await watch.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', prefix)
    await watch.subscribe(channel)
  }

  #watched(): void {
    this.#isWatched = true
    // What was read before this moment wasn't watched from the moment that it was read.
    this.#options.events.missed()
  }

  #lost(): void {
    if (!this.#isWatched) return
    this.#isWatched = false
    this.#options.events.missed()
  }
}
