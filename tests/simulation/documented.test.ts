// Goal: whoever reads a broken rule's name in a report finds it explained, with the number that it has
// here. Method: the rules against the page.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bidRules } from '../../src/simulation/bid-rules.js'
import { answerRules } from '../../src/simulation/response-rules.js'

test('every rule is on the page, with its checklist number, and none besides', () => {
  const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')
  const documented = new Map<string, string>()
  for (const [, names, number] of page.matchAll(/^\| (`[^|]+`) \| (\d*) \| \S/gm))
    for (const [, name] of names!.matchAll(/`([\w-]+)`/g)) documented.set(name!, number!)
  const rules = new Map<string, string>([
    ...bidRules.map(({ rule, number }): [string, string] => [rule, `${number ?? ''}`]),
    ...Object.entries(answerRules).map(([rule, number]): [string, string] => [rule, `${number}`]),
    ['request-answered', '18'],
  ])
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(rules))
})

test('no two rules have one name', () => {
  const names = [...bidRules.map(({ rule }) => rule), ...Object.keys(answerRules)]
  expect(new Set(names).size).toBe(names.length)
})
