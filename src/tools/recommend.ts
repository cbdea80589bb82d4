/** `grosz recommend`: how well next products are foretold for a file of sessions, and with which settings best. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Cases, splitTail } from '../recommend/evaluation/cases.js'
import { type Evaluation, evaluate } from '../recommend/evaluation/evaluate.js'
import { publishedFor } from '../recommend/evaluation/published.js'
import { readCases, readSessions, type SessionFile } from '../recommend/evaluation/session-files.js'
import { type Tuning, tune, tuneDefaults } from '../recommend/evaluation/tune.js'
import { NextItems } from '../recommend/sessions/next.js'
import { buildSessionIndex, bytesOf } from '../recommend/sessions/session-index.js'
import { leanOf, type NeighbourSettings } from '../recommend/sessions/settings.js'
import { checkSettings } from '../recommend/sessions/settings-file.js'
import { tuneShop } from './tune-shop.js'

const usage = `usage: grosz recommend <command>

  evaluate TRAIN TEST   finds settings on the newest tenth of TRAIN, then foretells each case of TEST
  evaluate FILE         the same with the newest tenth of FILE as TEST, and the rest as TRAIN
    --json              one line of JSON: hr20, mrr20 and coverage in percent, p50Us, p90Us, p99Us, indexBytes,
                        cases, settings, tunedOn: {before, after}, lean: {hr20, mrr20, p50Us, p90Us, p99Us}
    --lean              the text shows and judges the lean settings only
    --settings FILE     takes these settings instead of looking for some
  tune FILE             finds settings on the newest tenth of FILE
  tune --shop SHOP      the same on the shop's own sessions, of the data folder of the settings
    --json              one line of JSON: settings, before, after, checkedCases, tried, seconds
    --out SETTINGS      writes them into this file
    --save              with --shop: the shop's models are built with them from the next time on

  --seconds N           the search for settings ends after that (25); what is trained afterwards takes some more

TRAIN and FILE: one session a line, oldest first, ids with spaces in between. TEST: such a session, a tab, the id
that came next. Or both: a line "SessionId<tab>ItemId<tab>Time", then one click a line. Plain or gzip.
All products of TRAIN are ranked, those of the session too; what TRAIN doesn't have is always missed.
`

/** @throws Error for wrong arguments, missing files and lines that are none; one line that says which. */
export async function runRecommend(args: string[]): Promise<void> {
  const [command, ...rest] = args
  if (command === 'evaluate') runEvaluate(rest)
  else if (command === 'tune') await runTune(rest)
  else if (command === undefined || command === '--help' || command === 'help')
    process.stdout.write(usage)
  else throw new Error(`recommend ${command} is not a command; see grosz recommend --help`)
}

function runEvaluate(args: string[]): void {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      lean: { type: 'boolean', default: false },
      settings: { type: 'string' },
      seconds: { type: 'string' },
    },
  })
  const [trainPath, testPath] = positionals
  if (trainPath === undefined || positionals.length > 2)
    throw new Error(
      'recommend evaluate wants TRAIN and TEST, or one FILE; see grosz recommend --help',
    )
  const given = values.settings === undefined ? null : readSettings(values.settings)
  const secondsMax = secondsOf(values.seconds)
  const { train, cases } = readBoth(trainPath, testPath)
  const itemCount = train.items.count
  const tuning =
    given === null ? tune(train.sessions, itemCount, { ...tuneDefaults, secondsMax }) : null
  const settings = tuning?.settings ?? given!
  const parts = buildSessionIndex(train.sessions, itemCount)
  const judge = (tried: NeighbourSettings): Evaluation =>
    evaluate(new NextItems(parts, null, tried), cases, itemCount)
  const full = values.lean && !values.json ? null : judge(settings)
  const lean = judge(leanOf(settings))
  if (values.json) {
    const { before, after } = tuning ?? { before: null, after: null }
    const { coverage: _, cases: __, ...ofLean } = lean
    const tunedOn = tuning === null ? null : { before, after }
    const report = { ...full, indexBytes: bytesOf(parts), settings, tunedOn, lean: ofLean }
    console.info(JSON.stringify(report))
    return
  }
  const lines = [
    `${grouped(train.sessions.count)} sessions, ${grouped(train.sessions.items.length)} looks, ${grouped(itemCount)} products; ${grouped(cases.count)} cases`,
    ...(tuning === null ? [`settings of ${values.settings}`] : tuningLines(tuning)),
    '',
    row('', 'HR@20', 'MRR@20', 'coverage', 'p50 µs', 'p90 µs', 'p99 µs'),
    ...(full === null ? [] : [evaluationRow('Grosz', full)]),
    evaluationRow('Grosz, lean', lean),
    ...publishedLines(train, cases.count),
    '',
    `index: ${grouped(bytesOf(parts))} bytes, ${Math.round(bytesOf(parts) / itemCount)} a product`,
  ]
  for (const line of lines) console.info(line)
}

/** @param testPath where there is none, the newest sessions of `trainPath` are kept aside. */
function readBoth(trainPath: string, testPath?: string): { train: SessionFile; cases: Cases } {
  const train = readSessions(trainPath)
  if (testPath !== undefined) return { train, cases: readCases(testPath, train.items) }
  const { head, cases } = splitTail(train.sessions, train.items.count, keptAsideShare)
  if (head.count === 0 || cases.count === 0)
    throw new Error(`${trainPath}: has too few sessions to keep some of them aside`)
  return { train: { ...train, sessions: head }, cases }
}

const keptAsideShare = 0.1

async function runTune(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
      save: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      shop: { type: 'string' },
    },
  })
  const [path] = positionals
  if (positionals.length > 1 || (path === undefined) === (values.shop === undefined))
    throw new Error('recommend tune wants one FILE, or --shop; see grosz recommend --help')
  if (values.save && values.shop === undefined) throw new Error('--save: only with --shop')
  const options = { ...tuneDefaults, secondsMax: secondsOf(values.seconds) }
  let tuning: Tuning
  if (path !== undefined) {
    const { sessions, items } = readSessions(path)
    tuning = tune(sessions, items.count, options)
  } else tuning = await tuneShop(values.shop!, options, values.save)
  if (values.out !== undefined) writeSettings(values.out, tuning.settings)
  if (values.json) console.info(JSON.stringify(tuning))
  else {
    for (const line of tuningLines(tuning)) console.info(line)
    const { ranker, ...plain } = tuning.settings
    for (const [name, value] of Object.entries(plain)) console.info(`  ${name} ${value}`)
    console.info(`  ranker ${ranker === null ? 'none' : `of ${ranker.output.length} units`}`)
    if (values.out !== undefined) console.info(`written into ${values.out}`)
    if (values.save) console.info(`the next models of ${values.shop} are built with them`)
  }
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return tuneDefaults.secondsMax
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 86_400))
    throw new Error(`--seconds: ${text} is not a number of seconds from 0 to 86400`)
  return seconds
}

function readSettings(path: string): NeighbourSettings {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Error(`${path}: there is no such file`)
    throw new Error(`${path}: ${code === undefined ? 'is not JSON' : `can't be read (${code})`}`)
  }
  const settings = checkSettings(json, path)
  if (!settings.ok) throw new Error(settings.faults[0]!)
  return settings.value
}

function writeSettings(path: string, settings: NeighbourSettings): void {
  try {
    writeFileSync(path, `${JSON.stringify(settings)}\n`)
  } catch (error) {
    throw new Error(`${path}: can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function tuningLines({ before, after, checkedCases, tried, seconds }: Tuning): string[] {
  if (tried === 0) return ['too few sessions to look for settings: those for any shop']
  const change = (from: number, to: number): string => `${from.toFixed(2)} → ${to.toFixed(2)}`
  return [
    `settings: ${tried} tried on the newest tenth in ${seconds.toFixed(0)} s; on ${grouped(checkedCases)} cases kept aside HR@20 ${change(before.hr20, after.hr20)}, MRR@20 ${change(before.mrr20, after.mrr20)}`,
  ]
}

function publishedLines(train: SessionFile, caseCount: number): string[] {
  const published = publishedFor(train.sessions.count, caseCount)
  if (published === null) return []
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(2))
  return [
    `published on ${published.name}:`,
    ...published.rows.map(([name, hr20, mrr20]) => row(name, figure(hr20), figure(mrr20))),
  ]
}

const evaluationRow = (name: string, { hr20, mrr20, coverage, ...micros }: Evaluation): string =>
  row(
    name,
    hr20.toFixed(2),
    mrr20.toFixed(2),
    `${coverage.toFixed(1)}%`,
    micros.p50Us.toFixed(0),
    micros.p90Us.toFixed(0),
    micros.p99Us.toFixed(0),
  )

const row = (name: string, ...cells: string[]): string =>
  name.padEnd(30) + cells.map((cell) => cell.padStart(10)).join('')

const grouped = (count: number): string => count.toLocaleString('en')
