// Goal: the tools that others check us with keep working and tell the truth. Method: each as a user
// calls it, small, against the real programs.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bannerRequest, newDataDir, type System, startSystem } from './system.js'

const run = promisify(execFile)
const built = (path: string): string =>
  fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

const data = newDataDir()
let system: System

beforeAll(async () => {
  system = await startSystem(data.path)
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

interface Report {
  readonly sent: number
  readonly bids: number
  readonly wins: number
  readonly ledger: { readonly agrees: boolean; readonly differences: readonly unknown[] } | null
  readonly broken?: readonly unknown[]
}

test('the simulated exchange wins auctions, and its bill equals the ledger to the nano', async () => {
  const { stdout } = await run(process.execPath, [
    ...[built('src/cli.js'), 'exchange', '--qps', '100', '--seconds', '4', '--json'],
    ...['--url', `${system.bidder}/openrtb2/demo`, '--admin', system.admin, '--seed', '3'],
    // The machine that runs all tests at once is not what is measured here.
    ...['--timeout-ms', '2000'],
  ])
  const report = JSON.parse(stdout) as Report & Record<string, unknown>
  expect(report).toMatchObject({ ledger: { agrees: true, differences: [] } })
  expect(JSON.stringify(report)).toContain('"wins"')
  expect(report.wins).toBeGreaterThan(50)
})

test('grosz explain reads a request and says what would be bid', async () => {
  const child = run(process.execPath, [built('src/cli.js'), 'explain', '--admin', system.admin])
  child.child.stdin!.end(JSON.stringify(bannerRequest('demo-cart')))
  const { impressions } = JSON.parse((await child).stdout) as {
    impressions: { bid: { campaign: string } }[]
  }
  expect(impressions[0]!.bid.campaign).toBe('ruszaj-cart')
  const wrong = run(process.execPath, [built('src/cli.js'), 'explain', '--admin', system.admin])
  wrong.child.stdin!.end('{"id":"1"}')
  await expect(wrong).rejects.toThrow()
})

test('the load benchmark runs through and prints one JSON object', async () => {
  const small = ['--campaigns', '100', '--profiles', '1000', '--seconds', '1', '--rounds', '1']
  const { stdout } = await run(process.execPath, [built('bench/load.js'), '--json', ...small])
  const report = JSON.parse(stdout) as Record<string, unknown>
  for (const name of [
    'floor',
    'throughput',
    'ratio',
    'p50',
    'p99',
    'p999',
    'campaigns',
    'profiles',
  ])
    expect(report, name).toHaveProperty(name)
})
