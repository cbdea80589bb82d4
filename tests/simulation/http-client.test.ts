// Goal: the client keeps its rate whatever the server does, and counts every request exactly once.
// Method: real servers that answer at once, stall, close or never answer.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Load, LoadClient } from '../../src/simulation/http-client.js'

const servers: Server[] = []
const clients: LoadClient[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function connect(
  listener: RequestListener,
  options: { connectionCount: number; answerTimeoutMs?: number },
): Promise<LoadClient> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new LoadClient({ host: '127.0.0.1', port, isSecure: false }, options)
  clients.push(client)
  await client.open()
  return client
}

const request = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
const load: Load = { write: (_, output) => output.bytes(request) }
const noFailures = { closed: 0, 'timed-out': 0, broken: 0 }

test('a constant rate: all are sent and answered, at the rate asked for', async () => {
  const client = await connect((_, response) => response.writeHead(204).end(), {
    connectionCount: 8,
  })
  const indexes: number[] = []
  const result = await client.runOpenLoop(
    { ...load, onAnswer: (index) => indexes.push(index) },
    { ratePerSecond: 1_000, count: 500 },
  )
  expect(result.sentCount).toBe(500)
  expect(result.answeredCount).toBe(500)
  expect(result.countByStatus).toEqual(new Map([[204, 500]]))
  expect(result.failures).toEqual(noFailures)
  expect(result.latency.count).toBe(500)
  expect(result.achievedRate).toBeGreaterThan(950)
  expect(result.achievedRate).toBeLessThan(1_050)
  expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i))
})

test('a server that stalls delays all that were due meanwhile: nothing is omitted', async () => {
  // Silent from the 100th request on for 400 ms; four connections are busy at once, and with a client
  // that waits for answers only those four would be slow: 1 % of 400.
  let stalledUntilMs = Number.POSITIVE_INFINITY
  let seen = 0
  const client = await connect(
    (_, response) => {
      if (++seen === 100) stalledUntilMs = performance.now() + 400
      const waitMs = seen < 100 ? 0 : stalledUntilMs - performance.now()
      setTimeout(() => response.writeHead(204).end(), Math.max(0, waitMs))
    },
    { connectionCount: 4 },
  )
  const result = await client.runOpenLoop(load, { ratePerSecond: 400, count: 400 })
  expect(result.answeredCount).toBe(400)
  const p = (percent: number): number => result.latency.percentile(percent) / 1_000
  // 160 of 400 were due during the stall, and waited for 200 ms on average.
  expect(p(50)).toBeLessThan(100)
  expect(p(80)).toBeGreaterThan(150)
  expect(p(99)).toBeGreaterThan(350)
  expect(result.serviceTime.percentile(95) / 1_000).toBeLessThan(100)
})

test('saturation: every connection is always busy, none carries two requests', async () => {
  let underWay = 0
  let most = 0
  const client = await connect(
    (_, response) => {
      most = Math.max(most, ++underWay)
      setImmediate(() => {
        underWay--
        response.writeHead(204).end()
      })
    },
    { connectionCount: 6 },
  )
  const result = await client.runClosedLoop(load, { seconds: 0.3 })
  expect(result.answeredCount).toBe(result.sentCount)
  expect(result.answeredCount).toBeGreaterThan(100)
  expect(most).toBeLessThanOrEqual(6)
  expect(result.reconnectCount).toBe(0)
})

test('a server that closes after each answer: reconnects, counted, without a failure', async () => {
  const client = await connect(
    (_, response) => response.writeHead(200, { connection: 'close' }).end('bye'),
    { connectionCount: 4 },
  )
  const result = await client.runOpenLoop(load, { ratePerSecond: 500, count: 100 })
  expect(result.answeredCount).toBe(100)
  expect(result.failures).toEqual(noFailures)
  expect(result.reconnectCount).toBeGreaterThanOrEqual(96)
})

test('a server that drops connections: each request counts once, as failed or answered', async () => {
  let seen = 0
  const client = await connect(
    (incoming, response) => {
      if (++seen % 5 === 0) incoming.socket.destroy()
      else response.writeHead(204).end()
    },
    { connectionCount: 4 },
  )
  const result = await client.runOpenLoop(load, { ratePerSecond: 500, count: 100 })
  expect(result.failures).toEqual({ ...noFailures, closed: 20 })
  expect(result.answeredCount).toBe(80)
})

test('an answer that never comes is given up, and the rest still sent', async () => {
  let seen = 0
  const client = await connect(
    (_, response) => {
      if (++seen !== 3) response.writeHead(204).end()
    },
    { connectionCount: 2, answerTimeoutMs: 100 },
  )
  const result = await client.runOpenLoop(load, { ratePerSecond: 500, count: 50 })
  expect(result.failures).toEqual({ ...noFailures, 'timed-out': 1 })
  expect(result.answeredCount).toBe(49)
})

test('a server that stops answering altogether ends the run, the rest unsent', async () => {
  const client = await connect(() => {}, { connectionCount: 2, answerTimeoutMs: 100 })
  const result = await client.runOpenLoop(load, { ratePerSecond: 500, count: 50 })
  expect(result.answeredCount).toBe(0)
  expect(result.sentCount + result.unsentCount).toBe(50)
  expect(result.failures['timed-out']).toBe(result.sentCount)
})

test('a signal ends the sending, and what is under way is waited for', async () => {
  const stop = new AbortController()
  const client = await connect((_, response) => response.writeHead(204).end(), {
    connectionCount: 2,
  })
  const ended = client.runOpenLoop(
    { ...load, onAnswer: (index) => index === 20 && stop.abort() },
    { ratePerSecond: 500, count: 1_000_000, signal: stop.signal },
  )
  const result = await ended
  expect(result.sentCount).toBeLessThan(100)
  expect(result.answeredCount).toBe(result.sentCount)
})

test('a server that is not there is an error', async () => {
  const client = new LoadClient(
    { host: '127.0.0.1', port: 1, isSecure: false },
    { connectionCount: 2 },
  )
  clients.push(client)
  await expect(client.open()).rejects.toThrow('ECONNREFUSED')
})
