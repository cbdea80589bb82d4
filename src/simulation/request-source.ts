import { readFileSync } from 'node:fs'
import type { ByteWriter } from '../base/byte-writer.js'
import { keyOf } from '../base/key.js'
import { Random } from '../base/random.js'
import type { Format } from './formats.js'
import { RequestGenerator } from './request-generator.js'
import { postHead, RequestTemplate } from './request-template.js'
import { isObject, type LooseRequest } from './wire.js'
import { bodyOf, contentTypes, type Wire } from './wires.js'

/** One bid request in its two forms: as an anonymous person's and as a known one's. */
export interface PreparedRequest {
  /** As parsed, for the auction; null where the line isn't a JSON object. */
  readonly request: LooseRequest | null
  readonly anonymous: RequestTemplate
  /** With a place for a uid in `user.buyeruid`; null where the request isn't an object. */
  readonly known: RequestTemplate | null
  /** The templates have a place for an id; otherwise it is sent as it stands in the file. */
  readonly hasOwnId: boolean
}

/** Distinct requests that the generator makes ahead; they come round again under new ids. */
const generatedCount = 2_000

/** Requests of the project's own generator. */
export function generatedRequests(options: {
  readonly seed: number
  readonly currency: string
  readonly formats?: readonly Format[]
  readonly dealIds?: readonly string[]
}): readonly PreparedRequest[] {
  const generator = new RequestGenerator(options)
  return Array.from({ length: generatedCount }, () => {
    const request = generator.next()
    return {
      request,
      anonymous: RequestTemplate.of(request, { id: true, uid: false }),
      known: RequestTemplate.of(request, { id: true, uid: true }),
      hasOwnId: true,
    }
  })
}

/**
 * Requests of an NDJSON file, one a line. They are sent byte for byte, ids and faults included, but
 * for those that are given a uid: these are serialised anew.
 *
 * @throws where the file can't be read or has no lines.
 */
export function requestsOfFile(path: string): readonly PreparedRequest[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  const prepared = lines.filter((line) => line.trim() !== '').map(preparedLine)
  if (prepared.length === 0) throw new Error(`no requests in ${path}`)
  return prepared
}

function preparedLine(line: string): PreparedRequest {
  const anonymous = RequestTemplate.ofBytes(Buffer.from(line))
  let request: unknown
  try {
    request = JSON.parse(line)
  } catch {
    request = null
  }
  if (!isObject(request)) return { request: null, anonymous, known: null, hasOwnId: false }
  const known = RequestTemplate.of(request, { id: false, uid: true })
  return { request, anonymous, known, hasOwnId: false }
}

export interface SourceOptions {
  readonly url: URL
  readonly seed: number
  /** Of the requests that come from a known person, in [0, 1]. */
  readonly knownShare: number
  readonly uids: readonly string[]
  /** Default: JSON. */
  readonly wire?: Wire
  /** Sent as `Authorization: Bearer`; '' or absent where none is agreed. */
  readonly secret?: string
}

/**
 * The requests of one run: which comes when, from whom and under which id follows from its number and
 * the seed alone, so that what was sent needn't be kept until its answer comes.
 */
export class RequestSource {
  readonly #prepared: readonly PreparedRequest[]
  readonly #options: SourceOptions
  readonly #head: Buffer
  readonly #idPrefix: string
  readonly #wire: Wire

  /** @param runName  printable ASCII that ids begin with, different from run to run. */
  constructor(prepared: readonly PreparedRequest[], options: SourceOptions, runName: string) {
    this.#prepared = prepared
    this.#options = options
    const { url, wire = 'json', secret = '' } = options
    const authorization = secret === '' ? '' : `Authorization: Bearer ${secret}\r\n`
    this.#head = postHead(url, authorization, contentTypes[wire])
    this.#wire = wire
    this.#idPrefix = `${runName}-`
  }

  write(index: number, output: ByteWriter): void {
    const request = this.#wire === 'json' ? null : this.requestOf(index)
    if (request !== null) {
      const body = bodyOf(this.#wire, request, emptyBody)
      RequestTemplate.ofBytes(body).write(output, this.#head, '', '')
      return
    }
    const { anonymous, known } = this.#preparedOf(index)
    const uid = this.#uidOf(index)
    const template = uid === '' || known === null ? anonymous : known
    template.write(output, this.#head, this.#idOf(index), uid)
  }

  /** What `write` sent; null where it was no JSON object. */
  requestOf(index: number): LooseRequest | null {
    const { request, hasOwnId } = this.#preparedOf(index)
    if (request === null) return null
    const buyeruid = this.#uidOf(index)
    return {
      ...request,
      ...(hasOwnId ? { id: this.#idOf(index) } : {}),
      ...(buyeruid === '' ? {} : { user: { ...objectOf(request.user), buyeruid } }),
    }
  }

  /** Whether request `index` comes from a known person. */
  isPersonalised(index: number): boolean {
    return this.#uidOf(index) !== '' && this.#preparedOf(index).known !== null
  }

  /** @returns `tmax` in milliseconds; Infinity where the request doesn't say. */
  tmaxMsOf(index: number): number {
    const tmax = this.#preparedOf(index).request?.tmax
    return typeof tmax === 'number' && tmax > 0 ? tmax : Infinity
  }

  /** '' for somebody unknown. */
  #uidOf(index: number): string {
    const { seed, knownShare, uids } = this.#options
    if (knownShare === 0 || uids.length === 0) return ''
    const random = new Random(seed ^ Math.imul(index + 1, 0x9e3779b1))
    return random.chance(knownShare) ? random.pick(uids) : ''
  }

  #preparedOf(index: number): PreparedRequest {
    return this.#prepared[index % this.#prepared.length]!
  }

  #idOf(index: number): string {
    return this.#idPrefix + index.toString(36)
  }
}

const emptyBody = Buffer.alloc(0)

const objectOf = (value: unknown): object => (isObject(value) ? value : {})

/** A run's name from the instant that it began, and so unlike those before. */
export const runNameOf = (nowMs: number, seed: number): string =>
  keyOf(`${nowMs} ${seed}`).toString(36)
