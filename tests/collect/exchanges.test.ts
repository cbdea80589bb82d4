// Goal: an operator adds, changes and takes away exchanges by the API alone; a secret that went in never
// comes out; what is shipped in a file is never touched. Method: the endpoints over real folders.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exchangeEndpoints } from '../../src/collect/exchanges.js'
import { ExchangeFileBook } from '../../src/run/exchange-book.js'
import { readExchanges } from '../../src/run/exchange-files.js'
import { caller } from './calling.js'

const demo = 'name: demo\ncurrency: PLN\nseat: grosz\n'
const google = 'enabled: false\nname: google\ncurrency: USD\nseat: grosz\nsecret: ${GROSZ_GOOGLE}\n'
const env = { GROSZ_GOOGLE: 'a-secret-of-sixteen' }

let root = ''
let folders: { exchangesDir: string; data: string; currencies: Record<string, number> }
let call: ReturnType<typeof caller>
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grosz-exchange-book-'))
  folders = { exchangesDir: join(root, 'shipped'), data: root, currencies: { PLN: 1, USD: 4 } }
  mkdirSync(folders.exchangesDir)
  writeFileSync(join(folders.exchangesDir, 'demo.yaml'), demo)
  writeFileSync(join(folders.exchangesDir, 'google.yaml'), google)
  call = caller(exchangeEndpoints(new ExchangeFileBook(folders, env)))
})
afterEach(() => rmSync(root, { recursive: true }))

const inUse = (): Record<string, { secret: string; seat: string }> => {
  const read = readExchanges(folders, env)
  if (!read.ok) throw new Error(read.faults.join('\n'))
  return Object.fromEntries(read.value.map((it) => [it.name, it]))
}
const north = { name: 'north', currency: 'USD', seat: 'g', secret: 'north-secret-0123456789' }

test('one is added, changed and taken away; its secret is kept and never shown', async () => {
  const path = '/v1/exchanges/north'
  expect((await call('GET', path)).status).toBe(404)
  const made = await call('PUT', path, { body: north })
  expect(made).toMatchObject({ status: 201, body: { name: 'north', source: 'api' } })
  expect(inUse()['north']).toMatchObject({ secret: north.secret, seat: 'g' })
  const read = await call('GET', path)
  expect(read).toMatchObject({ etag: made.etag, body: { settings: { ...north, secret: '***' } } })
  expect(await call('GET', path, { headers: { 'if-none-match': read.etag } })).toMatchObject({
    status: 304,
  })

  // What was read can be put back: what is hidden stays as it is.
  expect((await call('PUT', path, { body: read.body.settings })).status).toBe(428)
  const headers = { 'if-match': read.etag }
  const changed = await call('PUT', path, { body: { ...read.body.settings, seat: 'h' }, headers })
  expect(changed.status).toBe(200)
  expect(inUse()['north']).toMatchObject({ secret: north.secret, seat: 'h' })
  // Another secret is another state, though it looks the same.
  const rotated = await call('PUT', path, {
    body: { ...north, seat: 'h', secret: 'another-secret-0123456789' },
    headers: { 'if-match': changed.etag },
  })
  expect(rotated.body).toEqual(changed.body)
  expect(rotated.etag).not.toBe(changed.etag)
  expect((await call('DELETE', path, { headers: { 'if-match': changed.etag } })).status).toBe(412)
  expect((await call('DELETE', path, { headers: { 'if-match': rotated.etag } })).status).toBe(204)
  expect(Object.keys(inUse())).toEqual(['demo'])
  expect(readdirSync(join(root, 'exchanges'))).toEqual([])
})

test('one that is shipped is replaced by what is put in its place, and its file stays', async () => {
  const { body, etag } = await call('GET', '/v1/exchanges/google')
  // What only names the environment's is no secret.
  expect(body.settings).toMatchObject({ enabled: false, secret: '${GROSZ_GOOGLE}' })
  const put = await call('PUT', '/v1/exchanges/google', {
    body: { ...body.settings, enabled: true },
    headers: { 'if-match': etag },
  })
  expect(put.body.source).toBe('api')
  expect(inUse()['google']).toMatchObject({ secret: env.GROSZ_GOOGLE })
  await call('PUT', '/v1/exchanges/north', { body: north })
  for (const name of ['google', 'demo'])
    expect(
      (await call('DELETE', `/v1/exchanges/${name}`, { headers: { 'if-match': '*' } })).status,
    ).toBe(204)
  expect((await call('GET', '/v1/exchanges/demo')).status).toBe(404)
  expect(Object.keys(inUse())).toEqual(['north'])
  expect(readFileSync(join(folders.exchangesDir, 'demo.yaml'), 'utf8')).toBe(demo)
  // The last one stays: without any, nothing would be bid on.
  for (const [method, sent] of [
    ['DELETE', undefined],
    ['PUT', { ...north, enabled: false }],
  ] as const)
    expect(
      (await call(method, '/v1/exchanges/north', { body: sent, headers: { 'if-match': '*' } }))
        .status,
    ).toBe(409)
  // And one that was taken away can come back.
  expect(
    (
      await call('PUT', '/v1/exchanges/demo', {
        body: { name: 'demo', currency: 'PLN', seat: 'g' },
      })
    ).status,
  ).toBe(201)
})

test('what is wrong is named by its field, and nothing is written', async () => {
  const put = async (body: object, name = 'north') => {
    const { status, body: answer } = await call('PUT', `/v1/exchanges/${name}`, { body })
    return [status, ...(answer.problems ?? []).map(({ where }: { where: string }) => where)]
  }
  expect(await put({ ...north, currency: 'XAU' })).toEqual([400, 'currency'])
  expect(await put({ ...north, name: 'south' })).toEqual([400, 'name'])
  expect(await put({ ...north, secret: 'short' })).toEqual([400, 'secret'])
  expect(await put({ ...north, secret: '***' })).toEqual([400, 'secret'])
  expect(await put({ ...north, secret: '${GROSZ_NOT_THERE}' })).toEqual([400, 'secret'])
  expect(
    await put({ ...north, price: { encoding: 'google', encryptionKey: 'x', integrityKey: 'y' } }),
  ).toContain('price.encryptionKey')
  expect(await put({ ...north, removed: true })).toContain('removed')
  expect((await put({ ...north, name: '..' }, '..'))[0]).toBe(400)
  expect((await put({ ...north, name: 'a.b' }, 'a.b'))[0]).toBe(400)
  expect(Object.keys(inUse())).toEqual(['demo'])
})

test('of many that change one state at once, one wins', async () => {
  const { etag } = await call('PUT', '/v1/exchanges/north', { body: north })
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      call('PUT', '/v1/exchanges/north', {
        body: { ...north, seat: `seat-${i}` },
        headers: { 'if-match': etag },
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})
