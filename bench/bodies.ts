import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Random } from '../src/base/random.js'
import { encodeBidRequest } from '../src/openrtb/protobuf/codec.js'
import { uidOf } from './world.js'

const corpus = new URL('../../../shared/corpus/dev/requests/', import.meta.url)

/** Bodies that the measurement draws from: made before it, so that it costs nothing while it runs. */
export interface Bodies {
  readonly source: string
  /** Real requests, half of them from known people, in countries where campaigns are. */
  readonly bids: readonly Buffer[]
  /** The same in a country where none is. */
  readonly noBids: readonly Buffer[]
  /** Real requests for native ads and videos, alone or beside banners; none without the corpus. */
  readonly formats: readonly Buffer[]
  /** `bids` as protobuf. */
  readonly protobuf: readonly Buffer[]
  readonly meanBytes: number
}

const poolCount = 40_000
const bytesMin = 900
const bytesMax = 2_100

interface Json {
  imp?: { banner?: object; bidfloor?: unknown; secure?: unknown }[]
  device?: { geo?: { country?: string } } & Record<string, unknown>
  user?: Record<string, unknown>
  regs?: unknown
  [name: string]: unknown
}

/**
 * Real banner requests of 1 to 2 KB from the corpus beside the repository; where it isn't there, ones
 * of the simulated exchange's generator, given as `made`.
 *
 * Changed in them: the person (a known `buyeruid` in every other one), the country, no floor over
 * what is paid, and no consent asked for, so that the profile is read.
 */
export function makeBodies(made: () => string[], profileCount: number): Bodies {
  const lines = existsSync(corpus) ? readCorpus() : made()
  const banners = madeFrom(lines.filter(isUsable), profileCount)
  const formats = existsSync(corpus) ? madeFrom(lines.filter(isOtherFormat), profileCount).bids : []
  const protobuf = banners.bids.map((body) => encodeBidRequest(JSON.parse(body.toString())))
  const bytes = banners.bids.reduce((sum, { length }) => sum + length, 0)
  const source = existsSync(corpus) ? 'corpus' : 'generator'
  return { source, ...banners, formats, protobuf, meanBytes: Math.round(bytes / poolCount) }
}

function madeFrom(
  usable: readonly string[],
  profileCount: number,
): Pick<Bodies, 'bids' | 'noBids'> {
  const random = new Random(42)
  const bids: Buffer[] = []
  const noBids: Buffer[] = []
  for (let i = 0; i < poolCount; i++) {
    const json = JSON.parse(usable[i % usable.length]!) as Json
    json['id'] = `bench-${i}`
    json.user = {
      ...json.user,
      buyeruid: i % 2 === 0 ? uidOf(random.below(profileCount)) : `x${i}`,
    }
    json.user['ext'] = undefined
    json.regs = { gdpr: 0 }
    for (const imp of json.imp ?? []) imp.bidfloor = 0.1
    const device = { ...json.device, lmt: 0, dnt: 0 }
    const at = (country: string): Buffer =>
      Buffer.from(
        JSON.stringify({ ...json, device: { ...device, geo: { ...json.device?.geo, country } } }),
      )
    bids.push(at(random.pick(['POL', 'DEU', 'CZE', 'FRA', 'USA'])))
    noBids.push(at('ATA'))
  }
  return { bids, noBids }
}

function readCorpus(): string[] {
  return readdirSync(corpus)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) => readFileSync(new URL(name, corpus), 'utf8').split('\n'))
}

/** Native or video that can be filled, and no currency or seat but those that are bid in. */
function isOtherFormat(line: string): boolean {
  if (line.length < 400 || line.length > bytesMax) return false
  const json = JSON.parse(line) as Json
  const { imp } = json
  return (
    typeof json['id'] === 'string' &&
    json['wseat'] === undefined &&
    json['cur'] === undefined &&
    Array.isArray(imp) &&
    imp.every((it) => typeof it === 'object' && typeof (it as Json)['id'] === 'string') &&
    /"native":\{"request":"|"video":\{[^{}]*"mimes":\[[^\]]*"video\/mp4"/.test(
      JSON.stringify(imp),
    ) &&
    !line.includes('private_auction":1')
  )
}

/** Banner only, of a size that we serve, and allowed to be bid on. */
function isUsable(line: string): boolean {
  if (line.length < bytesMin || line.length > bytesMax) return false
  const json = JSON.parse(line) as Json
  const text = JSON.stringify(json.imp ?? [])
  return (
    typeof json['id'] === 'string' &&
    json['wseat'] === undefined &&
    json['cur'] === undefined &&
    Array.isArray(json.imp) &&
    json.imp.every((imp) => typeof imp === 'object' && imp.banner !== undefined) &&
    /"w":(300|728|320|160|970),"h":(250|90|50|600)/.test(text) &&
    !text.includes('private_auction":1')
  )
}
