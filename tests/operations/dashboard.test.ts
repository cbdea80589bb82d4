// Goal: the dashboard that Grafana is given shows something: each query parses and asks for series
// and labels that Grosz really writes, each panel has a unit and a place of its own. Method: the
// JSON file read as it is; queries judged by promtool. tests/operations/scrape.test.ts runs them.
import { strict as check } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { dashboard, panels, queries } from './dashboard.js'
import { isMissing, promtool } from './prometheus.js'
import { labelsIn, namesIn, seriesLabels } from './vocabulary.js'

const grafana = new URL('../../config/grafana/', import.meta.url)
const readYaml = (file: string): unknown => parse(readFileSync(new URL(file, grafana), 'utf8'))

test('every number of the vocabulary that a rate or a level makes sense of is on it', () => {
  const shown = new Set(queries.flatMap((query) => namesIn(query.expression)))
  const missing = [...seriesLabels.keys()].filter(
    (name) => !shown.has(name) && !/_duration_seconds_(sum|count)$/.test(name),
  )
  check.deepEqual(missing, [])
})

test.skipIf(isMissing('promtool'))('promtool parses every query', () => {
  const directory = mkdtempSync(join(tmpdir(), 'grosz-dashboard-'))
  const file = join(directory, 'queries.yml')
  const rules = queries.map((query, i) => ({
    record: `dashboard:query:${i}`,
    expr: query.expression,
    labels: { panel: query.panel },
  }))
  writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
  try {
    promtool('check', 'rules', file)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test.each(queries)('$panel: asks only for what Grosz writes', ({ expression }) => {
  const labels = new Set(['job', 'instance', 'alertstate'])
  for (const name of namesIn(expression)) {
    check.ok(seriesLabels.has(name), `${name} is not in the vocabulary`)
    for (const label of seriesLabels.get(name)!) labels.add(label)
  }
  // Recorded names are checked with the alerts; this one keeps the exchange.
  if (expression.includes('grosz:request_duration_seconds')) labels.add('exchange')
  for (const label of labelsIn(expression)) check.ok(labels.has(label), `no label ${label}`)
})

describe('the page', () => {
  test('each panel says what it shows, in a unit, from the data source that is provisioned', () => {
    const { datasources } = readYaml('provisioning/datasources/prometheus.yml') as {
      datasources: readonly { readonly uid: string }[]
    }
    for (const panel of panels) {
      check.equal(panel.datasource?.uid, datasources[0]!.uid, panel.title)
      check.ok((panel.description ?? '').length > 5, `${panel.title}: no description`)
      check.ok(panel.fieldConfig?.defaults.unit, `${panel.title}: no unit`)
      check.ok(panel.targets!.length > 0, `${panel.title}: no query`)
    }
    const ids = dashboard.panels.map((panel) => panel.id)
    check.equal(new Set(ids).size, ids.length)
  })

  test('no panel lies on another or hangs over the edge', () => {
    const cells = new Map<string, string>()
    for (const { gridPos, title } of dashboard.panels) {
      check.ok(gridPos.x + gridPos.w <= 24, `${title} hangs over the edge`)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          check.equal(cells.get(`${x},${y}`), undefined, `${title} lies on another panel`)
          cells.set(`${x},${y}`, title)
        }
    }
  })

  test('an exchange can be chosen, and every query that knows exchanges heeds it', () => {
    check.deepEqual(
      dashboard.templating.list.map((variable) => variable.name),
      ['exchange'],
    )
    for (const { expression, panel } of queries)
      for (const name of namesIn(expression))
        if (seriesLabels.get(name)!.includes('exchange'))
          check.match(expression, new RegExp(`${name}{exchange=~"`), panel)
  })

  test('Grafana is pointed at the directory that compose mounts', () => {
    const { providers } = readYaml('provisioning/dashboards/grosz.yml') as {
      providers: readonly { readonly options: { readonly path: string } }[]
    }
    check.equal(providers[0]!.options.path, '/var/lib/grafana/dashboards')
  })
})
