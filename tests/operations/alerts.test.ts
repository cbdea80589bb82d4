// Goal: the configuration that Prometheus is given loads, each alert fires when it should and not
// otherwise, asks for series that Grosz really writes, and leads to a runbook. Method: promtool on
// the real files; the rest by reading them beside the vocabulary.
import { strict as check } from 'node:assert'
import { readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import { parse } from 'yaml'
import { configDirectory, isMissing, promtool } from './prometheus.js'
import { labelsIn, namesIn, seriesLabels } from './vocabulary.js'

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
interface AlertCase {
  readonly alertname: string
  readonly exp_alerts: readonly unknown[]
}

const read = (file: string): unknown => parse(readFileSync(`${configDirectory}${file}`, 'utf8'))
const { groups } = read('alerts.yml') as { groups: readonly { readonly rules: readonly Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const recorded = rules.flatMap((rule) => rule.record ?? [])
const alerts = rules.filter((rule) => rule.alert !== undefined)
const { tests } = read('alerts.test.yml') as {
  tests: readonly { readonly alert_rule_test?: readonly AlertCase[] }[]
}
const cases = tests.flatMap((one) => one.alert_rule_test ?? [])
const runbooks = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')

describe.skipIf(isMissing('promtool'))('promtool', () => {
  test('takes the configuration', () => promtool('check', 'config', 'prometheus.yml'))
  test('takes the rules', () => promtool('check', 'rules', 'alerts.yml'))
  test('sees every case of the alerts hold', () => promtool('test', 'rules', 'alerts.test.yml'))
})

describe.each(rules)('$alert$record', (rule) => {
  test('asks only for what Grosz writes', () => {
    const labels = new Set(['job', 'instance'])
    for (const name of namesIn(rule.expr)) {
      check.ok(seriesLabels.has(name), `${name} is not in the vocabulary`)
      for (const label of seriesLabels.get(name)!) labels.add(label)
    }
    for (const label of labelsIn(rule.expr)) check.ok(labels.has(label), `no label ${label}`)
    for (const name of rule.expr.match(/grosz:[\w:]+/g) ?? [])
      check.ok(recorded.includes(name), `${name} is not recorded`)
  })
})

describe.each(alerts)('$alert', (rule) => {
  test('has a case in which it fires and one in which it does not', () => {
    const own = cases.filter((one) => one.alertname === rule.alert)
    check.ok(own.some((one) => one.exp_alerts.length > 0))
    check.ok(own.some((one) => one.exp_alerts.length === 0))
  })

  test('says how bad it is, what is wrong, and where its runbook stands', () => {
    check.match(rule.labels?.['severity'] ?? '', /^(page|ticket|info)$/)
    check.ok((rule.annotations?.['summary'] ?? '').length > 10)
    check.ok((rule.annotations?.['description'] ?? '').length > 20)
    const name = rule.alert!
    check.equal(rule.annotations?.['runbook'], `docs/operations.md#${name.toLowerCase()}`)
    check.match(runbooks, new RegExp(`^### ${name}$`, 'm'))
  })
})
