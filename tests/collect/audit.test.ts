// Goal: each change is kept before its maker is answered for good, a shop reads its own and no other's,
// and nothing in the log says who a person is. Method: real files, a clock held in the hand; pages are
// compared with all that was written.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { AuditLog } from '../../src/collect/audit.js'
import { auditEndpoints } from '../../src/collect/audit-endpoints.js'
import type { AuditEntry } from '../../src/collect/audit-entry.js'
import { auditEntryOf } from '../../src/collect/audit-entry.js'
import { caller } from './calling.js'

const folders: string[] = []
const logs: AuditLog[] = []
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-audit-'))
  folders.push(folder)
  return folder
}

async function logOf(folder: string, clock: ManualClock, monthCountMax = 36): Promise<AuditLog> {
  const log = await AuditLog.open({
    folder,
    clock,
    monthCountMax,
    onFault: (error) => {
      throw error
    },
  })
  logs.push(log)
  return log
}

const entry = (shop: string, path: string): Omit<AuditEntry, 'at'> => ({
  key: 'k',
  role: 'admin',
  shop,
  method: 'PUT',
  path,
  status: 200,
  before: '',
  after: '"x"',
  fields: ['bid'],
})
const admin = (shopId: string) => ({ id: 'k', shopId, role: 'admin' }) as const

async function pathsOf(log: AuditLog, shopId: string, limit: string): Promise<string[][]> {
  const call = caller(auditEndpoints(log), { shopId, key: admin(shopId) })
  const pages: string[][] = []
  for (let before = ''; ; ) {
    const query = { limit, ...(before === '' ? {} : { before }) }
    const { body } = await call('GET', '/v1/audit', { query })
    pages.push(body.items.map(({ path }: AuditEntry) => path))
    if (body.next === null) return pages
    before = body.next
  }
}

test('entries are on the disk when they are written, and read the newest first', async () => {
  const folder = newFolder()
  const log = await logOf(folder, new ManualClock(Date.parse('2026-03-31T23:59:59.998Z')))
  for (const path of ['/1', '/2', '/3', '/4', '/5']) await log.write(entry('a', path))
  // No two have the same time, and the month has turned among them.
  expect(readdirSync(folder).sort()).toEqual(['2026-03.jsonl', '2026-04.jsonl'])
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trim().split('\n'),
  )
  expect(new Set(lines.map((line) => (JSON.parse(line) as AuditEntry).at)).size).toBe(5)
  expect(await pathsOf(log, 'a', '2')).toEqual([['/5', '/4'], ['/3', '/2'], ['/1']])
})

test('a shop reads its own changes alone; an operator reads all', async () => {
  const log = await logOf(newFolder(), new ManualClock())
  await Promise.all(
    Array.from({ length: 3_000 }, (_, i) => log.write(entry(i % 3 === 0 ? 'a' : 'b', `/${i}`))),
  )
  const own = (await pathsOf(log, 'a', '99')).flat()
  expect(own).toEqual(Array.from({ length: 1_000 }, (_, i) => `/${2_997 - 3 * i}`))
  const call = caller(auditEndpoints(log))
  expect((await call('GET', '/v1/audit', { query: { limit: '1000' } })).body.items).toHaveLength(
    1_000,
  )
  expect((await call('GET', '/v1/audit', { query: { shop: 'a' }, shopId: 'a' })).status).toBe(400)
})

test('what is long past is found by its time', async () => {
  const clock = new ManualClock(Date.parse('2026-03-01T00:00:00Z'))
  const log = await logOf(newFolder(), clock)
  const times: number[] = []
  for (let i = 0; i < 5_000; i++) {
    clock.advance(1 + ((i * 7_919) % 50_000))
    times.push(clock.nowMs())
    void log.write(entry('a', `/${i}`))
  }
  await log.write(entry('a', '/last'))
  const call = caller(auditEndpoints(log), { shopId: 'a', key: admin('a') })
  for (const i of [0, 1, 17, 2_500, 4_998, 4_999]) {
    const before = new Date(times[i]!).toISOString()
    const { body } = await call('GET', '/v1/audit', { query: { before, limit: '2' } })
    const wanted = [i - 1, i - 2].filter((it) => it >= 0).map((it) => `/${it}`)
    expect(body.items.map(({ path }: AuditEntry) => path)).toEqual(wanted)
  }
})

test('a line that a kill has cut off is passed over, and time goes on from where it was', async () => {
  const folder = newFolder()
  const clock = new ManualClock(Date.parse('2026-03-04T12:00:00Z'))
  const first = await logOf(folder, clock)
  await first.write(entry('a', '/1'))
  await first.close()
  appendFileSync(join(folder, '2026-03.jsonl'), '{"at":"2026-03-04T12:00:00.001Z","ke')
  // The clock was set back meanwhile.
  const log = await logOf(folder, new ManualClock(Date.parse('2026-03-04T11:00:00Z')))
  await log.write(entry('a', '/2'))
  expect(await pathsOf(log, 'a', '1')).toEqual([['/2'], ['/1']])
})

test('old months go', async () => {
  const folder = newFolder()
  const clock = new ManualClock(Date.parse('2026-01-15T00:00:00Z'))
  const log = await logOf(folder, clock, 2)
  for (let month = 1; month <= 4; month++) {
    await log.write(entry('a', `/${month}`))
    clock.advance(31 * 86_400_000)
  }
  expect(readdirSync(folder).sort()).toEqual(['2026-03.jsonl', '2026-04.jsonl'])
})

test('an entry says what was done, and nothing of a person', () => {
  const endpoint = {
    method: 'DELETE',
    path: '/v1/people/{person}/x/{campaign}/{slot}/{product}/{join}',
  }
  const made = auditEntryOf({
    endpoint: endpoint as never,
    key: admin('a'),
    shopId: 'a',
    params: { person: 'anna@shop.example', campaign: 'c/1', slot: 's', product: 'p', join: 'j' },
    status: 204,
    etagBefore: `"${'x'.repeat(500)}"`,
    etagAfter: '',
    fields: ['bid', '0', '1', ...Array.from({ length: 100 }, (_, i) => `f${i}`)],
  })
  expect(JSON.stringify(made)).not.toContain('anna')
  expect(made.path).toBe('/v1/people/{person}/x/c%2F1/s/p/j')
  expect(made.before).toHaveLength(80)
  expect(made.fields).toHaveLength(40)
  expect(made.fields[1]).toBe('f0')
})

test('a line has its bound, whatever was sent', async () => {
  const folder = newFolder()
  const log = await logOf(folder, new ManualClock())
  await log.write({ ...entry('a', '/1'), fields: Array.from({ length: 40 }, () => '…'.repeat(80)) })
  const [name] = readdirSync(folder)
  expect(readFileSync(join(folder, name!)).length).toBeLessThan(4_096)
  expect(await pathsOf(log, 'a', '1')).toEqual([['/1']])
})
