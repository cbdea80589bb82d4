import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ticksPerSecond = 100

/** What is measured gets a core of its own, as far as the machine can be told so. */
export function pin(pid: number, core: number): boolean {
  return spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]).status === 0
}

/** The same for the thread alone that a process began with, and for threads that it begins from then on. */
export function pinMain(pid: number, core: number): boolean {
  return spawnSync('taskset', ['-c', '-p', String(core), String(pid)]).status === 0
}

/** Processor time of a process so far, all its threads together, in microseconds. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // Field 14 and 15; the name in brackets before them may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond
}

export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

export interface Server {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** Starts the floor with the options that bidder workers have. */
export async function startFloor(core: number): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./floor.js', import.meta.url)), {
    execArgv: ['--max-semi-space-size=64'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port))
    child.once('exit', () => reject(new Error('the floor did not start')))
  })
  pin(child.pid!, core)
  return {
    pid: child.pid!,
    port,
    async stop() {
      child.disconnect()
      await ended(child)
    },
  }
}

/** All of Grosz, with one bidder worker. */
export interface WholeGrosz {
  readonly bidder: string
  readonly collector: string
  readonly workerPid: number
  readonly collectorPid: number
  stop(): Promise<void>
}

/** @param core which the collector, or with `coreOf` the worker, gets alone; all else runs on `others`. */
export async function startWholeGrosz(
  dataDir: string,
  core: number,
  others: number,
  coreOf: 'collector' | 'bidder' = 'collector',
  bidderPort = 0,
): Promise<WholeGrosz> {
  const child = fork(fileURLToPath(new URL('../src/cli.js', import.meta.url)), ['start'], {
    env: {
      ...process.env,
      GROSZ_DATA: dataDir,
      GROSZ_WORKERS: '1',
      GROSZ_BIDDER_PORT: String(bidderPort),
      GROSZ_COLLECTOR_PORT: '0',
      GROSZ_RECOMMENDER_PORT: '0',
      GROSZ_ADMIN_PORT: '0',
      GROSZ_DEMO: 'off',
      GROSZ_LOG_LEVEL: 'error',
      GROSZ_PUBLIC_URL: 'https://bid.example',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const [bidder, collector] = await new Promise<[string, string]>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /bidder\s+(http:\/\/[\d.]+:\d+)\/[\s\S]*collector\s+(\S+)[\s\S]*operator/.exec(
        text,
      )
      if (found !== null) resolve([found[1]!, found[2]!])
    })
    child.once('exit', (code) => reject(new Error(`Grosz ended with ${code}: ${text}`)))
  })
  const workerPid = childRunning(child.pid!, 'bidder.js')
  const collectorPid = childRunning(child.pid!, 'collector.js')
  pin(child.pid!, others)
  pin(collectorPid, coreOf === 'collector' ? core : others)
  pin(workerPid, coreOf === 'bidder' ? core : others)
  return {
    ...{ bidder, collector, workerPid, collectorPid },
    async stop() {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

/** Starts the whole of Grosz on a data folder, with one worker, which alone gets `core`. */
export async function startGrosz(dataDir: string, core: number, others: number): Promise<Server> {
  const grosz = await startWholeGrosz(dataDir, core, others, 'bidder')
  return { pid: grosz.workerPid, port: Number(new URL(grosz.bidder).port), stop: grosz.stop }
}

function childRunning(pid: number, program: string): number {
  return childrenOf(pid).find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(program),
  )!
}

/** Most memory that a process has had resident. */
export function residentBytesMax(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1_024
}

/** Output of a command, or null where it isn't there. */
export function commandVersion(command: string, args: readonly string[]): string | null {
  try {
    return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()
  } catch (error) {
    // wrk prints its version and ends with 1.
    return (error as { stdout?: Buffer | null }).stdout?.toString() ?? null
  }
}
