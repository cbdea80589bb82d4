/** The only file that knows ioredis: one server, a master behind Sentinel, or a Cluster, all alike. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisOptions } from 'ioredis'
import { Cluster, Redis } from 'ioredis'
import type { RedisAddress } from './address.js'
import type { RedisConfig } from './config.js'
import { type WatchEvents, WatchedServer } from './watched-server.js'

const versionMin = 6
const readyPollMs = 20
const scanCount = 1_000
/** Redirects that one command follows; more is no cluster that has settled. */
const redirectsMax = 4
const slotsRefreshMs = 2_000

type Argument = string | Buffer | number

/**
 * Commands fail at once where they can't be sent, and aren't sent again by themselves: whoever asks
 * knows whether it is still worth it. Connecting again goes on in the background.
 */
export class RedisConnection {
  readonly #address: RedisAddress
  readonly #config: RedisConfig
  readonly #events: WatchEvents
  readonly #client: Redis | Cluster
  readonly #servers = new Map<Redis, WatchedServer>()
  readonly #watchPrefix: string
  /** What was wrong last, and hasn't been put right since. */
  #fault = ''

  /** @param watchPrefix of the keys whose changes are told. */
  constructor(
    address: RedisAddress,
    config: RedisConfig,
    watchPrefix: string,
    events: WatchEvents,
  ) {
    this.#address = address
    this.#config = config
    this.#watchPrefix = watchPrefix
    this.#events = events
    this.#client = address.kind === 'cluster' ? this.#openCluster() : this.#openServer()
    this.#client.on('error', (error: Error) => this.#failed(error))
    this.#client.on('ready', () => {
      this.#fault = ''
    })
  }

  /** Whether a command would be sent; in a cluster, to most of its servers. */
  get isUp(): boolean {
    return this.#client.status === 'ready'
  }

  /** Whether every server that answers tells of changes too. */
  get isWatched(): boolean {
    for (const server of this.#servers.values()) if (server.isUnwatched) return false
    return true
  }

  /** @throws Error that says what is in the way. */
  async ready(): Promise<void> {
    const { shown } = this.#address
    const untilMs = performance.now() + this.#config.connectMs
    const isReady = (): boolean => this.isUp && this.#clients().every(isConnected)
    while (!isReady() && performance.now() < untilMs && !isFinal(this.#fault))
      await sleep(readyPollMs)
    if (!this.isUp) throw new Error(`${shown}: ${this.#fault || 'does not answer'}`)
    const info = String(await this.#client.call('INFO', 'server'))
    const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? ''
    if (Number.parseInt(version, 10) < versionMin)
      throw new Error(`${shown}: is Redis ${version}; must be ${versionMin} or later`)
    // Reads are right without it, but each of them would cost a round trip.
    while (!this.isWatched && performance.now() < untilMs) await sleep(readyPollMs)
  }

  /** Fields and values of a hash in turn; none where there is no such key. */
  async hash(key: string): Promise<readonly Buffer[]> {
    return (await this.#call('HGETALL', [key])) as Buffer[]
  }

  async field(key: string, field: string): Promise<Buffer | null> {
    return (await this.#call('HGET', [key, field])) as Buffer | null
  }

  /**
   * Runs a script that writes.
   *
   * @param keys of one slot.
   * @throws Error also where fewer than `writeReplicas` have it: then it may be kept or not.
   */
  async write(script: string, keys: readonly string[], args: readonly Argument[]): Promise<void> {
    const { writeReplicas, writeReplicasMs } = this.#config
    const all = [script, keys.length, ...keys, ...args]
    if (writeReplicas === 0) {
      await this.#call('EVAL', all)
      return
    }
    // Goes to the server of the keys, over the connection that the script went by.
    const results = await this.#client
      .pipeline()
      .call('EVAL', ...all)
      .call('WAIT', writeReplicas, writeReplicasMs)
      .exec()
    const error = results?.find(([it]) => it !== null)?.[0]
    if (error) throw this.#failed(error)
    const count = Number(results?.[1]?.[1])
    if (!(count >= writeReplicas))
      throw new Error(`only ${count} of ${writeReplicas} replicas have it`)
  }

  /** What `send` asks for goes out in one piece to each server. */
  together(send: () => void): void {
    const streams = []
    for (const client of this.#clients()) if (isConnected(client)) streams.push(client.stream)
    for (const stream of streams) stream.cork()
    try {
      send()
    } finally {
      for (const stream of streams) stream.uncork()
    }
  }

  /** All keys that begin so, a few at a time; some maybe twice. @param prefix without `*?[]\`. */
  async *keys(prefix: string): AsyncGenerator<string[]> {
    for (const client of this.#clients()) {
      let cursor = '0'
      do {
        const answer = await client.call('SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', scanCount)
        const [next, keys] = answer as [string, string[]]
        if (keys.length > 0) yield keys
        cursor = next
      } while (cursor !== '0')
    }
  }

  close(): void {
    for (const server of this.#servers.values()) server.end()
    this.#servers.clear()
    this.#client.disconnect()
  }

  async #call(command: string, args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#client.callBuffer(command, ...args)
    } catch (error) {
      throw this.#failed(error as Error)
    }
  }

  /** Those that are read from and written to. */
  #clients(): Redis[] {
    return this.#client instanceof Cluster ? this.#client.nodes('master') : [this.#client]
  }

  #openServer(): Redis {
    const { kind, endpoints, master, db, username, sentinelPassword } = this.#address
    const { reconnectMs } = this.#config
    const [first] = endpoints
    const client = new Redis({
      ...this.#common(),
      ...(kind === 'server'
        ? { ...first, ...this.#tls(first!.host) }
        : {
            sentinels: [...endpoints],
            name: master,
            failoverDetector: true,
            sentinelRetryStrategy: (attempt: number) => Math.min(attempt * 50, reconnectMs),
            ...(sentinelPassword === '' ? {} : { sentinelPassword }),
          }),
      db,
      ...(username === '' ? {} : { username }),
      // A master that was made a replica: ask again who the master is.
      reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    })
    this.#follow(client)
    return client
  }

  #openCluster(): Cluster {
    const { reconnectMs, connectMs } = this.#config
    const { retryStrategy: _, enableOfflineQueue: __, ...redisOptions } = this.#common()
    const cluster = new Cluster([...this.#address.endpoints], {
      redisOptions,
      enableOfflineQueue: false,
      maxRedirections: redirectsMax,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshInterval: slotsRefreshMs,
      slotsRefreshTimeout: connectMs,
      clusterRetryStrategy: (attempt) => Math.min(attempt * 50, reconnectMs),
    })
    cluster.on('+node', (client: Redis) => {
      this.#follow(client)
      // Else it would connect with the first command, and refuse those that follow until it has.
      if (client.options.readOnly !== true) client.connect().catch(() => {})
    })
    cluster.on('-node', (client: Redis) => {
      this.#servers.get(client)?.end()
      this.#servers.delete(client)
    })
    cluster.on('node error', (error: Error) => this.#failed(error))
    return cluster
  }

  #follow(client: Redis): void {
    const server = new WatchedServer(client, {
      prefix: this.#watchPrefix,
      silenceMs: this.#config.silenceMs,
      connect: (host, port) => {
        const [first] = this.#address.endpoints
        return new Redis({ ...this.#common(), host, port, ...this.#tls(first!.host) })
      },
      events: this.#events,
    })
    this.#servers.set(client, server)
  }

  #common() {
    const { username, password } = this.#address
    const { connectMs, reconnectMs } = this.#config
    return {
      // The second version of the protocol is the one in which ioredis passes invalidations on.
      protocol: 2 as const,
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { password }),
      connectTimeout: connectMs,
      retryStrategy: (attempt: number) => Math.min(attempt * 50, reconnectMs),
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      disableClientInfo: true,
      connectionName: 'grosz',
    } satisfies RedisOptions
  }

  /** @param host that the certificate is for. */
  #tls(host: string) {
    if (!this.#address.isEncrypted) return {}
    const { caFile } = this.#config
    return {
      tls: {
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(caFile === '' ? {} : { ca: readFileSync(caFile) }),
      },
    }
  }

  /** Remembers what was wrong. Only its text: an error of ioredis carries passwords. */
  #failed(error: Error): Error {
    const cause = (error as { lastNodeError?: Error }).lastNodeError ?? error
    this.#fault = cause.message
    this.#events.failed(cause.message)
    if (this.#client instanceof Cluster && isMoved(cause.message)) this.#client.refreshSlotsCache()
    return new Error(cause.message)
  }
}

const isConnected = ({ status }: Redis): boolean => status === 'ready'

/** A password or a name that is wrong stays wrong however often it is tried. */
const isFinal = (fault: string): boolean =>
  /^(NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password)|cluster support disabled|certificate/i.test(
    fault,
  )

/** Somebody else may serve these keys by now. */
const isMoved = (fault: string): boolean =>
  /^(Connection is closed|CLUSTERDOWN|MOVED|READONLY|Stream isn't writeable)/.test(fault)
