// Goal: the benchmark of the stores runs. Method: a small one, on a real server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { benchStores } from '../../../bench/stores.bench.js'
import { isRedisMissing, startServer } from './servers.js'

test.skipIf(isRedisMissing())('the benchmark runs', async () => {
  const servers = await startServer()
  onTestFinished(() => servers.remove())
  const folder = mkdtempSync(join(tmpdir(), 'grosz-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const lines: string[] = []
  await benchStores(
    { folder, store: servers.address, profileCount: 200, rate: 200, seconds: 0.2 },
    (line) => lines.push(line),
  )
  expect(lines).toHaveLength(7)
  expect(lines[0]).toMatch(/^200 people, \d+ slices/)
  // How many are in time is for the benchmark to say, and the machine's.
  for (const line of lines.slice(4)) expect(line).toMatch(/[1-9]\d* % bid, 0 read errors$/)
})
