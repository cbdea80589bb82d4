// Goal: whoever sends a till's file from a terminal sees what became of it, or why nothing did. Method: the command
// against a real server whose orders endpoint answers as the collector's does.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLog } from '../../src/base/log.js'
import { type Server, serve } from '../../src/collect/server.js'
import { runOrders } from '../../src/tools/orders.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-orders-'))
const path = join(folder, 'orders.csv')
const answer = {
  ...{ taken: 3, duplicates: 1, nobody: 0, refusedOrders: 1, rows: 9, refusedRows: 2 },
  ...{ problemCount: 5, problems: [{ where: 'line 4.price', reason: 'must be a number' }] },
}
let received = ''
let server: Server

beforeAll(async () => {
  server = await serve({
    ...{ host: '127.0.0.1', port: 0, isBehindProxy: false, connectionCountMax: 10 },
    ...{ bodyTimeoutMs: 5_000, idleTimeoutMs: 5_000, log: openLog('test', 'silent') },
    endpoints: [
      {
        ...{ method: 'POST', path: '/v1/orders', operationId: 'sendOrders', tag: '', summary: '' },
        access: ['developer'],
        body: { kind: 'stream', bytesMax: 1_000, types: [] },
        responses: {},
        async handle({ stream, shopId }) {
          received = `${shopId}: `
          for await (const chunk of stream) received += String(chunk)
          return { status: 200, body: answer }
        },
      },
    ],
    findKey: (secret) => (secret === 'gz_op' ? { id: 'op', shopId: '', role: 'operator' } : null),
    hasShop: (id) => id === 'shoes',
    onChange: async () => {},
    onAnswer: () => {},
  })
  vi.stubEnv('GROSZ_COLLECTOR_URL', `http://127.0.0.1:${server.port}`)
  vi.stubEnv('GROSZ_KEY', 'gz_op')
  writeFileSync(path, 'order,date\n1,2\n')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function printed(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const info = vi.spyOn(console, 'info').mockImplementation((line: string) => {
    lines.push(line)
  })
  await runOrders(args).finally(() => info.mockRestore())
  return lines
}

test('orders: the file is sent as it is, and what became of it is told', async () => {
  const lines = await printed('shoes', path)
  check.equal(received, 'shoes: order,date\n1,2\n')
  check.match(lines[0]!, /^3 orders taken of 9 rows in [\d.]+ s$/)
  check.deepEqual(lines.slice(1), [
    '1 orders had been taken before',
    '1 orders refused',
    '2 rows refused or left out',
    '  line 4.price: must be a number',
    '  … and 4 more',
  ])
})

test('orders: a program gets one line of JSON', async () => {
  const lines = await printed('shoes', path, '--json')
  check.equal(lines.length, 1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ shop: 'shoes', ...answer })
})

test('orders: what stands in the way is said', async () => {
  await check.rejects(printed('shoes'), /usage/)
  await check.rejects(printed('none', path), /shop: is unknown/)
  await check.rejects(printed('shoes', join(folder, 'none.csv')), /ENOENT/)
})
