/** What the collector is told: our own form of `POST /v1/events`, described in docs/tag.md. */
import type { Consent } from './consent.js'
import { numberOf, own, randomId, textOf } from './reading.js'

export interface Item {
  readonly item_id: string | undefined
  readonly quantity: number | undefined
  readonly price: number | undefined
  readonly item_brand: string | undefined
  /** `item_category` and what it is divided into, `item_category2` to `5`. */
  readonly [category: string]: string | number | undefined
}

/** JSON leaves out what is undefined. */
export interface Message {
  readonly type: string
  readonly messageId: string
  readonly timestamp: string
  readonly items?: readonly Item[]
  readonly value?: number | undefined
  readonly currency?: string | undefined
  readonly query?: string | undefined
  readonly category?: string | undefined
  readonly orderId?: string | undefined
  readonly rating?: number | undefined
  readonly isGift?: true | undefined
  readonly customerId?: string | undefined
  readonly emailSha256?: string | undefined
  // Filled in once it may be sent.
  anonymousId?: string
  consent?: Consent
  clickToken?: string | undefined
  mailToken?: string | undefined
}

const itemCountMax = 200
export const idLengthMax = 128

/** Events that are taken: GA4's, and ours where it has none. */
const types = (
  'page_view view_item view_item_list search add_to_cart remove_from_cart view_cart begin_checkout ' +
  'purchase refund add_to_wishlist remove_from_wishlist back_in_stock review'
).split(' ')
/** What GA4's own measuring calls a search. */
const searched = 'view_search_results'

export const newMessage = (type: string, content: Partial<Message> = {}): Message => ({
  type,
  messageId: randomId(),
  timestamp: new Date().toISOString(),
  ...content,
})

/**
 * @param name as the page calls the event.
 * @param holders where its parameters are, the first that has one counts.
 * @returns null for an event that isn't about anything we need.
 */
export function messageOf(name: unknown, holders: readonly unknown[]): Message | null {
  const type = name === searched ? 'search' : name
  if (typeof type !== 'string' || !types.includes(type)) return null
  const find = (parameter: string): unknown => {
    for (const holder of holders) {
      const value = own(holder, parameter)
      if (value !== undefined) return value
    }
    return undefined
  }
  return newMessage(type, {
    items: itemsOf(find('items')),
    value: numberOf(find('value')),
    currency: textOf(find('currency'), 3),
    query: textOf(find('search_term'), 256),
    category: textOf(find('item_list_name'), 256),
    orderId: textOf(find('transaction_id'), idLengthMax),
    rating: numberOf(find('rating')),
    isGift: find('gift') === true || undefined,
  })
}

function itemsOf(list: unknown): readonly Item[] {
  const items: Item[] = []
  if (!Array.isArray(list)) return items
  for (let at = 0; at < list.length && at < itemCountMax; at++) {
    const item = own(list, at)
    const told: Record<string, string | undefined> = {}
    for (const level of ['', 2, 3, 4, 5])
      told[`item_category${level}`] = textOf(own(item, `item_category${level}`), 256)
    items.push({
      item_id: textOf(own(item, 'item_id'), idLengthMax),
      quantity: numberOf(own(item, 'quantity')),
      price: numberOf(own(item, 'price')),
      item_brand: textOf(own(item, 'item_brand'), idLengthMax),
      ...told,
    })
  }
  const named = items.filter((it) => it.item_id !== undefined)
  // Where none has an id, one of them goes along, so that a cart isn't taken for an empty one.
  return named.length > 0 ? named : items.slice(0, 1)
}
