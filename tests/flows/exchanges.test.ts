// Goal: exchanges come, change and go within two seconds, and nobody's request is lost over it. Method:
// the real programs; files written as the API writes them, while clients send without a pause on
// connections that they keep.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { System } from './system.js'
import {
  bannerRequest,
  eventually,
  metric,
  newDataDir,
  noticeUrl,
  startSystem,
  statusOf,
} from './system.js'

const data = newDataDir()
const folder = join(data.path, 'exchanges')
let system: System
beforeAll(async () => {
  system = await startSystem(data.path)
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

/** As the API does: whole under its name, or not at all. */
function put(name: string, more: object = {}): void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  writeFileSync(`${path}.part`, JSON.stringify({ name, currency: 'PLN', seat: 'grosz', ...more }))
  renameSync(`${path}.part`, path)
}

interface Reply {
  readonly status: number
  readonly body: string
}

function post(agent: Agent, exchange: string): Promise<Reply> {
  const body = JSON.stringify(bannerRequest('demo-cart'))
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
    const sending = request(
      `${system.bidder}/openrtb2/${exchange}`,
      { method: 'POST', agent, headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
        response.on('error', reject)
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
}

/** Sends to the demo's exchange without a pause until it is told to stop. */
function keepSending(clientCount: number): { stop(): Promise<readonly Reply[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: clientCount })
  const replies: Reply[] = []
  let isOver = false
  const clients = Array.from({ length: clientCount }, async () => {
    while (!isOver) replies.push(await post(agent, 'demo'))
  })
  return {
    async stop() {
      isOver = true
      await Promise.all(clients)
      agent.destroy()
      return replies
    },
  }
}

/**
 * Waits until ten connections in a row are answered so.
 * @returns milliseconds until the last one that wasn't.
 */
async function untilAll(exchange: string, wanted: number): Promise<number> {
  const startMs = performance.now()
  let lastMs = 0
  for (let inARow = 0; inARow < 10; ) {
    // A new connection each time: the kernel deals them out to the workers.
    const agent = new Agent()
    const { status } = await post(agent, exchange)
    agent.destroy()
    inARow = status === wanted ? inARow + 1 : 0
    if (status !== wanted) lastMs = performance.now() - startMs
    if (lastMs > 20_000) throw new Error(`${exchange} never got so far`)
  }
  return lastMs
}

test('exchanges come, change and go while others are answered without a gap', async () => {
  const load = keepSending(4)
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    put('north')
    times.push(await untilAll('north', 200))
    put('north', { secret: 'a-secret-of-its-own' })
    times.push(await untilAll('north', 401))
    rmSync(join(folder, 'north.json'))
    times.push(await untilAll('north', 404))
  }
  const replies = await load.stop()
  // Every request was answered; 204 is what is said to one that has waited for its turn too long.
  const others = replies.filter(({ status }) => status !== 200 && status !== 204)
  expect(others).toEqual([])
  expect(replies.length).toBeGreaterThan(500)
  expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(
    replies.length * 0.5,
  )
  console.info(`changes in use after at most ${Math.round(Math.max(...times))} ms`)
  expect(Math.max(...times)).toBeLessThan(2_000)
  // No worker was started for it, and none has died of it.
  expect(await metric(system, 'grosz_worker_restarts_total')).toBe(0)
  const counted = await metric(system, 'grosz_bid_requests_total', 'exchange="demo"')
  expect(counted).toBe(replies.length)
  expect(await metric(system, 'grosz_bid_requests_total', 'exchange="north"')).toBeGreaterThan(90)
})

test('what an exchange wins after it has gone is charged', async () => {
  put('south')
  await untilAll('south', 200)
  const agent = new Agent()
  const { body } = await post(agent, 'south')
  agent.destroy()
  const { seatbid } = JSON.parse(body) as { seatbid: { bid: { burl: string }[] }[] }
  rmSync(join(folder, 'south.json'))
  await untilAll('south', 404)
  const before = await metric(system, 'grosz_charges_total')
  expect(await statusOf(noticeUrl(seatbid[0]!.bid[0]!.burl, '1'))).toBe(200)
  expect(await metric(system, 'grosz_charges_total')).toBe(before + 1)
})

test('a file that can not be used changes nothing', async () => {
  put('demo', { currency: 'XAU' })
  put('west')
  // Nothing is to happen, which nothing tells: six times as long as a change takes to be read.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const agent = new Agent()
  expect((await post(agent, 'demo')).status).toBe(200)
  expect((await post(agent, 'west')).status).toBe(404)
  agent.destroy()
  rmSync(join(folder, 'demo.json'))
  await untilAll('west', 200)
})

test('a worker that is started later knows them too', async () => {
  put('east')
  await untilAll('east', 200)
  for (const pid of system.workerPids()) process.kill(pid, 'SIGKILL')
  await eventually('both are missed', async () => {
    return (await metric(system, 'grosz_worker_restarts_total')) === 2
  })
  await eventually('all workers are ready again', async () => {
    return (await statusOf(`${system.admin}/readyz`)) === 200
  })
  await untilAll('east', 200)
})
