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

async function run(...args: string[]): Promise<string> {
  const lines: string[] = []
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
      'settings',
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

  test('of clicks with times', async () => {
    const clicks = (rows: readonly string[]): string =>
      `SessionId\tItemId\tTime\n${rows.map((row) => row.replaceAll(' ', '\t')).join('\n')}\n`
    const train = file('train.tsv', clicks(['2 b 30.5', '1 a 10', '1 b 20', '2 c 40']))
    const test = file('test.tsv', clicks(['9 x 100', '9 a 101', '9 b 102', '8 b 5', '8 c 6']))
    const report = JSON.parse(await run('evaluate', train, test, '--json'))
    check.deepEqual([report.cases, report.hr20], [3, 66.67])
  })
})

test('tune in words', async () => {
  const text = await run('tune', file('train.txt', walks(new Random(4), 1_500)))
  check.match(text, /HR@20 \d+\.\d\d → \d+\.\d\d, MRR@20/)
  check.match(text, /positionDecay \d/)
  const few = await run('tune', file('few.txt', 'a b\nb c\n'))
  check.match(few, /too few sessions/)
})

describe('what is wrong is said in one line', () => {
  const cases: readonly (readonly [string, string | Buffer, string | Buffer, RegExp])[] = [
    ['an empty line', 'a b\n\nc d\n', 'a\tb\n', /train, line 2: is empty$/],
    ['two spaces', 'a b\nc  d\n', 'a\tb\n', /train, line 2: an id is empty$/],
    ['cases for sessions', 'a b\tc\n', 'a\tb\n', /train, line 1: is not a list of ids: "a b\\tc"$/],
    ['sessions for cases', 'a b\n', 'a b\n', /test, line 1: a session, a tab and the id/],
    ['nothing so far', 'a b\n', 'a\tb\n\tc\n', /test, line 2: is empty$/],
    ['nothing next', 'a b\n', 'a\t\n', /test, line 1: is empty$/],
    ['two next', 'a b\n', 'a\tb c\n', /test, line 1: more than one id comes next$/],
    ['no sessions', '', 'a\tb\n', /train: no sessions in it$/],
    ['no cases', 'a b\n', '', /test: no cases in it$/],
    [
      'a picture',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]),
      'a\tb\n',
      /line 1: is not a list/,
    ],
    [
      'half a gzip',
      gzipSync('a b\nc d\n').subarray(0, 15),
      'a\tb\n',
      /train: is not a whole gzip file$/,
    ],
    [
      'an endless id',
      `a ${'b'.repeat(500)}\n`,
      'a\tb\n',
      /line 1: is not a list of ids: ".{40}…"$/,
    ],
    [
      'clicks without time',
      'SessionId\tItemId\tTime\n1\ta\n',
      'a\tb\n',
      /line 2: session, product and seconds/,
    ],
    [
      'clicks of words',
      'SessionId\tItemId\tTime\n1\ta\tnow\n',
      'a\tb\n',
      /line 2: session, product/,
    ],
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
    await expect(run('evaluate', train)).rejects.toThrow(/train: has too few sessions/)
    await expect(run('evaluate', train, train, train)).rejects.toThrow(/wants TRAIN and TEST/)
    await expect(run('tune')).rejects.toThrow(/wants one FILE/)
    await expect(run('tune', train, '--seconds', 'x')).rejects.toThrow(/--seconds: x is not/)
    await expect(run('tune', train, '--out', folder)).rejects.toThrow(/can't be written \(EISDIR\)/)
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
