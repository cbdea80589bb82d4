// Goal: a key opens what it is for and nothing else, from when it is made until it is revoked, in
// every process; what is on disk opens nothing. Method: real files, a clock held in the hand, two
// rings over one file as two processes have them.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyEndpoints } from '../../src/collect/key-endpoints.js'
import { keyIdIn } from '../../src/collect/key-secret.js'
import { KeyRing } from '../../src/collect/keys.js'
import { caller } from './calling.js'

const folders: string[] = []
const rings: KeyRing[] = []
afterEach(async () => {
  for (const ring of rings.splice(0)) await ring.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-keys-'))
  folders.push(folder)
  return folder
}

const clock = new ManualClock(Date.parse('2026-03-04T12:00:00Z'))
async function ringOf(dataDir: string, onFault = (error: unknown): void => void error) {
  const ring = await KeyRing.open({ dataDir, clock, onFault })
  rings.push(ring)
  return ring
}

async function make(ring: KeyRing, shopId: string, lifeMs: number | null = null): Promise<string> {
  const made = await ring.create(shopId, 'admin', '', lifeMs)
  if (!made.ok) throw new Error(made.reason)
  return made.secret
}

test('the first start makes the operator a key, readable by them alone; the next one keeps it', async () => {
  const folder = newFolder()
  const path = join(folder, 'operator.key')
  const ring = await ringOf(folder)
  const secret = readFileSync(path, 'utf8').trim()
  expect(secret).toMatch(/^gz_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}$/)
  expect(ring.find(secret)).toMatchObject({ shopId: '', role: 'operator' })
  for (const name of ['operator.key', 'keys.json'])
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  const again = await ringOf(folder)
  expect(again.list(null)).toHaveLength(1)
  expect(again.find(secret)).not.toBe(null)
})

test('nothing that is kept opens anything', async () => {
  const folder = newFolder()
  const ring = await ringOf(folder)
  const secret = await make(ring, 'a')
  const kept = readFileSync(join(folder, 'keys.json'), 'utf8')
  expect(kept).not.toContain(secret.split('_')[2])
  const { keys } = JSON.parse(kept) as { keys: { id: string; hash: string }[] }
  for (const { id, hash } of keys)
    for (const guess of [hash, `gz_${id}_${hash}`, `gz_${id}_${hash.slice(0, 32)}`, `gz_${id}_`])
      expect(ring.find(guess)).toBe(null)
  expect(JSON.stringify(ring.list(null))).not.toMatch(/hash|former"/)
  for (const guess of ['', 'gz_', `${secret}x`, secret.slice(0, -1), secret.toLowerCase()])
    expect(ring.find(guess)).toBe(null)
  // A secret counts for the key that it names, not for another one.
  expect(ring.find(secret.replace(keyIdIn(secret), keys[0]!.id))).toBe(null)
})

test('a rotated key goes by its new secret, and by the one before for as long as was said', async () => {
  const folder = newFolder()
  const ring = await ringOf(folder)
  const first = await make(ring, 'a')
  const id = keyIdIn(first)
  const rotated = await ring.rotate(id, 3_600_000)
  if (!rotated.ok) throw new Error(rotated.reason)
  const own = { id, shopId: 'a', role: 'admin' }
  expect([ring.find(first), ring.find(rotated.secret)]).toEqual([own, own])
  clock.advance(3_599_999)
  expect(ring.find(first)).toEqual(own)
  clock.advance(1)
  expect(ring.find(first)).toBe(null)
  expect(ring.find(rotated.secret)).toEqual(own)
  const third = await ring.rotate(id, 0)
  expect(ring.find(rotated.secret)).toBe(null)
  expect(third.ok && ring.find(third.secret)).toEqual(own)
})

test('a key ends when it was to, and at once when it is revoked, in other processes too', async () => {
  const folder = newFolder()
  const [one, other] = [await ringOf(folder), await ringOf(folder)]
  const brief = await make(one, 'a', 1_000)
  const secret = await make(one, 'a')
  expect(one.find(brief)).not.toBe(null)
  clock.advance(1_000)
  expect(one.find(brief)).toBe(null)
  await vi.waitFor(() => expect(other.find(secret)).not.toBe(null))
  // Made and revoked by either, and nobody's key is lost.
  const mine = await make(other, 'a')
  expect(await one.revoke(keyIdIn(secret))).toBe('')
  expect(one.find(secret)).toBe(null)
  expect(one.find(mine)).not.toBe(null)
  await vi.waitFor(() => expect(other.find(secret)).toBe(null))
  expect(await one.revoke(keyIdIn(secret))).toBe('is unknown')
})

test('writing down when a key was used does not bring a revoked one back', async () => {
  const folder = newFolder()
  const [one, other] = [await ringOf(folder), await ringOf(folder)]
  const secret = await make(one, 'a')
  expect(one.find(secret)).not.toBe(null)
  expect(one.get(keyIdIn(secret))?.lastUsedDay).toBe('2026-03-04')
  await other.revoke(keyIdIn(secret))
  rings.splice(rings.indexOf(one), 1)
  await one.close()
  expect(readFileSync(join(folder, 'keys.json'), 'utf8')).not.toContain(keyIdIn(secret))
})

test('a file that can not be read is never taken for an empty one', async () => {
  const folder = newFolder()
  const faults: unknown[] = []
  const ring = await ringOf(folder, (error) => faults.push(error))
  const secret = await make(ring, 'a')
  const path = join(folder, 'keys.json')
  const good = readFileSync(path, 'utf8')
  writeFileSync(path, '{"keys": [')
  await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0))
  expect(ring.find(secret)).not.toBe(null)
  await expect(make(ring, 'a')).rejects.toThrow()
  await expect(ringOf(folder)).rejects.toThrow()
  writeFileSync(path, good)
  await vi.waitFor(async () => expect(await make(ring, 'a')).toMatch(/^gz_/))
})

test('the operator can not lock themselves out; a rotation keeps the commands on this machine going', async () => {
  const folder = newFolder()
  const ring = await ringOf(folder)
  const secretOf = (): string => readFileSync(join(folder, 'operator.key'), 'utf8').trim()
  const id = keyIdIn(secretOf())
  expect(await ring.revoke(id)).toBe('is the last of the operator’s keys')
  await ring.rotate(id, 0)
  expect(ring.find(secretOf())).toMatchObject({ id, role: 'operator' })
})

test('a shop has so many keys and no more; all go with it', async () => {
  const ring = await ringOf(newFolder())
  const secrets = await Promise.all(Array.from({ length: 100 }, () => make(ring, 'a')))
  await expect(make(ring, 'a')).rejects.toThrow('there are 100 already')
  await make(ring, 'b')
  await ring.revokeAllOf('a')
  expect(secrets.every((secret) => ring.find(secret) === null)).toBe(true)
  expect(ring.list('b')).toHaveLength(1)
})

test('who may do what with keys', async () => {
  const ring = await ringOf(newFolder())
  const admin = { id: 'x', shopId: 'a', role: 'admin' } as const
  const call = caller(keyEndpoints(ring), { shopId: 'a', key: admin })
  const made = await call('POST', '/v1/keys', { body: { role: 'developer', expiresInDays: 1 } })
  expect(made).toMatchObject({ status: 201, body: { shop: 'a', role: 'developer' } })
  expect(ring.find(made.body.secret)).toMatchObject({ shopId: 'a', role: 'developer' })
  expect(Date.parse(made.body.expires) - Date.parse(made.body.created)).toBe(86_400_000)

  // No more power than one has oneself, and not over others.
  expect((await call('POST', '/v1/keys', { body: { role: 'operator' } })).status).toBe(403)
  expect((await call('POST', '/v1/keys', { body: { role: 'king' } })).status).toBe(400)
  const theirs = keyIdIn(await make(ring, 'b'))
  const nobodys = await call('DELETE', '/v1/keys/0123456789')
  expect(await call('DELETE', `/v1/keys/${theirs}`)).toEqual(nobodys)
  expect(nobodys.status).toBe(404)
  const rotation = await call('POST', `/v1/keys/${theirs}/rotate`, { body: {} })
  expect(rotation.status).toBe(404)
  expect(ring.get(theirs)).not.toBe(null)
  const listed = await call('GET', '/v1/keys')
  expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([made.body.id])
  expect(JSON.stringify(listed.body)).not.toContain('secret":')

  const rotated = await call('POST', `/v1/keys/${made.body.id}/rotate`, { body: { graceHours: 1 } })
  expect(rotated.body.formerSecretUntil).not.toBe(null)
  expect((await call('DELETE', `/v1/keys/${made.body.id}`)).status).toBe(204)
  expect(ring.find(rotated.body.secret)).toBe(null)

  const asOperator = caller(keyEndpoints(ring))
  expect((await asOperator('POST', '/v1/keys', { body: { role: 'operator' } })).status).toBe(201)
  expect((await asOperator('POST', '/v1/keys', { body: { role: 'viewer' } })).status).toBe(400)
  expect((await asOperator('GET', '/v1/keys')).body.items).toHaveLength(3)
})
