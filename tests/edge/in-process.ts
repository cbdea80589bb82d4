// A bidder without its listener: what it answers is caught as it would be sent.

import type { Clock } from '../../src/base/clock.js'
import type { Metrics } from '../../src/base/metrics.js'
import type { Funds } from '../../src/bidding/funds.js'
import type { LiveCatalogue } from '../../src/bidding/live.js'
import { BidHandler } from '../../src/edge/bid.js'
import type { Exchange } from '../../src/edge/exchange.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import type { Headers, Reply } from '../../src/edge/listener.js'
import { RequestHead } from '../../src/edge/listener.js'
import { OverloadGuard } from '../../src/edge/overload.js'
import { Signer } from '../../src/edge/signer.js'
import { consentConfigSchema } from '../../src/openrtb/consent/config.js'
import { ConsentRules } from '../../src/openrtb/consent/decision.js'
import { Networks } from '../../src/openrtb/networks.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import type { ProfileReader } from '../../src/profiles/store.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { clickRate, TestFunds, unitValue } from '../bidding/world.js'

export const demoExchange: Exchange = exchangeSchema.parse({
  name: 'demo',
  currency: 'USD',
  seat: 'grosz',
  chargeOn: 'bill',
  networkMarginMs: 10,
})

export class CaughtReply implements Reply {
  status = 0
  headers: Headers = []
  body = ''
  bytes = Buffer.alloc(0)
  send(status: number, headers: Headers, body: Uint8Array | string): void {
    if (this.status !== 0) throw new Error('answered twice')
    this.status = status
    this.headers = headers
    this.bytes = Buffer.from(body)
    this.body = this.bytes.toString()
  }
}

export const nobody: ProfileReader = { read: () => null, stats: new ProfileStats() }
export const signer = await Signer.open(Buffer.alloc(32, 7))

export interface InProcess {
  readonly handler: BidHandler
  readonly metrics: Metrics
  post(body: string | Buffer, head?: Partial<RequestHead>): CaughtReply
}

/** Of today, but no deadline ever passes: what else the machine does is no part of these tests. */
const timeless: Clock = { nowMs: Date.now, elapsedMs: () => 0 }

export function bidderInProcess(
  catalogue: LiveCatalogue,
  options: {
    profiles?: ProfileReader
    funds?: Funds
    clock?: Clock
    publicUrl?: string
    exchange?: object
    consent?: object
    blockedNetworks?: readonly string[]
    guard?: OverloadGuard
    bidWaitMs?: number
    bidsWaitingMax?: number
  } = {},
): InProcess {
  const exchanges = [exchangeSchema.parse({ ...demoExchange, ...options.exchange })]
  const metrics = makeMetrics({ currencies: unitValue }, exchanges)
  const handler = new BidHandler({
    exchanges,
    publicUrl: options.publicUrl ?? 'https://bid.grosz.example',
    workerCount: 1,
    bodyBytesMax: 262_144,
    consent: new ConsentRules(consentConfigSchema.parse(options.consent ?? {})),
    networks: new Networks(options.blockedNetworks ?? []),
    guard: options.guard ?? new OverloadGuard(0),
    reservationTtlMs: 300_000,
    incarnation: 1,
    clock: options.clock ?? timeless,
    profiles: options.profiles ?? nobody,
    bidWaitMs: options.bidWaitMs ?? 30,
    bidsWaitingMax: options.bidsWaitingMax ?? 100,
    funds: options.funds ?? new TestFunds(),
    clickRate,
    signer,
    metrics,
  })
  handler.swap(catalogue)
  return {
    handler,
    metrics,
    post(body, head = {}) {
      const reply = new CaughtReply()
      const whole = Object.assign(new RequestHead(), { name: 'demo', ...head })
      handler.handle(whole, Buffer.from(body), reply)
      return reply
    },
  }
}
