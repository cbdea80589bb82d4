// Goal: what shops send to Segment, RudderStack and Google Analytics comes to the events that they mean, and so does
// our own form. Method: bodies out of the public specs, and mistakes as senders make them, each with what it must
// come to; what isn't named there isn't looked at. (tests/cases/event)
import { strict as check } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { SegmentCall } from '../../../src/people/dialects/segment.js'
import { convert } from './world.js'

interface Case {
  readonly why: string
  readonly call?: SegmentCall
  readonly body: unknown
  readonly expect: {
    readonly fault?: string
    readonly events?: readonly object[]
    readonly ignored?: number
    readonly problems?: readonly object[]
    readonly junkIds?: number
    /** Events with the same key of an address. */
    readonly sameEmail?: readonly number[]
    readonly hasEmail?: true
  }
}

const folder = new URL('../../cases/event/', import.meta.url)

for (const name of readdirSync(folder)) {
  const {
    why,
    call,
    body,
    expect: expected,
  } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case
  test(`event: ${name.slice(0, -5)}: ${why}`, () => {
    const { fault, events, ignored, findings } = convert(body, {}, call)
    if (expected.fault !== undefined) check.ok(fault.includes(expected.fault), fault)
    else check.equal(fault, '')
    expect({ events, problems: findings.problems }).toMatchObject({
      events: expected.events ?? [],
      problems: expected.problems ?? [],
    })
    check.equal(ignored, expected.ignored ?? 0)
    check.equal(findings.junkIdCount, expected.junkIds ?? 0)
    const keys = (expected.sameEmail ?? []).map((i) => events[i]!.who.emailKey)
    for (const key of keys) check.match(key, /^[\w-]{43}$/)
    check.ok(new Set(keys).size <= 1)
    if (expected.hasEmail === true) check.match(events[0]!.who.emailKey, /^[\w-]{43}$/)
    check.doesNotMatch(JSON.stringify({ events, findings }), /example\.com/, 'an address is kept')
  })
}
