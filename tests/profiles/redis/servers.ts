/**
 * Real Redis servers for tests: one, a master with its replica and three sentinels, or a cluster of
 * three masters with a replica each. On free ports, in folders of their own, gone with the test file.
 * Where `redis-server` is missing (see scripts/install-system-packages.sh), tests skip themselves.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../../src/run/port.js'

const host = '127.0.0.1'
/** The longest that anything here is waited for. */
const patienceMs = 60_000
/** A server that doesn't answer for so long is failed over: a busy machine isn't to look like one. */
const failoverDefaultMs = 10_000

/** True, with a loud line, where there is no Redis: for `describe.skipIf`. */
export function isRedisMissing(): boolean {
  if (spawnSync('redis-server', ['--version']).error === undefined) return false
  console.warn('*** SKIPPED: redis-server is missing; see scripts/install-system-packages.sh ***')
  return true
}

export class RedisServer {
  readonly port: number
  readonly #args: readonly string[]
  readonly #folder: string
  #process: ChildProcess | null = null

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port
    this.#folder = folder
    this.#args = args
  }

  /** @param options as in redis.conf, `--name value`; or first of all the path of such a file. */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const port = await freePort(host, 0)
    const folder = mkdtempSync(join(tmpdir(), 'grosz-redis-'))
    const fixed = ['--port', `${port}`, '--bind', host, '--dir', folder, '--save', '']
    const server = new RedisServer(port, folder, [...fixed, ...options])
    await server.start()
    return server
  }

  /** One that keeps its settings in a file, as sentinels must. */
  static async startWithFile(lines: (port: number) => string, flag: string): Promise<RedisServer> {
    const port = await freePort(host, 0)
    const folder = mkdtempSync(join(tmpdir(), 'grosz-redis-'))
    const file = join(folder, 'redis.conf')
    writeFileSync(file, `port ${port}\nbind ${host}\ndir ${folder}\n${lines(port)}\n`)
    const server = new RedisServer(port, folder, [file, flag])
    await server.start()
    return server
  }

  /** Again, where it was killed. @param more options than the first time. */
  async start(...more: readonly string[]): Promise<void> {
    const child = spawn('redis-server', [...this.#args, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`redis-server ended:\n${said}`)))
      child.stdout.on('data', (chunk: Buffer) => {
        if (said.length < 20_000) said += chunk.toString()
        if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve()
      })
    })
  }

  /** As if the machine had lost its power. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** Stands still until `resume`: connections stay open, and nothing comes back. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async remove(): Promise<void> {
    this.resume()
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Runs one command on this server alone. */
  async command(...words: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis({ host, port: this.port, protocol: 2, lazyConnect: true })
    client.on('error', () => {})
    try {
      return await client.call(String(words[0]), ...words.slice(1))
    } finally {
      client.disconnect()
    }
  }
}

/** What no test may leave behind, however it ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface Servers {
  /** As in the setting `store`. */
  readonly address: string
  readonly all: readonly RedisServer[]
  remove(): Promise<void>
}

function servers(address: string, all: readonly RedisServer[]): Servers {
  const remove = async (): Promise<void> => {
    await Promise.all(all.map((server) => server.remove()))
  }
  return { address, all, remove }
}

export async function startServer(...options: readonly string[]): Promise<Servers> {
  const server = await RedisServer.start(...options)
  return servers(`redis://${host}:${server.port}`, [server])
}

/** The first of `all` is the master, the second its replica; then three sentinels. */
export async function startSentinels(failoverMs = failoverDefaultMs): Promise<Servers> {
  const master = await RedisServer.start()
  const replica = await RedisServer.start('--replicaof', `${host} ${master.port}`)
  await until(async () => String(await replica.command('INFO')).includes('master_link_status:up'))
  const lines = `sentinel monitor mymaster ${host} ${master.port} 2
sentinel down-after-milliseconds mymaster ${failoverMs}
sentinel failover-timeout mymaster 3000`
  const sentinels = await Promise.all(
    [1, 2, 3].map(() => RedisServer.startWithFile(() => lines, '--sentinel')),
  )
  // They find each other, and the replica, through the master.
  for (const sentinel of sentinels)
    await until(async () => {
      const known = String(await sentinel.command('INFO', 'sentinel'))
      return /slaves=1,sentinels=3/.test(known)
    })
  const hosts = sentinels.map(({ port }) => `${host}:${port}`).join()
  return servers(`redis+sentinel://${hosts}/mymaster`, [master, replica, ...sentinels])
}

const slotCount = 16_384

/** The first three are masters, the others in the same order their replicas. */
export async function startCluster(failoverMs = failoverDefaultMs): Promise<Servers> {
  const all = await Promise.all(
    Array.from({ length: 6 }, async () =>
      RedisServer.start(
        ...['--cluster-enabled', 'yes', '--cluster-port', `${await freePort(host, 0)}`],
        ...['--cluster-node-timeout', `${failoverMs}`, '--cluster-replica-validity-factor', '0'],
        ...['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'],
      ),
    ),
  )
  const masters = all.slice(0, 3)
  const ids = await Promise.all(all.map(async (it) => String(await it.command('CLUSTER', 'MYID'))))
  const [first] = all
  for (const [i, master] of masters.entries()) {
    const from = Math.floor((slotCount * i) / 3)
    const to = Math.floor((slotCount * (i + 1)) / 3) - 1
    await master.command('CLUSTER', 'ADDSLOTSRANGE', from, to)
  }
  for (const other of all.slice(1)) {
    const ports = String(await other.command('CONFIG', 'GET', 'cluster-port')).split(',')
    await first!.command('CLUSTER', 'MEET', host, other.port, ports[1]!)
  }
  const seen = (server: RedisServer, pattern: RegExp, count: number): Promise<void> =>
    until(async () => {
      const nodes = String(await server.command('CLUSTER', 'NODES'))
      return (nodes.match(pattern) ?? []).length === count
    })
  for (const server of all) await seen(server, /connected/g, 6)
  for (const [i, replica] of all.slice(3).entries())
    await until(async () => (await replica.command('CLUSTER', 'REPLICATE', ids[i]!)) === 'OK')
  for (const server of all) await seen(server, /slave/g, 3)
  for (const server of all)
    await until(async () => String(await server.command('CLUSTER', 'INFO')).includes('state:ok'))
  for (const replica of all.slice(3))
    await until(async () => String(await replica.command('INFO')).includes('link_status:up'))
  const hosts = all.map(({ port }) => `${host}:${port}`).join()
  return servers(`redis+cluster://${hosts}`, all)
}

/**
 * A cluster's replica becomes its slots' master. Asked again where that came to nothing: an OK only says
 * that it is tried, for 5 s. One at a time: two elections at once may take each other's votes, and the
 * one that lost isn't held again for four node timeouts.
 */
export async function takeOver(replica: RedisServer): Promise<void> {
  let askAgainMs = 0
  await until(async () => {
    if (String(await replica.command('ROLE')).startsWith('master')) return true
    if (performance.now() < askAgainMs) return false
    askAgainMs = performance.now() + 6_000
    await replica.command('CLUSTER', 'FAILOVER')
    return false
  })
}

/** Asks until it is so; errors count as not yet. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + patienceMs
  for (let last: unknown = ''; ; await sleep(20)) {
    try {
      if (await isSo()) return
    } catch (error) {
      last = error
    }
    if (performance.now() > endMs) throw new Error(`not so after ${patienceMs} ms ${last}: ${isSo}`)
  }
}
