// Goal: what shops expect of carts, orders, refunds and consent holds, told early, late, twice or by two devices.
// Method: cases of tests/cases/fold, each with its why: events one after another, into one slice or into two that
// are then joined, and what the slice must say; numbers that fade to ten digits.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fold } from '../../src/people/fold.js'
import { mergeSlices } from '../../src/people/merge.js'
import { checkSlice, emptySlice, type Slice } from '../../src/profiles/slice.js'
import { decodeSlice, encodeSlice } from '../../src/profiles/slice-codec.js'
import { eventOf, type GivenEvent } from './given-event.js'

interface Case {
  readonly why: string
  readonly events: readonly GivenEvent[]
  /** What somebody else did who turned out to be the same. */
  readonly joined?: readonly GivenEvent[]
  readonly expect: Partial<Slice>
}

const folder = new URL('../cases/fold/', import.meta.url)
const cases = readdirSync(folder).map((name): [string, Case] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
])
const folded = (events: readonly GivenEvent[], name: string): Slice =>
  events.reduce((slice, event, i) => fold(slice, eventOf(event, `${name} ${i}`)), emptySlice)

test.each(cases)('%s', (name, { why, events, joined, expect: expected }) => {
  const own = folded(events, name)
  const slices =
    joined === undefined
      ? [own]
      : [mergeSlices(own, folded(joined, 'other')), mergeSlices(folded(joined, 'other'), own)]
  for (const slice of slices) {
    expect(slice, why).toMatchObject(expected)
    expect(checkSlice(slice), why).toEqual({ ok: true, value: slice })
    expect(decodeSlice(encodeSlice(slice)), why).toEqual(slice)
  }
})
