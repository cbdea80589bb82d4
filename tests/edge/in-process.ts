// A bidder without its listener: what it answers is caught as it would be sent.

import type { Clock } from '../../src/base/clock.js'
import { systemClock } from '../../src/base/clock.js'
import type { Metrics } from '../../src/base/metrics.js'
import type { Funds, LiveCatalogue } from '../../src/bidding/decide.js'
import { BidHandler } from '../../src/edge/bid.js'
import type { Exchange } from '../../src/edge/exchange.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import type { Headers, Reply } from '../../src/edge/listener.js'
import { Signer } from '../../src/edge/signer.js'
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
  send(status: number, headers: Headers, body: Uint8Array | string): void {
    if (this.status !== 0) throw new Error('answered twice')
    this.status = status
    this.headers = headers
    this.body = typeof body === 'string' ? body : Buffer.from(body).toString()
  }
}

export const nobody: ProfileReader = { read: () => null, stats: new ProfileStats() }
export const signer = new Signer(Buffer.alloc(32, 7))

export interface InProcess {
  readonly handler: BidHandler
  readonly metrics: Metrics
  post(body: string | Buffer, exchange?: string): CaughtReply
}

export function bidderInProcess(
  catalogue: LiveCatalogue,
  options: {
    profiles?: ProfileReader
    funds?: Funds
    clock?: Clock
    publicUrl?: string
    exchange?: Partial<Exchange>
  } = {},
): InProcess {
  const exchanges = [{ ...demoExchange, ...options.exchange }]
  const metrics = makeMetrics({ currencies: unitValue }, exchanges)
  const handler = new BidHandler({
    exchanges,
    publicUrl: options.publicUrl ?? 'https://bid.grosz.example',
    reservationTtlMs: 300_000,
    incarnation: 1,
    clock: options.clock ?? systemClock,
    profiles: options.profiles ?? nobody,
    funds: options.funds ?? new TestFunds(),
    clickRate,
    signer,
    metrics,
  })
  handler.swap(catalogue)
  return {
    handler,
    metrics,
    post(body, exchange = 'demo') {
      const reply = new CaughtReply()
      handler.handle(exchange, Buffer.from(body), reply)
      return reply
    },
  }
}
