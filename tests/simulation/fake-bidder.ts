import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fakeCreative } from './fake-markup.js'

// biome-ignore lint/suspicious/noExplicitAny: requests are read here like any JSON.
type Json = any

export interface Notice {
  readonly path: string
  /** Of the bid that it is about. */
  readonly bidId: string
  readonly query: URLSearchParams
}

export interface FakeBid {
  readonly id: string
  readonly request: Json
  readonly imp: Json
  readonly price: number
}

/** What the tests may change about it. */
export interface Behaviour {
  /** The price of a bid; 0: none. */
  price(request: Json, imp: Json): number
  /** Takes the answer over; false leaves it to the fake. */
  answer?(request: Json, response: ServerResponse): boolean
  /** Changes a bid before it is sent. */
  change?(bid: Json): void
  /** Status of a notice instead of 200. */
  status?(notice: Notice, count: number): number
  /** Nanos that the ledger posts instead of what the billing notice says. */
  post?(nanos: bigint): bigint
}

const everyMacro =
  'id=${AUCTION_ID}&bidid=${AUCTION_BID_ID}&imp=${AUCTION_IMP_ID}&seat=${AUCTION_SEAT_ID}' +
  '&ad=${AUCTION_AD_ID}&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}&mbr=${AUCTION_MBR}' +
  '&r=${AUCTION_LOSS}&min=${AUCTION_MIN_TO_WIN}&m=${AUCTION_MULTIPLIER}&ts=${AUCTION_IMP_TS}' +
  '&pct=${AUCTION_DISCOUNT_PCT}&cpm=${AUCTION_DISCOUNT_CPM}'

/** A bidder of a hundred lines: bids on everything that is not sold under deals, remembers notices, keeps a ledger. */
export class FakeBidder {
  readonly bids = new Map<string, FakeBid>()
  readonly notices: Notice[] = []
  readonly paidNanos = new Map<string, bigint>()
  readonly #behaviour: Behaviour
  readonly #server: Server
  readonly #attempts = new Map<string, number>()

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  ofKind(kind: string): readonly Notice[] {
    return this.notices.filter(({ path }) => path === `/n/${kind}`)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.origin)
    if (url.pathname === '/ledger') this.#sendLedger(response)
    else if (url.pathname.startsWith('/n/')) this.#takeNotice(url, response)
    else {
      let body = ''
      for await (const chunk of request) body += chunk
      const parsed = JSON.parse(body)
      if (this.#behaviour.answer?.(parsed, response) !== true) this.#bid(parsed, response)
    }
  }

  #bid(request: Json, response: ServerResponse): void {
    const bids: Json[] = []
    for (const imp of request.imp) {
      // What is sold under deals alone is nothing for it.
      if (imp.pmp?.private_auction === 1) continue
      const price = this.#behaviour.price(request, imp)
      if (price === 0) continue
      const id = `b${this.bids.size}`
      this.bids.set(id, { id, request, imp, price })
      const bid = this.#bidOn(imp, id, price)
      this.#behaviour.change?.(bid)
      bids.push(bid)
    }
    if (bids.length === 0) {
      response.writeHead(204).end()
      return
    }
    const answer = { id: request.id, bidid: 'bb', cur: 'PLN', seatbid: [{ seat: 's1', bid: bids }] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #bidOn(imp: Json, id: string, price: number): Json {
    const notice = (kind: string): string => `${this.origin}/n/${kind}?b=${id}&${everyMacro}`
    return {
      id,
      impid: imp.id,
      price,
      adid: 'ad1',
      nurl: notice('win'),
      burl: notice('bill'),
      lurl: notice('loss'),
      adomain: ['shop.example'],
      cid: `c${price < 5 ? 1 : 2}`,
      crid: 'cr1',
      cat: ['IAB3'],
      ...fakeCreative(imp, notice),
    }
  }

  #takeNotice(url: URL, response: ServerResponse): void {
    const query = url.searchParams
    const notice = { path: url.pathname, bidId: query.get('b') ?? '', query }
    this.notices.push(notice)
    const attempts = (this.#attempts.get(url.href) ?? 0) + 1
    this.#attempts.set(url.href, attempts)
    const status = this.#behaviour.status?.(notice, attempts) ?? 200
    if (url.pathname === '/n/click') {
      response.writeHead(302, { location: 'https://shop.example/' }).end()
      return
    }
    if (url.pathname === '/n/bill' && status === 200) this.#charge(notice)
    response.writeHead(status).end()
  }

  #charge({ bidId, query }: Notice): void {
    const { price } = this.bids.get(bidId)!
    const campaign = `c${price < 5 ? 1 : 2}`
    const [whole, fraction = ''] = query.get('p')!.split('.')
    const nanos = BigInt(whole + fraction.padEnd(6, '0'))
    const posted = this.#behaviour.post?.(nanos) ?? nanos
    this.paidNanos.set(campaign, (this.paidNanos.get(campaign) ?? 1_000n) + posted)
  }

  #sendLedger(response: ServerResponse): void {
    const campaigns = ['c1', 'c2'].map((campaignId) => ({
      shopId: 'shop',
      campaignId,
      paidNanos: { PLN: String(this.paidNanos.get(campaignId) ?? 1_000n) },
    }))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ campaigns }))
  }
}
