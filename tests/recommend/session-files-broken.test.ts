// Goal: what of a file can't be read is named, and a file of which nothing can be told is refused in one line. Method:
// broken files by hand.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { readSessions, type SessionFile } from '../../src/recommend/evaluation/session-files.js'
import { forms, idsOf, randomLog } from './session-forms.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grosz-broken-sessions-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function read(content: string | Buffer): Promise<SessionFile> {
  const path = join(folder, 'log')
  writeFileSync(path, content)
  return readSessions(path)
}

describe('lines that can’t be read are named, and left out', () => {
  test('in a table', async () => {
    const lines = ['session,item,time', '1,a,1700000000', '', ',b,1700000001', '1,,1700000001']
    lines.push('1,x,yesterday', '1', '1,"c,1700000001', `1,${'d'.repeat(100_000)},1700000001`)
    lines.push('1,\u0007,1700000002', '1,b,1700000002', '2,a,99999999999', '2,a,NA')
    for (let i = 0; i < 10; i++) lines.push(`3,c${i},${1_700_000_100 + i}`)
    const { report, ...found } = await read(lines.join('\n'))
    check.deepEqual(idsOf({ report, ...found })[0], ['a', 'b'])
    check.deepEqual([report.lineCount, report.unreadableCount], [21, 9])
    check.deepEqual(report.unreadable, [
      'line 4 has no session',
      'line 5 has no product',
      'line 6 has no such time: "yesterday"',
    ])
  })

  test('in JSON and in lists', async () => {
    const ok = JSON.stringify({
      session: 1,
      events: [
        { aid: 1, ts: 1.7e12 },
        { aid: 2, ts: 1.7e12 },
      ],
    })
    const json = await read(`${ok}\nnot json\n{"session":2}\n${ok.replace('1', '3')}\n`)
    check.deepEqual(json.report.unreadable, [
      'line 2 is no JSON object',
      'line 3 has no list of looks in "events"',
    ])
    check.equal(json.sessions.count, 2)
    const lists = await read(`a b\n\n  c   d \n${'x'.repeat(600)} y\n`)
    check.deepEqual(idsOf(lists), [
      ['a', 'b'],
      ['c', 'd'],
    ])
    check.match(lists.report.unreadable[0]!, /^line 4 has an id of 600 characters: "x{40}…"$/)
  })
})

describe('files that can’t be read are refused in one line', () => {
  const times = (rows: string): string => `session,item,time\n${rows}`
  const random = new Random(3)
  const bytes = Buffer.from(Array.from({ length: 5_000 }, () => 1 + random.below(255)))
  const cases: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['nothing', '', /log: is empty$/],
    ['empty lines', '\n\n\r\n', /log: is empty$/],
    ['an empty gzip', gzipSync(''), /log: is empty$/],
    ['names alone', 'session,item,time\n', /log: has no rows under its line of names$/],
    [
      'half a gzip',
      gzipSync(forms[0]!.write(randomLog(new Random(2), 50).looks)).subarray(0, 999),
      /log: is not a whole gzip file$/,
    ],
    [
      'a picture',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 0, 1]),
      /log: is not a text$/,
    ],
    ['rubbish', bytes, /log: is not a text$/],
    ['a zip', Buffer.from('PK\u0003\u0004…'), /log: is a zip file: unpack it first$/],
    ['Parquet', Buffer.from('PAR1…'), /log: is a Parquet file/],
    ['a list in JSON', '[{"sid":1}]', /log: begins as a list in JSON/],
    ['an endless line', 'x'.repeat(5_000_000), /log: has no line of less than 4 MB$/],
    [
      'a long line',
      'x'.repeat(100_000),
      /log: its lines are no rows with a session, a product and a time$/,
    ],
    [
      'words',
      'This is a text. It has words, and more.\nAnd (another) line.\n',
      /log: .*no column|no rows/,
    ],
    [
      'ids without times',
      'session_id,item_id\n1,a\n1,b\n',
      /log: no column among "session_id", "item_id" is known as that of times/,
    ],
    [
      'users and products in pairs',
      '1 17\n1 18\n1 19\n2 17\n2 20\n',
      /log: no column of its 2 is known as that of times/,
    ],
    ['features by number', '0 12:1 45:1\n1 13:1 45:1 99:1\n', /log: no column/],
    [
      'dates of which no one knows the order',
      times('1,a,12/1/2010 8:26\n'),
      /log: times are wanted .* not as "12\/1\/2010 8:26"$/,
    ],
    [
      'more broken than whole',
      times('1,a,1700000000\n1,b,1700000001\n,b,1\n,b,1\n,b,1\n'),
      /log: read as comma .*: 3 of 5 lines can't be read, as line 4 has no session$/,
    ],
    [
      'sessions of one look',
      times('1,a,1700000000\n2,b,1700000001\n'),
      /log: has no session of two looks$/,
    ],
    ['cases', 'a b\tc\na\tb\n', /log: two columns without times are cases/],
  ]
  for (const [name, content, expected] of cases)
    test(name, async () => {
      const error = await read(content).then(
        () => new Error('no error'),
        (thrown: Error) => thrown,
      )
      check.match(error.message, expected)
      check.ok(!error.message.includes('\n') && error.message.length < 1_000)
    })
})
