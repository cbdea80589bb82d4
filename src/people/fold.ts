import type { Slice } from '../profiles/slice.js'
import type { Event } from './event.js'
import { cartAfterPurchase, foldCart } from './fold/cart.js'
import { consentWith, isDenied, onlyConsent } from './fold/consent.js'
import { withInterests } from './fold/interests.js'
import * as lists from './fold/lists.js'
import { foldPurchase, foldRefund, withoutOldRefunds } from './fold/orders.js'
import { foldVisit } from './fold/visits.js'
import { whole } from './fold/whole.js'

/**
 * What a shop knows of a person, with one more event. Reads no clock and knows nothing but what it is
 * given, so that the same events always come to the same slice; never throws, and the slice stays
 * within its bounds however many events there are.
 *
 * | event | what changes, besides when and how often they came |
 * | --- | --- |
 * | view_item | viewed, interests, taste |
 * | view_item_list | interest in the category |
 * | search | searches, interest in the category |
 * | add_to_cart, begin_checkout | these lines are in the cart (added up; as they are now), interests, taste |
 * | remove_from_cart | so many less in the cart |
 * | view_cart | the cart is this, empty where it names nothing |
 * | add_to_wishlist, back_in_stock | wished, alerts; interests, taste |
 * | remove_from_wishlist | wished |
 * | purchase | orders, purchases; what was bought leaves cart, wishes, alerts, picks and interests; interest in categories, taste |
 * | refund | orders, purchases; of an order that isn't known it waits for that |
 * | review | reviews |
 * | page_view, identify, consent | nothing |
 *
 * What any of them says of consent acts first. Whoever denies both uses loses all but that, and nothing
 * is added until they agree to something.
 *
 * A purchase that is a present says nothing of the person's own interests and taste.
 *
 * Events may come late. What was viewed, searched, wished, reviewed and bought comes to the same in
 * whatever order it is told, as do, but for rounding and until their lists are full, interests and
 * taste; cart and consent are as the newest event left them (fold/cart.ts); visits are exact in order
 * only. What was wanted before it was bought isn't wanted any more, and what was bought is less by what
 * came back of it, whichever is told first. What isn't remembered is what was taken off a list of wishes.
 *
 * Segments and picks are others' to set.
 */
export function fold(slice: Slice, event: Event): Slice {
  const atMs = whole(event.atMs)
  const consent = consentWith(slice.consent, event)
  if (isDenied(consent)) return consent === slice.consent ? slice : onlyConsent(consent)
  const orders = withoutOldRefunds(slice.orders, atMs)
  const seen = { ...slice, ...foldVisit(slice, event), consent, orders }
  switch (event.type) {
    case 'view_item':
      return withInterests({ ...seen, viewed: lists.viewedWith(slice, event) }, event)
    case 'view_item_list':
      return withInterests(seen, event)
    case 'search':
      return withInterests({ ...seen, searches: lists.searchesWith(slice, event) }, event)
    case 'add_to_cart':
    case 'begin_checkout':
      return withInterests({ ...seen, cart: foldCart(slice, event) }, event)
    case 'remove_from_cart':
    case 'view_cart':
      return { ...seen, cart: foldCart(slice, event) }
    case 'add_to_wishlist':
      return withInterests({ ...seen, wished: lists.wishedWith(slice, event) }, event)
    case 'remove_from_wishlist':
      return { ...seen, wished: lists.without(slice.wished, event, atMs) }
    case 'back_in_stock':
      return withInterests({ ...seen, alerts: lists.alertsWith(slice, event) }, event)
    case 'purchase':
      return afterPurchase(seen, event)
    case 'refund':
      return { ...seen, ...foldRefund(seen, event) }
    case 'review':
      return { ...seen, reviews: lists.reviewsWith(slice, event) }
    case 'page_view':
    case 'identify':
    case 'consent':
      return seen
  }
}

/** Whether bidders may know of the person: they agreed to it, or were never asked. */
export const isForAds = ({ consent }: Slice): boolean => consent === null || consent.ads

/** Whether nothing may be chosen by what the person did: for them, or for others. */
export const isRefusing = ({ consent }: Slice): boolean =>
  consent !== null && !consent.personalization

function afterPurchase(slice: Slice, event: Event): Slice {
  const { orders, purchases, atMs, isNew } = foldPurchase(slice, event)
  const isOut = new Set(event.items.map(({ product }) => product))
  const after: Slice = {
    ...slice,
    orders,
    purchases,
    cart: cartAfterPurchase(slice, event),
    wished: lists.without(slice.wished, event, atMs),
    alerts: lists.without(slice.alerts, event, atMs),
    productInterest: slice.productInterest.filter((it) => it.atMs > atMs || !isOut.has(it.key)),
    picks: slice.picks.filter((product) => !isOut.has(product)),
  }
  return isNew && !event.isGift ? withInterests(after, event) : after
}
