import type { BidHandler } from './bid.js'
import type { Exchange } from './exchange.js'
import type { Route } from './listener.js'
import type { NoticeHandler } from './notice.js'
import type { SyncHandler } from './sync.js'

export interface ExchangeFrontOptions {
  readonly exchanges: readonly Exchange[]
  /** Made once there is a listener to answer by. */
  readonly bids: () => BidHandler
  readonly notices: NoticeHandler
  readonly syncs: SyncHandler
  readonly bodyBytesMax: number
}

/** All that a bidder serves to exchanges and their browsers, for those exchanges that are agreed now. */
export class ExchangeFront {
  readonly #options: ExchangeFrontOptions
  /** Names of those whose `Authorization`, and whose `Accept-Encoding`, is read. */
  readonly #bearerFor = new Set<string>()
  readonly #gzipFor = new Set<string>()

  constructor(options: ExchangeFrontOptions) {
    this.#options = options
    this.#readHeadersFor(options.exchanges)
  }

  routes(): Route[] {
    const { bids, notices, syncs, bodyBytesMax } = this.#options
    return [
      {
        method: 'POST',
        prefix: '/openrtb2',
        bodyBytesMax,
        bearerFor: this.#bearerFor,
        gzipFor: this.#gzipFor,
        handle: (head, body, reply) => bids().handle(head, body, reply),
      },
      ...notices.routes(),
      ...syncs.routes(),
    ]
  }

  /**
   * Between one request and the next: no connection notices.
   *
   * @param former those that are gone, whose bids may still be won and must then be charged.
   */
  useExchanges(exchanges: readonly Exchange[], former: readonly Exchange[]): void {
    const { bids, notices, syncs } = this.#options
    this.#readHeadersFor(exchanges)
    bids().useExchanges(exchanges)
    notices.useExchanges([...exchanges, ...former])
    syncs.useExchanges(exchanges)
  }

  #readHeadersFor(exchanges: readonly Exchange[]): void {
    this.#bearerFor.clear()
    this.#gzipFor.clear()
    for (const { name, secret, gzipReplies } of exchanges) {
      if (secret !== '') this.#bearerFor.add(name)
      if (gzipReplies) this.#gzipFor.add(name)
    }
  }
}
