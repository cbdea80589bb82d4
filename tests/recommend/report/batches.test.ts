// Goal: those who wait together share a commit, however many they are, and none waits for more than the commit that is
// under way and its own; but a transaction doesn't hold up requests for long. Method: tables whose commits end when the
// test says so, and a clock that each change moves.
import { strict as check } from 'node:assert'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.js'
import { Batches, TooBusy } from '../../../src/recommend/report/batches.js'
import { MemoryTables } from './memory-tables.js'

class SlowTables extends MemoryTables {
  transactionCount = 0
  /** Ends the commit that is under way. */
  commit: () => void = () => {}
  /** Before the transaction may write. */
  lock: Promise<void> = Promise.resolve()

  override async transaction<T>(action: () => T): Promise<T> {
    this.transactionCount++
    await this.lock
    const value = await super.transaction(action)
    await new Promise<void>((resolve) => {
      this.commit = resolve
    })
    return value
  }
}

const nothing = { hasMore: false, write() {}, written() {}, failed() {} }
const clock = new ManualClock()

test('all that come while a commit is under way share the next one, in order', async () => {
  const tables = new SlowTables()
  const batches = new Batches(tables, clock, 1_000, nothing)
  const done: number[] = []
  const run = (number: number): void => {
    void batches.run(() => done.push(number))
  }
  run(0)
  await turn()
  for (let number = 1; number < 500; number++) run(number)
  await turn()
  check.deepEqual([tables.transactionCount, done.length], [1, 1])
  tables.commit()
  await turn()
  check.deepEqual([tables.transactionCount, done.length], [2, 500])
  check.deepEqual(
    done,
    Array.from({ length: 500 }, (_, index) => index),
  )
  tables.commit()
  await batches.idle()
})

test('so do those that come while it waits for its turn to write', async () => {
  const tables = new SlowTables()
  const batches = new Batches(tables, clock, 1_000, nothing)
  let unlock = (): void => {}
  tables.lock = new Promise((resolve) => {
    unlock = resolve
  })
  const first = batches.run(() => 'first')
  await turn()
  const second = batches.run(() => 'second')
  unlock()
  await turn()
  tables.commit()
  check.deepEqual(await Promise.all([first, second]), ['first', 'second'])
  check.equal(tables.transactionCount, 1)
})

test('a transaction ends where it has taken long, and has one change at least', async () => {
  const tables = new SlowTables()
  const batches = new Batches(tables, clock, 1_000, nothing)
  const sizes: number[] = []
  let count = 0
  const all = Array.from({ length: 7 }, (_, index) =>
    batches.run(() => {
      count++
      clock.advance(index === 6 ? 1_000 : 1)
    }),
  )
  for (let at = 0; at < 5; at++) {
    await turn()
    sizes.push(count)
    tables.commit()
  }
  await Promise.all(all)
  check.deepEqual([...new Set(sizes)], [4, 7])
})

test('where no transaction can be had, nobody waits for ever', async () => {
  const tables = new MemoryTables()
  const batches = new Batches(tables, clock, 3, nothing)
  tables.transaction = () => Promise.reject(new Error('no room'))
  const all = Array.from({ length: 4 }, () => batches.run(() => 0))
  const outcomes = await Promise.allSettled(all)
  check.deepEqual(
    outcomes.map((it) => it.status === 'rejected' && it.reason.message),
    [...Array(3).fill('no room'), 'report: too many changes wait'],
  )
  check.ok((outcomes[3] as PromiseRejectedResult).reason instanceof TooBusy)
  await batches.idle()
})
