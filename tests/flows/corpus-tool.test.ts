// Goal: anybody can hold a running Grosz against a file of requests: what it prints is true, and its exit
// code says whether a rule was broken. Method: as a user calls it, small, against the real programs.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bannerRequest,
  eventually,
  newDataDir,
  postBid,
  type System,
  startSystem,
} from './system.js'

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const data = newDataDir()
let system: System

beforeAll(async () => {
  // On a busy machine a request may wait for long; it is to be answered all the same.
  const config = join(data.path, 'patient.yaml')
  writeFileSync(config, 'shedAfterMs: 0\n')
  system = await startSystem(data.path, { GROSZ_CONFIG: config })
  await eventually('it bids', async () => {
    const { bids } = await postBid(system, bannerRequest('demo-cart'))
    return bids.length > 0
  })
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

/** Runs `grosz corpus`, whatever it ends with. */
function corpus(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'corpus', ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

function fileOf(name: string, lines: readonly string[]): string {
  const path = join(data.path, name)
  writeFileSync(path, lines.join('\n'))
  return path
}

const patient = (request: object): object => ({ ...request, tmax: 1_000 })
const unsellable = { ...bannerRequest('', 'r2'), imp: [{ id: '1', banner: { w: 13, h: 13 } }] }

test('a running bidder: bids, reasons from its metrics, refusals; no rule broken', async () => {
  const file = fileOf('requests.ndjson', [
    JSON.stringify(patient(bannerRequest('demo-cart'))),
    JSON.stringify({ request: patient(unsellable) }),
    '{"id":"1"}',
    'nonsense',
  ])
  const { code, stdout, stderr } = await corpus(
    ...[file, '--url', system.bidder, '--admin', system.admin, '--explain', '1', '--json'],
  )
  const report = JSON.parse(stdout)
  expect([code, report.brokenRules]).toEqual([0, []])
  expect(report).toMatchObject({
    requests: 3,
    statuses: { 200: 1, 204: 1, 400: 1 },
    formats: { banner: { offered: 2, bid: 1 } },
    skipped: 1,
  })
  expect(report.reasons).toEqual({ format_restricted: 1 })
  expect(report.explained[0].line).toBe(`${file}:2`)
  expect(stderr).toContain(`${file}:4: `)
})

test('a broken rule: exit code 1, with the line that shows it', async () => {
  const server = createServer((_, response) => response.writeHead(500).end('oops'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const file = fileOf('one.ndjson', [JSON.stringify(bannerRequest('demo-cart'))])
  const { code, stdout } = await corpus(file, '--url', url, '--admin', url)
  server.closeAllConnections()
  server.close()
  expect(code).toBe(1)
  expect(stdout).toContain('status-200-or-204 (checklist 2)')
  expect(stdout).toContain(`${file}:1: 500 oops`)
})

test('what can not be tried: exit code 2, in one line', async () => {
  expect(await corpus('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--explain'),
  })
  const cases: readonly (readonly [args: string[], words: string])[] = [
    [[], 'FILE'],
    [['a', '--concurrency', 'many'], '--concurrency'],
    [[join(data.path, 'absent')], 'ENOENT'],
    [[fileOf('none.ndjson', ['', '{'])], 'no requests'],
    [[fileOf('good.ndjson', ['{}']), '--url', 'http://127.0.0.1:1'], 'ECONNREFUSED'],
  ]
  for (const [args, words] of cases) {
    const { code, stderr } = await corpus(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  }
})
