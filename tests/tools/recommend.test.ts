// Goal: whoever has a file of sessions learns how well their next products are foretold, in words or as one line of
// JSON, with settings found, given or written; and what is wrong with a file in one line. Method: the command is
// called with small files, made so that what comes next is known.
import { strict as check } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Random } from '../../src/base/random.js'
import { runRecommend } from '../../src/tools/recommend.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grosz-recommend-tool-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** What the last `run` said beside its answer. */
let told: string[] = []

async function run(...args: string[]): Promise<string> {
  const lines: string[] = []
  told = []
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => {
    told.push(line)
  })
  const info = vi.spyOn(console, 'info').mockImplementation((line: string) => {
    lines.push(line)
  })
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  try {
    await runRecommend(args)
  } finally {
    error.mockRestore()
    info.mockRestore()
    write.mockRestore()
  }
  return lines.join('\n')
}

/** After each product comes the one whose number is one higher, mostly. */
function walks(random: Random, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++) {
    let item = random.below(80)
    const ids = Array.from({ length: 3 + random.below(4) }, () => {
      item = random.chance(0.8) ? (item + 1) % 80 : random.below(80)
      return `p${item}`
    })
    text += `${ids.join(' ')}\n`
  }
  return text
}

describe('evaluate', () => {
  test('as one line of JSON', async () => {
    const train = file('train.gz', gzipSync(walks(new Random(1), 1_500)))
    const test = file('test.tsv', 'p1 p2 p3\tp4\np7\tp8\r\np20 p30\tp31\np1\tnobody\nnobody\tp1\n')
    const text = await run('evaluate', train, test, '--json', '--seconds', '5')
    check.equal(text.split('\n').length, 1)
    const report = JSON.parse(text)
    check.deepEqual(Object.keys(report).sort(), [
      'cases',
      'coverage',
      'hr20',
      'indexBytes',
      'lean',
      'mrr20',
      'p50Us',
      'p90Us',
      'p99Us',
      'popular',
      'settings',
      'test',
      'train',
      'tunedOn',
    ])
    check.deepEqual([report.cases, report.hr20, report.mrr20], [5, 60, 60])
    check.deepEqual(Object.keys(report.lean).sort(), ['hr20', 'mrr20', 'p50Us', 'p90Us', 'p99Us'])
    check.ok(report.indexBytes > 1_000 && report.p50Us > 0 && report.p99Us >= report.p90Us)
    check.ok(report.tunedOn.after.mrr20 >= report.tunedOn.before.mrr20)
    check.ok(report.settings.ranker !== undefined)
  })

  test('one file, whose newest tenth is foretold from the rest', async () => {
    const text = walks(new Random(4), 1_000)
    const lines = text.trim().split('\n')
    const one = JSON.parse(await run('evaluate', file('one', text), '--json', '--seconds', '5'))
    const cases = lines.slice(900).map((line) => line.split(' '))
    check.equal(
      one.cases,
      cases.reduce((sum, looks) => sum + looks.length - 1, 0),
    )
    const train = file('train', `${lines.slice(0, 900).join('\n')}\n`)
    const test = cases.flatMap((looks) =>
      looks.slice(1).map((next, i) => `${looks.slice(0, i + 1).join(' ')}\t${next}\n`),
    )
    const two = JSON.parse(
      await run('evaluate', train, file('test', test.join('')), '--json', '--seconds', '5'),
    )
    check.deepEqual([one.hr20, one.mrr20], [two.hr20, two.mrr20])
  })

  test('in words', async () => {
    const train = file('train.txt', walks(new Random(2), 300))
    const test = file('test.tsv', 'p1\tp2\n')
    const text = await run('evaluate', train, test)
    expect(text).toContain('300 sessions')
    expect(text).toContain('1 cases')
    check.match(text, /Grosz, lean +100\.00 +(50|100)\.00/)
    check.match(text, /the most popular +(100|0)\.00/)
    check.doesNotMatch(text, /published/)
  })

  test('with settings that were written before', async () => {
    const train = file('train.txt', walks(new Random(3), 1_500))
    const test = file('test.tsv', 'p1\tp2\n')
    const settings = join(folder, 'settings.json')
    const tuned = JSON.parse(await run('tune', train, '--json', '--out', settings))
    check.deepEqual(JSON.parse(readFileSync(settings, 'utf8')), tuned.settings)
    const report = JSON.parse(await run('evaluate', train, test, '--json', '--settings', settings))
    check.equal(report.tunedOn, null)
    check.deepEqual(report.settings, tuned.settings)
  })

  test('of looks with times, and what was left out is told', async () => {
    const train = file('train.csv', 'sid,sku,ts\n2,b,30.5\n1,a,10\n1,b,20\n2,c,40\n3,c,50\nx\n')
    const test = file(
      'test.tsv',
      'SessionId\tItemId\tTime\n9\tx\t100\n9\ta\t101\n9\tb\t102\n8\tx\t5\n8\tc\t6\n',
    )
    const report = JSON.parse(await run('evaluate', train, test, '--json'))
    check.deepEqual([report.cases, report.hr20], [1, 100])
    check.deepEqual(told, [
      `${train}: read as comma separated rows: session "sid", product "sku", time "ts" (in s)`,
      `${train}: 1 of 6 lines left out: line 7 has no product`,
      `${test}: read as tab separated rows: session "SessionId", product "ItemId", time "Time" (in s)`,
    ])
    check.deepEqual([report.train.singleCount, report.train.unreadableCount], [1, 1])
    check.deepEqual([report.test.unknownCount, report.test.shortCount], [2, 1])
    check.equal(`${train}: read as ${report.train.readAs}`, told[0])
    const text = await run('evaluate', train, test)
    expect(text).toContain('2 sessions, 4 looks, 3 products; 1 cases')
    expect(text).toContain(
      "left out: 1 sessions of TRAIN of one look; 2 looks of TEST at products that TRAIN doesn't have; 1 sessions of TEST with fewer than two others",
    )
  })

  test('with columns that are named', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `u${i >> 2};p${i & 3};${1.7e9 + i}`)
    const path = file('log.csv', `who;what;when\n${rows.join('\n')}\n`)
    const columns = ['--user-column', 'who', '--item-column', 'what', '--time-column', '3']
    const report = JSON.parse(await run('evaluate', path, ...columns, '--gap', '5', '--json'))
    check.deepEqual([report.cases, report.hr20], [3, 100])
    check.match(told[0]!, /user "who".* visits end with 5 minutes without a look$/)
    await run('tune', path, ...columns, '--separator', ';')
    await expect(run('tune', path)).rejects.toThrow(/log.csv: no column among "who"/)
    await expect(run('tune', path, '--gap', 'x')).rejects.toThrow(/--gap: x is not a number/)
  })
})

test('tune in words', async () => {
  const text = await run('tune', file('train.txt', walks(new Random(4), 1_500)))
  check.match(text, /HR@20 \d+\.\d\d → \d+\.\d\d, MRR@20/)
  check.match(text, /positionDecay \d/)
  const few = await run('tune', file('few.txt', 'a b\n'.repeat(20)))
  check.match(few, /too few sessions/)
})

describe('what is wrong is said in one line', () => {
  const cases: readonly (readonly [string, string | Buffer, string | Buffer, RegExp])[] = [
    ['no sessions', '', 'a\tb\n', /train: is empty$/],
    ['no cases', 'a b\n', '', /test: is empty$/],
    [
      'nothing in common',
      'a b\n',
      'c d\n',
      /test: has no session with two products that TRAIN has/,
    ],
    ['cases to learn from', 'a b\tc\n', 'a\tb\n', /train: two columns without times are cases/],
    ['no times', 'SessionId\tItemId\n1\ta\n', 'a\tb\n', /train: no column among .* of times/],
  ]
  for (const [name, train, tests, expected] of cases)
    test(name, async () => {
      const error = await run('evaluate', file('train', train), file('test', tests)).then(
        () => new Error('no error'),
        (thrown: Error) => thrown,
      )
      check.match(error.message, expected)
      check.ok(!error.message.includes('\n'))
    })

  test('files and arguments', async () => {
    const train = file('train', 'a b\n')
    const bad = file('bad.json', '{"looksMax":0}')
    const [missing, text] = [join(folder, 'missing'), file('text', 'not json')]
    await expect(run('evaluate', missing, train)).rejects.toThrow(/missing: there is no such file/)
    await expect(run('evaluate', folder, train)).rejects.toThrow(/can't be read \(EISDIR\)/)
    await expect(run('evaluate')).rejects.toThrow(/wants TRAIN and TEST/)
    await expect(run('evaluate', train)).rejects.toThrow(
      /train: of its 1 sessions .* none of the newest/,
    )
    await expect(run('tune', train)).rejects.toThrow(
      /train: of its 1 sessions .* none of the newest/,
    )
    await expect(run('evaluate', train, train, train)).rejects.toThrow(/wants TRAIN and TEST/)
    await expect(run('tune')).rejects.toThrow(/wants one FILE/)
    await expect(run('tune', train, '--seconds', 'x')).rejects.toThrow(/--seconds: x is not/)
    const enough = file('enough', 'a b\n'.repeat(20))
    await expect(run('tune', enough, '--out', folder)).rejects.toThrow(
      /can't be written \(EISDIR\)/,
    )
    await expect(run('guess')).rejects.toThrow(/recommend guess is not a command/)
    await expect(run('tune', '--fast', train)).rejects.toThrow(/--fast/)
    const evaluate = (path: string): Promise<string> =>
      run('evaluate', train, train, '--settings', path)
    await expect(evaluate(bad)).rejects.toThrow(/bad\.json\.looksMax: /)
    await expect(evaluate(missing)).rejects.toThrow(/missing: there is no such file/)
    await expect(evaluate(text)).rejects.toThrow(/text: is not JSON/)
  })

  test('help', async () => check.match(await run('--help'), /usage: grosz recommend/))
})
