/**
 * What it costs to read a bid request: `npm run bench:parse -- [--json] [--rounds 15]`.
 *
 * Our scanner beside JSON.parse alone, and JSON.parse with a plain read of the same fields, over the
 * requests of the corpus: those of 900 to 2,100 bytes, as exchanges send them, and all. Rounds are
 * interleaved; the least and the median of them are nanoseconds per request.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parse } from '../src/openrtb/parse.js'
import { BidRequest } from '../src/openrtb/request.js'
import { referenceParse } from '../tests/openrtb/reference-reader.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
  },
})
const corpus = new URL('../../../shared/corpus/dev/', import.meta.url)
const bytesMin = 900
const bytesMax = 2_100
/** Work in one turn of a rival: long enough for the clock, short enough to be interleaved. */
const turnBytes = 6_000_000

type Utf8Buffer = Buffer & { utf8Slice(start: number, end: number): string }
type Reader = (body: Buffer) => unknown

const request = new BidRequest()
const rivals: Readonly<Record<string, Reader>> = {
  ours: (body) => parse(body, request),
  'JSON.parse': (body) => JSON.parse((body as Utf8Buffer).utf8Slice(0, body.length)) as unknown,
  'JSON.parse and fields': (body) => referenceParse(body, request),
}

interface Figure {
  readonly leastNs: number
  readonly medianNs: number
  readonly mbPerSecond: number
  /** How much dearer than ours, least by least. */
  readonly ratio: number
}

if (!existsSync(corpus)) throw new Error('the corpus stands beside the repository, as ../shared')
const all = [
  ...readFolder('requests/', '.ndjson'),
  ...readFolder('real-traffic/', 'openrtb.ndjson'),
]
const usual = readFolder('requests/', '.ndjson').filter(
  ({ length }) => length >= bytesMin && length <= bytesMax,
)
const result = {
  [`requests of ${bytesMin} to ${bytesMax} bytes`]: measure(usual),
  'all requests': measure(all),
}
if (values.json) console.info(JSON.stringify(result))
else for (const [set, figures] of Object.entries(result)) print(set, figures)

function readFolder(name: string, ending: string): Buffer[] {
  const folder = new URL(name, corpus)
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line))
}

function measure(bodies: readonly Buffer[]): {
  count: number
  meanBytes: number
  figures: Record<string, Figure>
} {
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  const turns = Math.max(1, Math.round(turnBytes / bytes))
  const rounds = new Map(Object.keys(rivals).map((name): [string, number[]] => [name, []]))
  // The first rounds are for the compiler.
  for (let round = -3; round < Number(values.rounds); round++)
    for (const [name, read] of Object.entries(rivals)) {
      const ns = timeOf(read, bodies, turns)
      if (round >= 0) rounds.get(name)!.push(ns)
    }
  const least = (name: string): number => Math.min(...rounds.get(name)!)
  const figures = Object.keys(rivals).map((name): [string, Figure] => [
    name,
    {
      leastNs: Math.round(least(name)),
      medianNs: Math.round(median(rounds.get(name)!)),
      mbPerSecond: Math.round((bytes / bodies.length / least(name)) * 1_000),
      ratio: Math.round((least(name) / least('ours')) * 100) / 100,
    },
  ])
  return {
    count: bodies.length,
    meanBytes: Math.round(bytes / bodies.length),
    figures: Object.fromEntries(figures),
  }
}

function timeOf(read: Reader, bodies: readonly Buffer[], turns: number): number {
  const start = process.hrtime.bigint()
  for (let turn = 0; turn < turns; turn++) for (const body of bodies) read(body)
  return Number(process.hrtime.bigint() - start) / (turns * bodies.length)
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
}

function print(set: string, { count, meanBytes, figures }: ReturnType<typeof measure>): void {
  console.info(`\n${count} ${set}, ${meanBytes} bytes on average`)
  for (const [name, { leastNs, medianNs, mbPerSecond, ratio }] of Object.entries(figures))
    console.info(
      `${name.padEnd(24)} ${`${leastNs}`.padStart(7)} ns, median ${`${medianNs}`.padStart(7)}, ` +
        `${`${mbPerSecond}`.padStart(5)} MB/s, ${ratio.toFixed(2)} of ours`,
    )
}
