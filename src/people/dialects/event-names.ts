import { type EventType, eventTypes } from '../event.js'

/** Names of our own form and of GA4's e-commerce events. */
export const typesByName: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ...eventTypes.map((type): [string, EventType] => [type, type]),
  ['view_search_results', 'search'],
  ['screen_view', 'page_view'],
])

/**
 * Names of Segment's e-commerce spec, version 2, with those of version 1 that it still lists as aliases;
 * in lower case. An order that is cancelled is one that is paid back.
 */
export const typesBySegmentName: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ['products searched', 'search'],
  ['searched products', 'search'],
  ['product list viewed', 'view_item_list'],
  ['viewed product category', 'view_item_list'],
  ['product list filtered', 'view_item_list'],
  ['product viewed', 'view_item'],
  ['viewed product', 'view_item'],
  ['product added', 'add_to_cart'],
  ['added product', 'add_to_cart'],
  ['wishlist product added to cart', 'add_to_cart'],
  ['product removed', 'remove_from_cart'],
  ['removed product', 'remove_from_cart'],
  ['cart viewed', 'view_cart'],
  ['viewed cart', 'view_cart'],
  ['product added to wishlist', 'add_to_wishlist'],
  ['product removed from wishlist', 'remove_from_wishlist'],
  ['checkout started', 'begin_checkout'],
  ['started order', 'begin_checkout'],
  ['order completed', 'purchase'],
  ['completed order', 'purchase'],
  ['order refunded', 'refund'],
  ['order cancelled', 'refund'],
  ['product reviewed', 'review'],
  ['subscribed to back in stock', 'back_in_stock'],
])
