// Starts the real thing, as built, on free ports and a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))

export interface System {
  readonly bidder: string
  readonly collector: string
  readonly recommender: string
  readonly admin: string
  readonly demo: string
  readonly pid: number
  workerPids(): number[]
  collectorPid(): number
  recommenderPid(): number
  /** @returns the exit code; null where a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export function newDataDir(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'grosz-flow-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Of a process's children, those that run this program. */
function childPids(pid: number, program: string): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(program))
}

export async function startSystem(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<System> {
  const child = spawn(process.execPath, [cli, 'start'], {
    env: {
      ...process.env,
      GROSZ_DATA: dataDir,
      GROSZ_WORKERS: '2',
      GROSZ_BIDDER_PORT: '0',
      GROSZ_COLLECTOR_PORT: '0',
      GROSZ_RECOMMENDER_PORT: '0',
      GROSZ_ADMIN_PORT: '0',
      GROSZ_DEMO_PORT: '0',
      GROSZ_LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const text = await started(child)
  const address = (name: string): string =>
    new RegExp(`${name} +(http://[\\d.]+:\\d+)`).exec(text)?.[1] ?? ''
  return {
    bidder: address('bidder'),
    collector: address('collector'),
    recommender: address('recommender'),
    admin: address('operator'),
    demo: address('demo shops'),
    pid: child.pid!,
    workerPids: () => childPids(child.pid!, 'bidder.js'),
    collectorPid: () => childPids(child.pid!, 'collector.js')[0]!,
    recommenderPid: () => childPids(child.pid!, 'recommender.js')[0]!,
    stop(signal = 'SIGINT') {
      child.kill(signal)
      return ended
    },
  }
}

function started(child: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const more = (chunk: Buffer): void => {
      text += chunk.toString()
      // Everything is up when the last of its lines is out.
      if (/operator .*\n/.test(text)) setTimeout(() => resolve(text), 50)
    }
    child.stdout!.on('data', more)
    child.stderr!.on('data', more)
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)))
  })
}

export interface Bid {
  readonly id: string
  readonly impid: string
  readonly price: number
  readonly nurl: string
  readonly burl: string
  readonly lurl: string
  readonly adm: string
  readonly cid: string
  readonly w: number
  readonly h: number
}

export const bannerRequest = (uid: string, id = 'r1'): object => ({
  id,
  imp: [{ id: '1', banner: { w: 300, h: 250 } }],
  site: { domain: 'news.example', page: 'https://news.example/a' },
  device: { geo: { country: 'POL' }, devicetype: 2 },
  regs: { gdpr: 0 },
  user: { buyeruid: uid },
  cur: ['PLN'],
})

export async function postBid(
  system: System,
  request: object,
): Promise<{ status: number; bids: Bid[]; text: string }> {
  const response = await fetch(`${system.bidder}/openrtb2/demo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  })
  const text = await response.text()
  const json = response.status === 200 ? (JSON.parse(text) as { seatbid: { bid: Bid[] }[] }) : null
  return { status: response.status, text, bids: json?.seatbid.flatMap(({ bid }) => bid) ?? [] }
}

/** One metric's value, summed over the series whose labels contain `labels`. */
export async function metric(system: System, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${system.admin}/metrics`)).text()
  let sum = 0
  for (const line of text.split('\n'))
    if (line.startsWith(name) && /[ {]/.test(line[name.length] ?? '') && line.includes(labels))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1))
  return sum
}

export const noticeUrl = (url: string, price: string, currency = 'PLN'): string =>
  url.replace('${AUCTION_PRICE}', price).replace('${AUCTION_CURRENCY}', currency)

export async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { redirect: 'manual' })
  await response.arrayBuffer()
  return response.status
}

/** Far longer than anything takes: a busy machine is no fault of what is tested. */
const patienceMs = 60_000

export async function eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
    if (await isTrue().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never came true: ${what}`)
}
