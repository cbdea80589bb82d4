// Goal: one nano of difference is seen, whoever it concerns, and equal sums agree. Method: written readings,
// and a small server that answers well and badly.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { compareSpend, readLedger } from '../../src/simulation/ledger-check.js'

type Sums = Readonly<Record<string, Readonly<Record<string, bigint>>>>
const sums = (of: Sums): ReadonlyMap<string, ReadonlyMap<string, bigint>> =>
  new Map(Object.entries(of).map(([name, by]) => [name, new Map(Object.entries(by))]))

const before = sums({ 'shop/a': { PLN: 5n }, 'shop/b': { PLN: 10n } })

test('equal differences agree, by full name or by campaign id alone', () => {
  const after = sums({
    'shop/a': { PLN: 15n, EUR: 2n },
    'shop/b': { PLN: 10n },
    'new/c': { PLN: 1n },
  })
  const spend = sums({ a: { PLN: 10n, EUR: 2n }, 'new/c': { PLN: 1n } })
  expect(compareSpend(before, after, spend)).toEqual([])
})

test('a nano too many or too few, and what only one side knows of', () => {
  const after = sums({ 'shop/a': { PLN: 14n }, 'shop/b': { PLN: 11n } })
  const spend = sums({ a: { PLN: 10n }, c: { EUR: 3n } })
  expect(compareSpend(before, after, spend)).toEqual([
    { campaign: 'a', currency: 'PLN', reportNanos: '10', ledgerNanos: '9' },
    { campaign: 'shop/b', currency: 'PLN', reportNanos: '0', ledgerNanos: '1' },
    { campaign: 'c', currency: 'EUR', reportNanos: '3', ledgerNanos: '0' },
  ])
})

test('an id that two shops have belongs to neither', () => {
  const after = sums({ 'one/a': { PLN: 1n }, 'two/a': {} })
  expect(compareSpend(new Map(), after, sums({ a: { PLN: 1n } }))).toHaveLength(2)
})

test('sums past what a float holds are exact', () => {
  const huge = 2n ** 80n
  const after = sums({ 'shop/a': { PLN: huge + 1n } })
  expect(compareSpend(sums({ 'shop/a': { PLN: 1n } }), after, sums({ a: { PLN: huge } }))).toEqual(
    [],
  )
})

test('a ledger is read; what is none says why', async () => {
  const answers: Readonly<Record<string, readonly [status: number, body: string]>> = {
    '/ledger': [
      200,
      '{"campaigns":[{"shopId":"s","campaignId":"c","paidNanos":{"PLN":"12"},"more":1}]}',
    ],
    '/down/ledger': [503, ''],
    '/other/ledger': [200, '{"campaigns":[{"shopId":"s"}]}'],
    '/text/ledger': [200, 'hello'],
  }
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url!]!
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await readLedger(url)).toEqual({ ok: true, reading: sums({ 's/c': { PLN: 12n } }) })
  expect(await readLedger(`${url}/down`)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/503/),
  })
  for (const path of ['other', 'text'])
    expect(await readLedger(`${url}/${path}`)).toMatchObject({ ok: false })
  server.closeAllConnections()
  server.close()
  expect(await readLedger(url)).toMatchObject({
    ok: false,
    reason: expect.stringContaining(`${url}/ledger`),
  })
})
