/** `grosz recommend`: how well next products are foretold for a file of sessions, and with which settings best. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Evaluation, evaluate, evaluatePopular } from '../recommend/evaluation/evaluate.js'
import type { LayoutOptions } from '../recommend/evaluation/files/layout.js'
import {
  type CaseFile,
  readCases,
  readSessions,
  type SessionFile,
  splitFile,
} from '../recommend/evaluation/session-files.js'
import { type Tuning, tune, tuneDefaults } from '../recommend/evaluation/tune.js'
import { NextItems } from '../recommend/sessions/next.js'
import { buildSessionIndex, bytesOf } from '../recommend/sessions/session-index.js'
import { leanOf, type NeighbourSettings } from '../recommend/sessions/settings.js'
import { checkSettings } from '../recommend/sessions/settings-file.js'
import {
  evaluationLines,
  foretoldLines,
  grouped,
  readLines,
  tuningLines,
} from './recommend-text.js'
import { tuneShop } from './tune-shop.js'

const usage = `usage: grosz recommend <command>

  evaluate TRAIN TEST   finds settings on the newest tenth of TRAIN, then foretells each case of TEST
  evaluate FILE         the same with the newest tenth of FILE as TEST, and the rest as TRAIN
    --json              one line of JSON: hr20, mrr20 and coverage in percent, p50Us, p90Us, p99Us, indexBytes,
                        cases, settings, tunedOn: {before, after}, lean: {hr20, mrr20, p50Us, p90Us, p99Us},
                        popular: {hr20, mrr20} of the products most looked at,
                        train and test: {path, readAs, lineCount, unreadableCount … what was left out}
    --lean              the text shows and judges the lean settings only
    --settings FILE     takes these settings instead of looking for some
  tune FILE             finds settings on the newest tenth of FILE
  tune --shop SHOP      the same on the shop's own sessions, of the data folder of the settings
    --json              one line of JSON: settings, before, after, checkedCases, tried, seconds; of a file: train
    --out SETTINGS      writes them into this file
    --save              with --shop: the shop's models are built with them from the next time on

  --seconds N           the search for settings ends after that (25); what is trained afterwards takes some more

Files are plain or gzip, and may be
  rows of a session, a product and a time, in any order, parted by tabs, commas, semicolons, pipes or spaces, with or
    without a first line of names; or lines of JSON, a look each, or a session each with its looks in a list
  one session a line, oldest first: ids of products with spaces in between
  TEST also: such a session so far, a tab, the id that came next; what TRAIN doesn't have is always missed
How a file was read is said. Where that is wrong, columns are told by name or number (from 1):
  --session-column C    --item-column C    --time-column C    --separator C (one character, tab or space)
  --user-column C       of what has no sessions: a person's visit ends
  --gap MINUTES         where so long nothing is looked at (30)
Where a file has events, and some of them are views or clicks, only these are looks. Sessions of one look are left out,
and of TEST products that TRAIN doesn't have. All products of TRAIN are ranked, those of the session too.
`

/** @throws Error for wrong arguments, missing files and lines that are none; one line that says which. */
export async function runRecommend(args: string[]): Promise<void> {
  const [command, ...rest] = args
  if (command === 'evaluate') await runEvaluate(rest)
  else if (command === 'tune') await runTune(rest)
  else if (command === undefined || command === '--help' || command === 'help')
    process.stdout.write(usage)
  else throw new Error(`recommend ${command} is not a command; see grosz recommend --help`)
}

async function runEvaluate(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      lean: { type: 'boolean', default: false },
      settings: { type: 'string' },
      seconds: { type: 'string' },
      ...fileOptions,
    },
  })
  const [trainPath, testPath] = positionals
  if (trainPath === undefined || positionals.length > 2)
    throw new Error(
      'recommend evaluate wants TRAIN and TEST, or one FILE; see grosz recommend --help',
    )
  const given = values.settings === undefined ? null : readSettings(values.settings)
  const secondsMax = secondsOf(values.seconds)
  const [train, test] = await readBoth(trainPath, testPath, layoutOptions(values))
  const { cases } = test
  const { itemCount } = train
  const tuning =
    given === null ? tune(train.sessions, itemCount, { ...tuneDefaults, secondsMax }) : null
  const settings = tuning?.settings ?? given!
  const parts = buildSessionIndex(train.sessions, itemCount)
  const judge = (tried: NeighbourSettings): Evaluation =>
    evaluate(new NextItems(parts, null, tried), cases, itemCount)
  const full = values.lean && !values.json ? null : judge(settings)
  const lean = judge(leanOf(settings))
  const popular = evaluatePopular(train.sessions, cases, itemCount)
  if (values.json) {
    const { before, after } = tuning ?? { before: null, after: null }
    const { coverage: _, cases: __, ...ofLean } = lean
    const tunedOn = tuning === null ? null : { before, after }
    const read = { train: train.report, test: test.report }
    const report = {
      ...full,
      ...{ indexBytes: bytesOf(parts), settings, tunedOn, lean: ofLean, popular },
      ...read,
    }
    console.info(JSON.stringify(report))
    return
  }
  const lines = [
    ...foretoldLines(train, test),
    ...(tuning === null ? [`settings of ${values.settings}`] : tuningLines(tuning)),
    '',
    ...evaluationLines(full, lean, popular, train.sessions.count),
    '',
    `index: ${grouped(bytesOf(parts))} bytes, ${Math.round(bytesOf(parts) / itemCount)} a product`,
  ]
  for (const line of lines) console.info(line)
}

/** @param testPath where there is none, the newest sessions of `trainPath` are kept aside. */
async function readBoth(
  trainPath: string,
  testPath: string | undefined,
  options: LayoutOptions,
): Promise<[SessionFile, CaseFile]> {
  const train = await readSessions(trainPath, options)
  tell(train)
  if (testPath === undefined) return splitFile(train, keptAsideShare)
  const test = await readCases(testPath, train.items, options)
  tell(test)
  return [train, test]
}

const tell = ({ report }: SessionFile | CaseFile): void => {
  for (const line of readLines(report)) console.error(line)
}

const keptAsideShare = 0.1

const fileOptions = {
  'session-column': { type: 'string' },
  'user-column': { type: 'string' },
  'item-column': { type: 'string' },
  'time-column': { type: 'string' },
  separator: { type: 'string' },
  gap: { type: 'string' },
} as const

/** @throws Error for a gap that is none. */
function layoutOptions(
  values: {
    readonly [name in keyof typeof fileOptions]?: string | undefined
  },
): LayoutOptions {
  const gapMinutes = values.gap === undefined ? undefined : Number(values.gap)
  if (gapMinutes !== undefined && !(gapMinutes > 0 && gapMinutes <= 1e6))
    throw new Error(`--gap: ${values.gap} is not a number of minutes`)
  return {
    session: values['session-column'],
    user: values['user-column'],
    item: values['item-column'],
    time: values['time-column'],
    separator: values.separator,
    gapMinutes,
  }
}

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
      ...fileOptions,
    },
  })
  const [path] = positionals
  if (positionals.length > 1 || (path === undefined) === (values.shop === undefined))
    throw new Error('recommend tune wants one FILE, or --shop; see grosz recommend --help')
  if (values.save && values.shop === undefined) throw new Error('--save: only with --shop')
  const options = { ...tuneDefaults, secondsMax: secondsOf(values.seconds) }
  let tuning: Tuning
  let train: SessionFile | null = null
  if (path !== undefined) {
    train = await readSessions(path, layoutOptions(values))
    tell(train)
    // Says so, where it is too little.
    splitFile(train, keptAsideShare)
    tuning = tune(train.sessions, train.itemCount, options)
  } else tuning = await tuneShop(values.shop!, options, values.save)
  if (values.out !== undefined) writeSettings(values.out, tuning.settings)
  if (values.json)
    console.info(JSON.stringify(train === null ? tuning : { ...tuning, train: train.report }))
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
