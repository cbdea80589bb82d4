/**
 * What a request costs to read on each wire, and gzip's part: nanoseconds, the least of interleaved
 * rounds over the same 2,000 requests. Micro-benchmarks flatter (caches are warm): read the ratios.
 *
 *   npm run bench:protobuf -- [--json] [--rounds 15]
 */
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Deflater, Inflater } from '../src/edge/gzip.js'
import { parse } from '../src/openrtb/parse.js'
import { decodeMessage, encodeBidRequest } from '../src/openrtb/protobuf/codec.js'
import { parseProtobuf } from '../src/openrtb/protobuf/parse.js'
import { BidRequest } from '../src/openrtb/request.js'
import { makeBodies } from './bodies.js'
import { madeRequests } from './made-requests.js'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
})

const bodies = makeBodies(madeRequests, 100_000).bids.slice(0, 2_000)
const texts = bodies.map((body) => body.toString())
const packed = texts.map((text) => encodeBidRequest(JSON.parse(text)))
const gzipped = bodies.map((body) => gzipSync(body))
const bytesMax = 1 << 20
const request = new BidRequest()
const inflater = new Inflater()
const deflater = new Deflater()

for (const [i, body] of bodies.entries()) {
  const fault = parse(body, request)
  const otherFault = parseProtobuf(packed[i]!, request)
  if (fault !== otherFault) throw new Error(`'${fault}' and '${otherFault}': ${texts[i]}`)
}

/** Each is given the number of the turn. */
const stages: Record<string, (i: number) => unknown> = {
  'JSON: JSON.parse alone': (i) => JSON.parse(texts[i]!),
  'JSON: openrtb/parse': (i) => parse(bodies[i]!, request),
  'protobuf: protobufjs alone': (i) => decodeMessage(packed[i]!),
  'protobuf: openrtb/protobuf/parse': (i) => parseProtobuf(packed[i]!, request),
  'inflate: gunzipSync': (i) => gunzipSync(gzipped[i]!, { maxOutputLength: bytesMax }),
  'inflate: edge/gzip': (i) => inflater.inflate(gzipped[i]!, bytesMax),
  'deflate: gzipSync, level 1': (i) => gzipSync(bodies[i]!, { level: 1 }),
  'deflate: edge/gzip': (i) => deflater.gzip(bodies[i]!),
}

const best = new Map<string, number>()
let sink: unknown
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, stage] of Object.entries(stages)) {
    const start = performance.now()
    for (let i = 0; i < bodies.length; i++) sink = stage(i)
    const nanos = ((performance.now() - start) * 1e6) / bodies.length
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, nanos))
  }
void sink

const mean = (list: readonly Buffer[]): number =>
  Math.round(list.reduce((sum, { length }) => sum + length, 0) / list.length)
const report = {
  ...Object.fromEntries([...best].map(([name, nanos]) => [name, Math.round(nanos)])),
  'bytes of JSON, mean': mean(bodies),
  'bytes of protobuf, mean': mean(packed),
  'bytes of gzip, mean': mean(gzipped),
}
if (values.json) console.info(JSON.stringify(report))
else console.table(report)
