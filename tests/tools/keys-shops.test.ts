// Goal: an operator sets up a shop from the command line, and each key then opens what is its own and
// nothing else. Method: the commands and plain requests over a real socket, with the real keys, audit log
// and stores behind it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { AuditLog } from '../../src/collect/audit.js'
import { auditEndpoints } from '../../src/collect/audit-endpoints.js'
import type { AuditEntry } from '../../src/collect/audit-entry.js'
import { auditEntryOf } from '../../src/collect/audit-entry.js'
import { campaignEndpoints } from '../../src/collect/campaigns.js'
import { keyEndpoints } from '../../src/collect/key-endpoints.js'
import { KeyRing } from '../../src/collect/keys.js'
import { type Server, serve } from '../../src/collect/server.js'
import { shopEndpoints } from '../../src/collect/shops.js'
import { transferEndpoints } from '../../src/collect/transfer.js'
import { runKeys } from '../../src/tools/keys.js'
import { runShops } from '../../src/tools/shops.js'
import { shopFile } from '../bidding/world.js'

let root: string
let closers: (() => Promise<void>)[]
let server: Server

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'grosz-keys-tool-'))
  const directory = new ShopDirectory({ folder: join(root, 'shops'), currencies: ['PLN'] })
  const products = await LmdbProductStore.open(join(root, 'products'), { isWriter: true })
  const onFault = (error: unknown): never => {
    throw error
  }
  const keys = await KeyRing.open({ dataDir: root, clock: systemClock, onFault })
  const audit = await AuditLog.open({
    folder: join(root, 'audit'),
    clock: systemClock,
    monthCountMax: 2,
    onFault,
  })
  server = await serve({
    host: '127.0.0.1',
    port: 0,
    endpoints: [
      ...keyEndpoints(keys),
      ...campaignEndpoints(directory),
      ...shopEndpoints({ directory, onRemoved: (shopId) => keys.revokeAllOf(shopId) }),
      ...transferEndpoints({ directory, products, clock: systemClock, importBytesMax: 10_000_000 }),
      ...auditEndpoints(audit),
    ],
    log: openLog('test', 'silent'),
    findKey: (secret) => keys.find(secret),
    hasShop: (id) => directory.get(id) !== null,
    onChange: (change) => audit.write(auditEntryOf(change)),
    onAnswer: () => {},
    isBehindProxy: false,
    bodyTimeoutMs: 5_000,
    idleTimeoutMs: 60_000,
    connectionCountMax: 100,
  })
  closers = [
    () => server.close(),
    () => directory.close(),
    () => products.close(),
    () => keys.close(),
    () => audit.close(),
  ]
  vi.stubEnv('GROSZ_COLLECTOR_URL', `http://127.0.0.1:${server.port}`)
  vi.stubEnv('GROSZ_KEY', '')
  vi.stubEnv('GROSZ_DATA', root)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  for (const close of closers) await close()
  rmSync(root, { recursive: true, force: true })
})

/** What a command prints. */
async function printed(command: Promise<void>): Promise<string> {
  let text = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  try {
    await command
  } finally {
    spy.mockRestore()
  }
  return text
}
// The operator's commands begin to write only once they are under way.
const run = (command: (args: string[]) => Promise<void>, ...args: string[]): Promise<string> =>
  printed(Promise.resolve().then(() => command(args)))

async function ask(
  key: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; etag: string }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: {
      ...(key === '' ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const etag = response.headers.get('etag') ?? ''
  return { status: response.status, text: await response.text(), etag }
}

const campaign = { id: 'c', goal: 'cpm', bid: 1, maxCpm: 9, budget: { total: 5 } }

async function shopWithKey(id: string, role = 'admin'): Promise<string> {
  const file = join(root, `${id}.json`)
  writeFileSync(file, JSON.stringify(shopFile(id, []).shop))
  await run(runShops, 'create', file)
  return (await run(runKeys, 'create', '--shop', id, '--role', role, '--name', 'mine')).trim()
}

test('a shop is made, gets a key, is used with it, taken out and put back', async () => {
  const key = await shopWithKey('a')
  expect(key).toMatch(/^gz_/)
  expect(await run(runShops, 'list')).toBe('a                    a.example  Shop a\n')
  expect((await ask(key, 'PUT', '/v1/campaigns/c', campaign)).status).toBe(201)

  const file = join(root, 'export.json')
  await run(runShops, 'export', 'a', file)
  const before = readFileSync(file, 'utf8')
  const { etag } = await ask(key, 'GET', '/v1/campaigns/c')
  await ask(key, 'DELETE', '/v1/campaigns/c', undefined, { 'If-Match': etag })
  expect(JSON.parse(await run(runShops, 'import', 'a', file, '--json'))).toMatchObject({
    campaigns: 1,
  })
  expect((await ask(key, 'GET', '/v1/campaigns/c')).status).toBe(200)
  await run(runShops, 'export', 'a', file)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('keys are listed, rotated and revoked', async () => {
  const key = await shopWithKey('a')
  const id = key.split('_')[1]!
  expect((await ask(key, 'GET', '/v1/campaigns')).status).toBe(200)
  const list = await run(runKeys, 'list', '--shop', 'a')
  expect(list).toMatch(new RegExp(`^${id}  a +admin +used \\d{4}-\\d\\d-\\d\\d  mine\n$`))
  expect(await run(runKeys, 'list')).toContain('operator')
  const next = (await run(runKeys, 'rotate', id, '--grace-hours', '0')).trim()
  expect((await ask(key, 'GET', '/v1/campaigns')).status).toBe(401)
  expect((await ask(next, 'GET', '/v1/campaigns')).status).toBe(200)
  await run(runKeys, 'revoke', id)
  expect((await ask(next, 'GET', '/v1/campaigns')).status).toBe(401)
  await expect(run(runKeys, 'revoke', id)).rejects.toThrow('key: is unknown')
  await expect(run(runKeys, 'create', '--role', 'king', '--shop', 'a')).rejects.toThrow('role: ')
  for (const args of [[], ['create'], ['rotate'], ['list', 'x'], ['dance']])
    await expect(run(runKeys, ...args)).rejects.toThrow('usage: ')
})

test('a key opens its own shop as its role says, and tells nothing of another', async () => {
  const [a, b] = [await shopWithKey('a'), await shopWithKey('b')]
  await ask(b, 'PUT', '/v1/campaigns/theirs', { ...campaign, id: 'theirs' })
  const viewer = (await run(runKeys, 'create', '--shop', 'a', '--role', 'viewer')).trim()
  const developer = (await run(runKeys, 'create', '--shop', 'a', '--role', 'developer')).trim()
  expect((await ask('', 'GET', '/v1/campaigns')).status).toBe(401)
  expect((await ask('gz_wrong', 'GET', '/v1/campaigns')).status).toBe(401)
  expect((await ask(viewer, 'GET', '/v1/campaigns')).status).toBe(200)
  for (const key of [viewer, developer])
    for (const [method, path, body] of [
      ['PUT', '/v1/campaigns/c', campaign],
      ['GET', '/v1/keys', undefined],
      ['POST', '/v1/keys', { role: 'admin' }],
      ['GET', '/v1/export', undefined],
      ['GET', '/v1/audit', undefined],
      ['GET', '/v1/shops', undefined],
    ] as const)
      expect((await ask(key, method, path, body)).status, `${method} ${path}`).toBe(403)
  for (const [method, path] of [
    ['GET', '/v1/shops'],
    ['DELETE', '/v1/shop'],
    ['POST', '/v1/shops'],
  ] as const)
    expect((await ask(a, method, path)).status).toBe(403)

  // Another shop's, whether it is there or not.
  const [theirs, nobodys] = [
    await ask(a, 'GET', '/v1/campaigns?shop=b'),
    await ask(a, 'GET', '/v1/campaigns?shop=nobody'),
  ]
  expect(theirs.status).toBe(403)
  expect(theirs).toEqual(nobodys)
  expect((await ask(a, 'GET', '/v1/campaigns/theirs')).status).toBe(404)
  for (const path of ['/v1/export', '/v1/audit', '/v1/keys', '/v1/campaigns', '/v1/shop'])
    expect((await ask(a, 'GET', path)).text, path).not.toMatch(/theirs|b\.example/)
})

test('what was done is in the log, under the key that did it', async () => {
  const a = await shopWithKey('a')
  const etag = (await ask(a, 'PUT', '/v1/campaigns/c', campaign)).etag
  await ask(a, 'PATCH', '/v1/campaigns/c', { bid: 2 }, { 'If-Match': etag })
  await ask(a, 'PATCH', '/v1/campaigns/c', { bid: 3 }, { 'If-Match': etag })
  const { items } = JSON.parse((await ask(a, 'GET', '/v1/audit')).text) as { items: AuditEntry[] }
  expect(items.slice(0, 3).map(({ path, status, fields }) => [path, status, fields])).toEqual([
    ['/v1/campaigns/c', 412, ['bid']],
    ['/v1/campaigns/c', 200, ['bid']],
    ['/v1/campaigns/c', 201, expect.arrayContaining(['id', 'goal', 'bid'])],
  ])
  expect(items[1]).toMatchObject({ key: a.split('_')[1], role: 'admin', before: etag })
  expect(items[1]?.after).not.toBe(etag)
})

test('with a shop its keys go', async () => {
  const a = await shopWithKey('a')
  const operator = readFileSync(join(root, 'operator.key'), 'utf8').trim()
  const { etag } = await ask(operator, 'GET', '/v1/shop?shop=a')
  const gone = await ask(operator, 'DELETE', '/v1/shop?shop=a', undefined, { 'If-Match': etag })
  expect(gone.status).toBe(204)
  expect((await ask(a, 'GET', '/v1/campaigns')).status).toBe(401)
  expect((await ask(operator, 'GET', '/v1/campaigns?shop=a')).status).toBe(404)
})
