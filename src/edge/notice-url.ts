import type { Exchange } from './exchange.js'

/** Query of a notice URL after its token, with the exchange's macros. */
export const chargeQuery = (exchange: Pick<Exchange, 'priceMacro'>): string =>
  `&p=${exchange.priceMacro}&c=\${AUCTION_CURRENCY}`

/** A notice URL as part of a bid in JSON: what stands before the token, and after it. */
export interface NoticePiece {
  readonly before: Buffer
  readonly after: Buffer
}

export const jsonNotices = (exchange: Exchange, publicUrl: string): readonly NoticePiece[] =>
  noticeEnds(exchange).map(({ field, kind, after }) => ({
    before: Buffer.from(`,"${field}":"${publicUrl}/n/${kind}?t=`),
    after: Buffer.from(`${JSON.stringify(after).slice(1, -1)}"`),
  }))

/** Fields of a bid that hold a notice URL, as far as the exchange wants them. */
export function noticeEnds(
  exchange: Pick<Exchange, 'priceMacro' | 'notices'>,
): readonly { readonly field: string; readonly kind: string; readonly after: string }[] {
  const { notices } = exchange
  const charge = chargeQuery(exchange)
  const loss = `&p=${exchange.priceMacro}&r=\${AUCTION_LOSS}&m=\${AUCTION_MIN_TO_WIN}`
  return [
    ...(notices.win ? [{ field: 'nurl', kind: 'win', after: charge }] : []),
    ...(notices.bill ? [{ field: 'burl', kind: 'bill', after: charge }] : []),
    ...(notices.loss ? [{ field: 'lurl', kind: 'loss', after: loss }] : []),
  ]
}
