// Goal: rules mean what a marketer would think they do, and what is wrong is told where it is wrong. Method: cases in
// tests/cases/rule, with times as "-30m" from now; bounds and whatever else is long are made here.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { compileRule } from '../../../src/people/rules/compile.js'
import { explainFault } from '../../../src/people/rules/fault.js'
import { ruleFieldDocs, ruleFields } from '../../../src/people/rules/fields.js'
import { emptySlice, noOrders, type Slice } from '../../../src/profiles/slice.js'
import { context, randomRule } from './random-world.js'

const nowMs = 1_750_000_000_000

interface Case {
  readonly why: string
  readonly rule: unknown
}
interface EvaluationCase extends Case {
  readonly slice: Record<string, unknown>
  readonly isIn: boolean
  readonly changes: string
}
interface FaultCase extends Case {
  readonly path?: string
  readonly word: string
  readonly reason: string
  readonly suggestion: string
}

function cases<T extends Case>(name: string): T[] {
  const text = readFileSync(new URL(`../../cases/rule/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(text, (key, value: unknown) =>
    key.endsWith('AtMs') || key === 'atMs' ? nowMs + millis(String(value)) : value,
  ) as T[]
}

function millis(text: string): number {
  const [, sign, amount, unit] = /^([+-])(\d+)(ms|m|h|d)$/.exec(text)!
  const size = { ms: 1, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit!]!
  return Number(amount) * size * (sign === '-' ? -1 : 1)
}

const faultsOf = (rule: unknown) => {
  const result = compileRule(rule, context)
  return result.ok ? [] : result.faults
}

for (const name of ['carts', 'browsing', 'buying', 'together'])
  for (const { why, rule, slice: said, isIn, changes } of cases<EvaluationCase>(name))
    test(`rules: ${name}: ${why}`, () => {
      const result = compileRule(rule, context)
      if (!result.ok) throw new Error(JSON.stringify(result.faults))
      const orders = { ...noOrders, ...(said['orders'] as object | undefined) }
      const slice = { ...emptySlice, ...said, orders } as Slice
      const verdict = result.value.evaluate(slice, nowMs)
      const changesAtMs = changes === 'never' ? Infinity : nowMs + millis(changes)
      expect(verdict).toEqual({ isIn, changesAtMs })
    })

for (const { why, rule, text } of cases<Case & { text: string }>('canonical'))
  test(`rules: as we write it: ${why}`, () => {
    const result = compileRule(rule, context)
    if (!result.ok) throw new Error(JSON.stringify(result.faults))
    expect(result.value.text).toBe(text)
  })

for (const expected of cases<FaultCase>('faults'))
  test(`rules: fault: ${expected.why}`, () => {
    const { rule, path = '', word, reason, suggestion } = expected
    const [fault] = faultsOf(rule)
    expect(fault).toMatchObject({ path, word, reason, suggestion })
    // What it points at is the word.
    if (typeof rule !== 'string') expect(fault).toMatchObject({ at: 0, length: 0 })
    else expect(rule.slice(fault!.at, fault!.at + fault!.length)).toBe(word)
  })

test('rules: a fault is shown below its line', () => {
  const source = 'consent.ads and\n\tcart.vaule >= 500\nor visits.count > 1'
  expect(explainFault(source, faultsOf(source)[0]!)).toBe(
    '\tcart.vaule >= 500\n\t^^^^^^^^^^\nno field is called cart.vaule; did you mean cart.value?',
  )
  expect(explainFault('not ', faultsOf('not ')[0]!)).toBe(
    'not \n    ^\na condition should start here, as cart.value >= 500',
  )
})

test('rules: all wrong words are told of at once', () => {
  const faults = faultsOf('cart.vaule > 5 or lastSeen.age > 5 or consent.adds')
  expect(faults.map(({ word }) => word)).toEqual(['cart.vaule', '5', 'consent.adds'])
})

test('rules: what is too long, too deep or too much is refused', () => {
  const reasonOf = (rule: unknown) => faultsOf(rule)[0]?.reason
  const term = { field: 'consent.ads' }
  let deep: unknown = term
  for (let i = 0; i < 16; i++) deep = { not: deep }
  const many = (count: number) => Array.from({ length: count }, () => 'consent.ads')
  expect(reasonOf('consent.ads'.padEnd(4_001))).toBe('a rule is at most 4000 characters long')
  expect(reasonOf(`${'('.repeat(16)}consent.ads${')'.repeat(16)}`)).toMatch(/at most 16 deep/)
  expect(reasonOf(`${'('.repeat(15)}consent.ads${')'.repeat(15)}`)).toBeUndefined()
  expect(reasonOf('not '.repeat(900))).toMatch(/at most 16 deep/)
  expect(reasonOf(deep)).toMatch(/at most 16 deep/)
  expect(reasonOf(many(65).join(' or '))).toMatch(/at most 64 conditions/)
  expect(reasonOf(many(64).join(' or '))).toBeUndefined()
  expect(reasonOf({ any: many(65).map((field) => ({ field })) })).toMatch(/at most 64 conditions/)
  const list = Array.from({ length: 65 }, (_, i) => i)
  expect(reasonOf(`visits.count is one of [${list.join(',')}]`)).toMatch(/at most 64 values/)
  expect(reasonOf(`viewed.product("${'p'.repeat(129)}")`)).toMatch(/at most 128 long/)
  expect(reasonOf('viewed.product("a\u0000b")')).toBe('the text has what is no character')
  expect(reasonOf('viewed.product("\ud800")')).toBe('the text has what is no character')
  expect(reasonOf('visits.count > 99999999999')).toMatch(/at most a billion/)
  expect(faultsOf({ all: Array.from({ length: 60 }, () => ({ field: 'x' })) }).length).toBe(20)
})

test('rules: no text at all makes it throw, or point outside of itself', () => {
  const pieces =
    '()[],"\'<>=!&|.-%$ \t\n§ż0 1.5 and or not is one of within 14d cart.value PLN “ ” \\'.split(
      /(?= )/,
    )
  for (let seed = 1; seed <= 3_000; seed++) {
    const random = new Random(seed)
    const whole = randomRule(random)
    const at = random.below(whole.length)
    const source = random.chance(0.5)
      ? `${whole.slice(0, at)}${random.pick(pieces)}${whole.slice(at + random.below(4))}`
      : Array.from({ length: random.below(20) }, () => random.pick(pieces)).join('')
    for (const fault of faultsOf(source)) {
      expect(fault.at + fault.length, `seed ${seed}: ${source}`).toBeLessThanOrEqual(source.length)
      expect(explainFault(source, fault).split('\n').length, `seed ${seed}`).toBe(3)
    }
  }
})

test('rules: every field is explained, and the example of its fault is right', () => {
  expect(new Set(ruleFields.map(({ name }) => name.toLowerCase())).size).toBe(ruleFields.length)
  for (const [i, { name, description }] of ruleFieldDocs.entries()) {
    expect(description).not.toBe('')
    const field = ruleFields[i]!
    if (field.kind === 'yes') continue
    const reason = faultsOf(field.name)[0]!.reason
    const example = /[wW]rite (.*)$/.exec(reason)![1]!
    expect(faultsOf(example), `${name}: ${reason}`).toEqual([])
  }
})
