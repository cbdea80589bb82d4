// Goal: what docs/shops.md shows a marketer of slots can be typed as it stands. Method: its commands, run by a shell
// with the real curl on an API that runs, one after another; then the slot as it has become, and the figures that
// the page explains.
import { strict as check } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { sourceNames } from '../../src/catalogue/slots.js'
import {
  clickRateDifference,
  clickRateOf,
  type Interval,
  meanDifference,
} from '../../src/recommend/report/statistics.js'
import { openWorld, type World } from './api-fuzz-world.js'

const page = readFileSync(new URL('../../docs/shops.md', import.meta.url), 'utf8')
const section = /^## Recommendations\n([\s\S]*?)^## /m.exec(page)?.[1] ?? ''
const blocks = (kind: string): string[] =>
  [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, its, text]) =>
    its === kind ? [text!] : [],
  )

const hasCurl = spawnSync('bash', ['-c', 'command -v curl']).status === 0
if (!hasCurl)
  console.warn('*** SKIPPED: curl is missing: the commands of docs/shops.md are not run ***')

/** @returns all that was written; throws where a command failed, or was answered with an error. */
function shell(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  const strict = `set -eu\ncurl() { command curl -sS --fail-with-body "$@"; }\n${script}`
  const child = spawn('bash', ['-c', strict], { env: { ...process.env, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))))
  })
}

describe.skipIf(!hasCurl)('docs/shops.md', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world?.close())

  test('its commands for slots do what it says', async () => {
    const key = world.keys.get('a.marketer')!
    const scripts = blocks('sh')
    check.equal(scripts.length, 4)
    for (const script of scripts) await shell(script, { API: world.base, KEY: key })
    const { json } = await world.call('GET', '/v1/slots/product-also', { key })
    check.deepEqual(json.strategies, ['next', 'viewed-then-bought', 'similar'])
    check.deepEqual(json.rules.pins, [{ product: 'sku-1', position: 1 }])
    check.equal(json.rules.boosts.length, 2)
    check.equal(json.experiment.variants[0].title, 'Often bought with it')
    const report = await world.call('GET', '/v1/slots/product-also/report', { key })
    const [{ variants }] = report.json.experiments
    check.deepEqual(Object.keys(variants[1]), Object.keys(JSON.parse(blocks('json')[0]!)))
  })
})

test('it names every strategy', () => {
  for (const name of sourceNames) check.ok(section.includes(`\`${name}\``), name)
})

test('its figures are what the report would say', () => {
  const { clicks, views, clickRate, people, againstControl } = JSON.parse(blocks('json')[0]!)
  check.equal(clickRate, clicks / views)
  const rounded = (value: number): number => Number(value.toFixed(6))
  check.equal(people.ordersPerPerson, rounded(people.orders / people.count))
  check.equal(people.valuePerPerson, rounded(people.orderValue / people.count))
  // Of people who look about five times each, some of whom click much more often than others.
  const tried = { people: people.count, views, clicks }
  const triedSums = { ...tried, viewsViews: 12_000, clicksClicks: 190, viewsClicks: 760 }
  const control = { people: 520, views: 2_500, clicks: 100 }
  const controlSums = { ...control, viewsViews: 20_000, clicksClicks: 180, viewsClicks: 810 }
  const shown = (it: Interval | null): Interval => ({
    difference: rounded(it!.difference),
    from: rounded(it!.from),
    to: rounded(it!.to),
  })
  const byView = clickRateDifference(tried, triedSums, control, controlSums)
  const byPeople = meanDifference(clickRateOf(triedSums), clickRateOf(controlSums))
  check.deepEqual(againstControl.clickRate, shown(byView))
  check.deepEqual(againstControl.clickRateByPeople, shown(byPeople))
})
