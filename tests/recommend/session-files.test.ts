// Goal: whatever form somebody's log has, the same sessions come out of it. Method: one random log is
// written in each form, ordered anyhow, plain and gzip, and read back.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { evaluate } from '../../src/recommend/evaluation/evaluate.js'
import type { LayoutOptions } from '../../src/recommend/evaluation/files/layout.js'
import {
  readCases,
  readSessions,
  type SessionFile,
  splitFile,
} from '../../src/recommend/evaluation/session-files.js'
import { NextItems } from '../../src/recommend/sessions/next.js'
import { buildSessionIndex } from '../../src/recommend/sessions/session-index.js'
import { asLines, forms, idsOf, type Look, randomLog, shuffled } from './session-forms.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grosz-session-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const read = (content: string | Buffer, options: LayoutOptions = {}): Promise<SessionFile> =>
  readSessions(file('log', content), options)

describe('one log in any form gives the same sessions', () => {
  const log = randomLog(new Random(1), 150)
  for (const { name, write } of forms)
    test(name, async () => {
      const text = write(log.looks)
      const plain = await read(text)
      check.deepEqual(idsOf(plain), log.sessions)
      check.equal(plain.report.unreadableCount, 0)
      check.equal(plain.report.singleCount > 0, true)
      check.equal(plain.sessions.hasTimes, true)
      check.deepEqual(await read(gzipSync(text)), plain)
      check.deepEqual(await read(text.trimEnd()), plain)
    })

  test('one session a line', async () => {
    const found = await read(asLines(log))
    check.deepEqual(idsOf(found), log.sessions)
    check.equal(found.sessions.hasTimes, false)
  })

  test('lines that end as on old Macs', async () => {
    const text = forms[0]!.write(log.looks).replaceAll('\n', '\r')
    check.deepEqual(idsOf(await read(text)), log.sessions)
  })

  test('UTF-16, as Windows writes it', async () => {
    const text = `\ufeff${forms[0]!.write(log.looks)}`
    check.deepEqual(idsOf(await read(Buffer.from(text, 'utf16le'))), log.sessions)
  })
})

test('the order of a file and its form change no figure', async () => {
  const seed = 20_241_126
  const random = new Random(seed)
  for (let round = 0; round < 12; round++) {
    const { looks } = randomLog(random, 60 + random.below(60))
    const first = figuresOf(await read(forms[0]!.write(looks)))
    check.ok(first.evaluation.cases > 5)
    for (let i = 0; i < 3; i++) {
      const form = forms[random.below(forms.length)]!
      const found = figuresOf(await read(form.write(shuffled(random, looks))))
      check.deepEqual(found, first, `seed ${seed}, round ${round}, ${form.name}`)
    }
  }
})

function figuresOf(
  whole: SessionFile,
): Record<string, unknown> & { evaluation: { cases: number } } {
  const [train, test] = splitFile(whole, 0.1)
  const next = new NextItems(buildSessionIndex(train.sessions, train.itemCount))
  const {
    p50Us: _,
    p90Us: __,
    p99Us: ___,
    ...evaluation
  } = evaluate(next, test.cases, train.itemCount)
  const {
    path: _path,
    readAs: _readAs,
    lineCount: _lines,
    otherCount: _others,
    ...left
  } = test.report
  return { evaluation, left, sessions: train.sessions, cases: test.cases }
}

describe('what counts', () => {
  const look = (session: string, item: string, seconds: number): Look => ({
    user: 'u',
    session,
    item,
    seconds: 1_700_000_000 + seconds,
  })
  const csv = (looks: readonly Look[]): string =>
    `session_id,item_id,ts\n${looks.map((l) => `${l.session},${l.item},${l.seconds}\n`).join('')}`

  test('of equal times what stands first', async () => {
    const looks = [look('1', 'b', 5), look('1', 'a', 5), look('2', 'c', 5), look('2', 'd', 5)]
    check.deepEqual(idsOf(await read(csv(looks))), [
      ['b', 'a'],
      ['c', 'd'],
    ])
  })

  test('fractions of seconds', async () => {
    const text =
      's1\tx\t1700000000.9\ns1\ty\t1700000000.25\ns2\ta\t1699999999\ns2\tb\t1700000000.5\n'
    const found = await read(`session\titem\ttime\n${text}`)
    check.deepEqual(idsOf(found), [
      ['a', 'b'],
      ['y', 'x'],
    ])
    check.deepEqual([...found.sessions.endSeconds], [1_700_000_000, 1_700_000_000])
  })

  test('a pause ends the visit of a user', async () => {
    const looks = ['a 0', 'b 60', 'c 1860', 'd 3661', 'e 3700']
    const text = `user_id,product_id,timestamp\n${looks.map((l) => `7,${l.split(' ')[0]},${1.7e9 + Number(l.split(' ')[1])}\n`).join('')}`
    check.deepEqual(idsOf(await read(text)), [
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
    const longer = await read(text, { gapMinutes: 31 })
    check.deepEqual(idsOf(longer), [['a', 'b', 'c', 'd', 'e']])
    check.match(longer.report.readAs, /user "user_id".*visits end with 31 minutes without a look/)
  })

  test('all events, where none is known as a look', async () => {
    const text = 'sid,sku,ts,type\n1,a,1700000000,purchase\n1,b,1700000001,cart\n'
    const found = await read(text)
    check.deepEqual([idsOf(found), found.report.otherCount], [[['a', 'b']], 0])
  })

  test('the newest looks of an endless session', async () => {
    const looks = Array.from({ length: 100_000 }, (_, i) => look('1', `p${i % 700}`, i))
    const found = await read(csv([...looks, look('2', 'a', 1), look('2', 'b', 2)]))
    check.deepEqual(
      [found.sessions.count, found.sessions.items.length, found.report.longCount],
      [2, 202, 1],
    )
    check.equal(idsOf(found)[1]!.at(-1), looks.at(-1)!.item)
    const inLine = await read(`${looks.map(({ item }) => item).join(' ')}\na b\n`)
    check.equal(inLine.sessions.items.length, 202)
  })

  test('ids with any characters', async () => {
    const ids = ['ą ż', 'a,b', '"q"', 'x|y;z', '🛒', '<b>', '0012', '12', 'p'.repeat(512)]
    const quoted = (id: string): string => `"${id.replaceAll('"', '""')}"`
    const text = `sid,sku,ts\n${ids.map((id, i) => `1,${quoted(id)},${1.7e9 + i}\n`).join('')}`
    check.deepEqual(idsOf(await read(text)), [ids])
    const json = ids.map((id, i) => `${JSON.stringify({ sid: 1, sku: id, ts: 1.7e9 + i })}\n`)
    check.deepEqual(idsOf(await read(json.join(''))), [ids])
  })

  test('keys without names that last for days are of users', async () => {
    // As MovieLens has it: user, product, stars, seconds.
    const looks = Array.from({ length: 40 }, (_, i) => {
      const seconds = 881_250_949 + Math.floor(i / 2) * 90_000 + (i % 2) * 5
      return `${i % 4 < 2 ? 196 : 22}\t${300 + i}\t3\t${seconds}\n`
    })
    const { sessions, report } = await read(looks.join(''))
    check.deepEqual([sessions.count, sessions.items.length], [20, 40])
    check.match(report.readAs, /user column 1, product column 2, time column 4/)
  })

  test('ids in JSON that are greater than a double holds', async () => {
    const [one, other] = ['9007199254740992', '9007199254740993']
    const look = (id: string, seconds: number): string =>
      `{"sid": 1, "sku":${id},"note":"of \\": 9007199254740993, or","part":0.12345678901234567890, "ts":${1.7e9 + seconds}000000}\n`
    const found = await read(look(one, 1) + look(other, 2))
    check.deepEqual(idsOf(found), [[one, other]])
    const events = [one, other].map((aid) => `{"aid":${aid},"ts":1700000000000000}`)
    const inList = await read(
      `{"session":${one},"events":[${events.join()}]}\n{"session":${other},"events":[${events.join()}]}`,
    )
    check.deepEqual(idsOf(inList), [
      [one, other],
      [one, other],
    ])
  })

  test('columns that are named, by name or number', async () => {
    const text = 'who;what;when;noise\n1;a;1700000000;9\n1;b;1700000001;9\n'
    await expect(read(text)).rejects.toThrow(
      /log: no column among "who", "what", "when", "noise" is known as that of sessions or users/,
    )
    const named = { session: 'who', item: 'What', time: '3' }
    check.deepEqual(idsOf(await read(text, named)), [['a', 'b']])
    check.deepEqual(idsOf(await read(text, { ...named, session: undefined, user: '1' })), [
      ['a', 'b'],
    ])
    await expect(read(text, { ...named, item: 'which' })).rejects.toThrow(
      /--item-column: there is no "which", but who, what, when, noise$/,
    )
    await expect(read(text, { ...named, user: 'who' })).rejects.toThrow(/are one too many$/)
    const odd = text.replaceAll(';', '~')
    check.deepEqual(idsOf(await read(odd, { ...named, separator: '~' })), [['a', 'b']])
    const spaced = text.replaceAll(';', ' ')
    check.deepEqual(idsOf(await read(spaced, { ...named, separator: 'space' })), [['a', 'b']])
    await expect(read(odd, { separator: 'tilde' })).rejects.toThrow(/--separator: tilde is not/)
    // Without names: a log of users of a day, which by itself is taken for one of sessions.
    const users = 'u1\ta\t1700000000\nu1\tb\t1700000001\nu1\tc\t1700009000\nu1\td\t1700009001\n'
    check.equal((await read(users)).sessions.count, 1)
    check.equal((await read(users, { user: '1' })).sessions.count, 2)
  })
})

describe('what is to be foretold', () => {
  const train = '1 2 3\n2 3 4\n3 4 5\n'

  test('is without products that are only there, and told so', async () => {
    const { items } = await read(train)
    const { cases, report } = await readCases(file('test', '1 9 2 3\n8 4\n4 5\n7\n'), items)
    check.deepEqual([report.unknownCount, report.shortCount, report.singleCount], [2, 1, 1])
    check.deepEqual(
      [cases.count, [...cases.next.subarray(0, 3)].map((item) => items.idOf(item))],
      [3, ['2', '3', '5']],
    )
  })

  test('may stand there as cases, of which unknown ones are missed', async () => {
    const { items } = await read(train)
    const { cases, report } = await readCases(file('test', '1 9 2\t3\n4\t8\n'), items, {
      session: 'column of TRAIN',
    })
    check.deepEqual([...cases.next], [items.indexOf('3'), -1])
    check.deepEqual(
      [cases.ends[0]! - cases.starts[0]!, report.unknownCount, report.missedCount],
      [2, 0, 1],
    )
  })

  test('has something in common with what is learnt from', async () => {
    const { items } = await read(train)
    for (const text of ['a b\nc d e\n', 'a\tb\n', '1 a\n'])
      await expect(readCases(file('test', text), items)).rejects.toThrow(
        /test: has no session with/,
      )
  })
})
