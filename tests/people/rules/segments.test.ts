// Goal: a shop's rules together say which segments somebody is in, keep what lists say, and stay within a slice's
// bounds; what is wrong with a shop's segments is told by its place in the file. Method: examples, and random rules
// beside each rule's own answer.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ruleFieldDocs } from '../../../src/people/rules/fields.js'
import { readyMadeSegments } from '../../../src/people/rules/ready-made.js'
import { defaultRfm } from '../../../src/people/rules/rfm.js'
import {
  checkSegments,
  compileSegments,
  SegmentRules,
  type SegmentText,
} from '../../../src/people/rules/segments.js'
import { checkSlice, emptySlice, segmentCountMax } from '../../../src/profiles/slice.js'
import { context, randomRule, randomSlice, spanMs, startMs } from './random-world.js'

const dayMs = 86_400_000
const foreverMs = Number.MAX_SAFE_INTEGER

function rulesOf(segments: readonly SegmentText[], isList?: (id: string) => boolean): SegmentRules {
  const { segments: compiled, faults } = compileSegments(segments, context)
  expect(faults).toEqual([])
  return new SegmentRules(compiled, isList)
}

test('segments: a visitor of six days is new for one more, and one of a list stays on it', () => {
  const rules = rulesOf([
    { id: 'new', rule: 'firstSeen.age < 7d' },
    { id: 'vip' },
    { id: 'old', rule: 'firstSeen.age >= 10d' },
    { id: 'everybody', rule: 'visits.count >= 0' },
  ])
  const slice = {
    ...emptySlice,
    firstSeenAtMs: startMs - 6 * dayMs,
    segments: [
      { segment: 'old', expiresAtMs: startMs + dayMs },
      { segment: 'vip', expiresAtMs: startMs + 9 * dayMs },
      { segment: 'gone', expiresAtMs: startMs },
    ],
  }
  expect(rules.memberships(slice, startMs)).toEqual({
    segments: [
      { segment: 'vip', expiresAtMs: startMs + 9 * dayMs },
      { segment: 'new', expiresAtMs: startMs + dayMs },
      { segment: 'everybody', expiresAtMs: foreverMs },
    ],
    dueAtMs: startMs + dayMs,
    leftOutCount: 0,
  })
  expect(rules.memberships(slice, startMs + dayMs)).toMatchObject({
    segments: [{ segment: 'vip' }, { segment: 'everybody' }],
    dueAtMs: startMs + 4 * dayMs,
  })
})

test('segments: nobody stays in a segment whose rule the shop has removed', () => {
  const slice = {
    ...emptySlice,
    segments: ['vip', 'removed'].map((segment) => ({ segment, expiresAtMs: foreverMs })),
  }
  const rules = rulesOf([{ id: 'vip' }], (id) => id === 'vip')
  expect(rules.memberships(slice, startMs).segments.map(({ segment }) => segment)).toEqual(['vip'])
})

test('segments: a moment at which nothing changes after all is looked past', () => {
  // The second view keeps them in when the first is too long ago.
  const rules = rulesOf([
    { id: 'a', rule: 'not (lastViewed.age >= 2d and visits.count > 5) or lastSearch.age < 7d' },
    { id: 'b', rule: '(lastSeen.age < 1d or lastSeen.age >= 1d) and lastSearch.age < 7d' },
  ])
  const slice = {
    ...emptySlice,
    lastSeenAtMs: startMs,
    viewed: [{ product: 'p', atMs: startMs }],
    searches: [{ text: 'q', atMs: startMs }],
  }
  const { segments, dueAtMs } = rules.memberships(slice, startMs)
  expect(segments).toEqual([
    { segment: 'a', expiresAtMs: foreverMs },
    { segment: 'b', expiresAtMs: startMs + 7 * dayMs },
  ])
  expect(dueAtMs).toBe(startMs + 7 * dayMs)
})

test('segments: of more than a slice has room for, lists and then the first of the file are kept', () => {
  const rules = rulesOf(
    Array.from({ length: segmentCountMax + 20 }, (_, i) => ({
      id: `s${i}`,
      rule: 'not consent.ads',
    })),
  )
  const list = { segment: 'list', expiresAtMs: startMs + 1 }
  const { segments, leftOutCount } = rules.memberships({ ...emptySlice, segments: [list] }, startMs)
  expect(segments.length).toBe(segmentCountMax)
  expect(segments[0]).toEqual(list)
  expect(segments.at(-1)?.segment).toBe(`s${segmentCountMax - 2}`)
  expect(leftOutCount).toBe(21)
  expect(checkSlice({ ...emptySlice, segments }).ok).toBe(true)
})

test('segments: together they say what each says alone, also after time has passed', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed)
    const texts = Array.from({ length: 12 }, (_, i) => ({ id: `s${i}`, rule: randomRule(random) }))
    const { segments: compiled } = compileSegments(
      [...texts, { id: 'vip' }, { id: 'staff' }],
      context,
    )
    expect(compiled.length).toBe(12)
    const rules = new SegmentRules(compiled)
    let slice = randomSlice(random)
    let dueAtMs = 0
    for (let nowMs = startMs; nowMs < startMs + 2 * spanMs; nowMs++) {
      const isIn = compiled
        .filter(({ rule }) => rule.evaluate(slice, nowMs).isIn)
        .map(({ id }) => id)
      if (nowMs >= dueAtMs) {
        const memberships = rules.memberships(slice, nowMs)
        slice = { ...slice, segments: memberships.segments }
        dueAtMs = memberships.dueAtMs
      }
      // What is kept is what a bidder sees: members until their moment.
      const kept = slice.segments
        .filter(({ segment, expiresAtMs }) => segment.startsWith('s') && expiresAtMs > nowMs)
        .map(({ segment }) => segment)
      expect(
        kept.filter((id) => id !== 'staff'),
        `seed ${seed}, ${nowMs - startMs} ms`,
      ).toEqual(isIn)
    }
  }
})

test('segments: faults name the place in the file', () => {
  const segments = [
    { id: 'vip' },
    { id: 'a', rule: 'cart.vaule > 5' },
    { id: 'b', rule: { all: [{ field: 'lastSeen.age', is: '>', value: 5 }] } },
    { id: 'c', rule: 'inSegment("d") and inSegment("vop")' },
    { id: 'd', rule: 'inSegment("vip")' },
    { id: 'vip' },
    { id: 'e', rule: 'not '.repeat(2_000) },
  ]
  expect(checkSegments(segments, context).map(({ message }) => message)).toEqual([
    'segments[1].rule: cart.vaule > 5\n^^^^^^^^^^\nno field is called cart.vaule; did you mean cart.value?',
    'segments[2].rule.all[0].value: lastSeen.age is a length of time: 30m, 12h or 14d, with its unit; did you mean 5d?',
    'segments[3].rule: inSegment is about lists, and d has a rule: write its conditions here',
    'segments[3].rule: no list is called vop; did you mean vip?',
    'segments[5].id: vip is there already',
    'segments[6].rule: a rule is at most 4000 characters long',
  ])
  expect(compileSegments(segments, context).segments.map(({ id }) => id)).toEqual(['d'])
})

test('segments: the ready-made ones are right in any currency, and written as we write them', () => {
  for (const currency of ['PLN', 'JPY', 'XXX']) {
    const faults = checkSegments(readyMadeSegments, { ...context, currency })
    expect(faults).toEqual([])
  }
  const { segments } = compileSegments(readyMadeSegments, context)
  for (const [i, { rule }] of segments.entries()) expect(rule.text).toBe(readyMadeSegments[i]!.rule)
})

test('segments: every buyer is in one RFM cell at least, and nobody else is in any', () => {
  const rules = rulesOf(readyMadeSegments.filter(({ id }) => id.startsWith('rfm-')))
  for (const days of [0, 29, 31, 100, 200, 364, 366, 999])
    for (const count of [1, 2, 3, 5, 10])
      for (const value of [0, 300, 700, 5_000]) {
        const lastAtMs = startMs - days * dayMs
        const orders = { ...emptySlice.orders, count, lastAtMs, valueMicros: value * 1e6 }
        const { segments } = rules.memberships({ ...emptySlice, orders }, startMs)
        expect(segments.length, `${days} days, ${count} orders, ${value}`).toBe(1)
      }
  expect(rules.memberships(emptySlice, startMs).segments).toEqual([])
})

test('segments: scores for spending are in the shop’s own currency', () => {
  expect(defaultRfm(context).spent).toEqual([4_000, 1_600, 600, 200])
  expect(defaultRfm({ currency: 'CZK', unitValue: { CZK: 0.0403, EUR: 1 } }).spent[3]).toBe(1_200)
  expect(defaultRfm({ currency: 'XXX', unitValue: {} }).spent).toEqual([1_000, 400, 150, 50])
})

test('segments: the guide has every field and every ready-made rule, and its examples are right', () => {
  const guide = readFileSync(new URL('../../../docs/segments.md', import.meta.url), 'utf8')
  for (const { name, hasWindow } of ruleFieldDocs) {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
    expect(row, name).toBeDefined()
    expect(row!.split('|')[3]!.trim(), name).toBe(hasWindow ? 'yes' : '')
  }
  for (const { id, rule } of readyMadeSegments)
    expect(guide).toContain(`| \`${id}\` | \`${rule}\` |`)
  const examples = guide.split('## Rules by example\n\n```\n')[1]!.split('\n```')[0]!.split('\n')
  const json = JSON.parse(guide.split('in brackets.\n\n```json\n')[1]!.split('\n```')[0]!)
  const segments = [...examples, json].map((rule, i) => ({ id: `s${i}`, rule }))
  expect(checkSegments([{ id: 'vip' }, ...segments], context)).toEqual([])
})
