// A shop as its own developer has it: calls of the API with a key, over HTTP, to the real programs; and bids as an
// exchange asks for them, each on a connection of its own, which the kernel deals out to the workers.
import { readFileSync } from 'node:fs'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { expect } from 'vitest'
import { shopFile } from '../bidding/world.js'
import type { Bid, System } from './system.js'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: IncomingMessage['headers']
  /** The text as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly json: any
}

export interface Asked {
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One call on a connection of its own. @throws Error where that ends before the answer does. */
export function call(method: string, url: string, { body, headers = {} }: Asked): Promise<Answer> {
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  const bytes = Buffer.from(body === undefined ? '' : isText ? body : JSON.stringify(body))
  const agent = new Agent()
  const sent = new Promise<Answer>((resolve, reject) => {
    const length = { 'Content-Length': String(bytes.length) }
    const sending = request(url, { method, agent, headers: { ...length, ...headers } }, (came) => {
      readAnswer(came).then(resolve, reject)
    })
    sending.on('error', reject)
    sending.end(bytes)
  })
  return sent.finally(() => agent.destroy())
}

export async function readAnswer(came: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of came) chunks.push(chunk as Buffer)
  if (!came.complete) throw new Error('the answer was cut off')
  const text = Buffer.concat(chunks).toString()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Not all answers are.
  }
  return { status: came.statusCode ?? 0, text, headers: came.headers, json }
}

export class ShopClient {
  readonly shopId: string
  readonly #system: () => System
  readonly #key: string

  /** @param system the one that runs now: another one after a restart, with other addresses. */
  constructor(system: () => System, key: string, shopId: string) {
    this.#system = system
    this.#key = key
    this.shopId = shopId
  }

  url(path: string): string {
    const shop = `${path.includes('?') ? '&' : '?'}shop=${this.shopId}`
    return this.#system().collector + path + (this.shopId === '' ? '' : shop)
  }

  get headers(): Readonly<Record<string, string>> {
    return { Authorization: `Bearer ${this.#key}`, 'Content-Type': 'application/json' }
  }

  /** Whatever comes of it. */
  try(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    return call(method, this.url(path), {
      ...asked,
      headers: { ...this.headers, ...asked.headers },
    })
  }

  /** What has to be done. */
  async ask(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const answer = await this.try(method, path, { body, headers })
    if (answer.status >= 300)
      expect.fail(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 2_000)}`)
    return answer
  }

  /** As often as it takes: what asks again after a cut is to change nothing twice. */
  async insist(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    for (let attempt = 0; attempt < 1_000; attempt++) {
      const answer = await this.try(method, path, { body, headers }).catch(() => null)
      if (answer !== null && answer.status < 500) return answer
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`never answered: ${method} ${path}`)
  }

  /** All events taken, or taken before. */
  async tell(...events: object[]): Promise<Answer> {
    const answer = await this.ask('POST', '/v1/events', { events })
    expect(answer.json.taken + answer.json.duplicates, answer.text).toBe(events.length)
    return answer
  }

  /** Puts an item in place of what is there, if anything is. */
  async put(path: string, item: object): Promise<Answer> {
    const { headers } = await this.try('GET', path)
    return this.ask(
      'PUT',
      path,
      item,
      headers.etag === undefined ? {} : { 'If-Match': headers.etag },
    )
  }

  person(reference: string): Promise<Answer> {
    return this.try('GET', `/v1/people/${encodeURIComponent(reference)}`)
  }
}

/** Puts a body in two parts; the second never comes where the connection is cut before. */
export class SlowUpload {
  readonly answer: Promise<Answer | null>
  readonly #sending: ClientRequest

  constructor(shop: ShopClient, path: string, headers: Readonly<Record<string, string>>) {
    const agent = new Agent()
    let came: (answer: Answer | null) => void = () => {}
    this.answer = new Promise((resolve) => {
      came = resolve
    })
    const options = { method: 'PUT', agent, headers: { ...shop.headers, ...headers } }
    this.#sending = request(shop.url(path), options, (response) => {
      readAnswer(response).then(came, () => came(null))
    })
    this.#sending.on('error', () => came(null))
    this.#sending.on('close', () => agent.destroy())
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#sending.write(text, () => resolve()))
  }

  end(text = ''): void {
    this.#sending.end(text)
  }
}

/** What the operator may: everything, for every shop. */
export function operatorOf(system: () => System, dataDir: string, shopId = ''): ShopClient {
  const key = readFileSync(join(dataDir, 'operator.key'), 'utf8').trim()
  return new ShopClient(system, key, shopId)
}

/** Makes a shop with a key of its admin's, all through the API. */
export async function makeShop(
  system: () => System,
  dataDir: string,
  shopId: string,
  more: object = {},
): Promise<ShopClient> {
  const operator = operatorOf(system, dataDir)
  const { shop } = shopFile(shopId, [], 'PLN', { shop: more })
  await operator.ask('POST', '/v1/shops', shop)
  const made = await operator.ask('POST', `/v1/keys?shop=${shopId}`, { role: 'admin' })
  return new ShopClient(system, made.json.secret, shopId)
}

/** A feed's rows, each of a product that is in stock unless it is told otherwise. */
export function feedOf(ids: readonly string[], more: (id: string) => object = () => ({})): string {
  const row = (id: string): string =>
    JSON.stringify({
      id,
      title: `Title ${id}`,
      link: `https://shop.example/p/${id}`,
      image_link: `https://shop.example/i/${id}.jpg`,
      price: '10.00 PLN',
      availability: 'in stock',
      product_type: 'Hats',
      ...more(id),
    })
  return `${ids.map(row).join('\n')}\n`
}

export interface Asking {
  /** A device by its advertising id, as events name it with `ifa`. */
  readonly ifa?: string
  /** By what the exchange calls it. */
  readonly uid?: string
  readonly country?: string
}

/** Only apps tell the device's id. */
export const requestOf = ({ ifa, uid, country = 'POL' }: Asking, id = 'r1'): object => ({
  id,
  imp: [{ id: '1', banner: { w: 300, h: 250 } }],
  ...(ifa === undefined
    ? { site: { domain: 'news.example', page: 'https://news.example/a' } }
    : { app: { bundle: 'com.news.example' } }),
  device: { geo: { country }, ...(ifa === undefined ? {} : { ifa }) },
  regs: { gdpr: 0 },
  ...(uid === undefined ? {} : { user: { buyeruid: uid } }),
  cur: ['PLN'],
})

/** A device's advertising id. */
export const ifaOf = (number: number): string =>
  `7c1d0f3a-5b2e-4d6f-8a9b-${String(number).padStart(12, '0')}`

/** @returns null where there is none: also where a busy machine had no time for it. */
export async function bidFor(system: System, asking: Asking): Promise<Bid | null> {
  const { status, text, json } = await call('POST', `${system.bidder}/openrtb2/demo`, {
    body: requestOf(asking),
    headers: { 'Content-Type': 'application/json' },
  })
  if (status === 204) return null
  if (status !== 200) throw new Error(`bid: ${status} ${text}`)
  return (json as { seatbid: { bid: Bid[] }[] }).seatbid[0]?.bid[0] ?? null
}

/** More than there are workers, who take turns. */
const inARowMin = 6
const giveUpMs = 20_000

/**
 * Asks for bids until several in a row, of all workers, are as expected. Some campaign always bids here: no
 * bid says only that the machine is busy.
 *
 * @returns milliseconds from `startMs` until the first of them was there.
 */
export async function untilBids(
  system: System,
  asking: Asking,
  isExpected: (bid: Bid) => boolean,
  startMs = performance.now(),
): Promise<number> {
  let inARow = 0
  let sinceMs = 0
  let last: Bid | null = null
  while (inARow < inARowMin) {
    if (performance.now() - startMs > giveUpMs)
      throw new Error(`bids never became so: ${isExpected}; the last one: ${shown(last)}`)
    const bid = await bidFor(system, asking)
    if (bid === null) continue
    last = bid
    if (!isExpected(bid)) inARow = 0
    else if (inARow++ === 0) sinceMs = performance.now() - startMs
  }
  return sinceMs
}

function shown(bid: Bid | null): string {
  if (bid === null) return 'none'
  const texts = [...bid.adm.matchAll(/>([^<>]+)</g)].map(([, text]) => text)
  return `${bid.cid} at ${bid.price} with ${texts.slice(1)}`
}

/** Middle and largest of what was measured, as text. */
export function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]!
  return `p50 ${middle.toFixed(1)} ms, most ${sorted.at(-1)!.toFixed(1)} ms of ${sorted.length}`
}
