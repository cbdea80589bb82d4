import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Random } from '../src/base/random.js'

const corpus = new URL('../../../shared/corpus/interactions/', import.meta.url)

/** Real logs of what people did at shops; where they aren't there, made ones. */
export interface Interactions {
  readonly source: string
  /** In our own form, in the order in which they happened. */
  readonly events: readonly object[]
  readonly people: number
}

const log = (name: string): string[] =>
  gunzipSync(readFileSync(new URL(name, corpus)))
    .toString('utf8')
    .split('\n')
    .slice(1)

/**
 * Clicks of RecSys 2015 (Yoochoose) as views, and the orders of UCI's Online Retail as adding to the
 * cart and buying: each as a shop's server would send it.
 *
 * @param countMax the first so many.
 */
export function readInteractions(countMax: number): Interactions {
  if (!existsSync(corpus)) return madeInteractions(countMax)
  const events = interleaved(retail(), clicks()).slice(0, countMax)
  return { source: 'yoochoose, online-retail', events, people: peopleIn(events) }
}

const peopleIn = (events: readonly object[]): number =>
  new Set(events.map((event) => JSON.stringify(whoOf(event)))).size

const whoOf = (event: object): unknown => {
  const { anonymousId, customerId } = event as { anonymousId?: string; customerId?: string }
  return customerId ?? anonymousId
}

function clicks(): object[] {
  return log('yoochoose-100k/clicks-100k_train_full.tsv.gz').flatMap((line, i) => {
    const [session, item] = line.split('\t')
    if (session === undefined || item === undefined) return []
    const items = [{ item_id: item, price: priceOf(item), item_category: categoryOf(item) }]
    return [{ type: 'view_item', messageId: `y${i}`, anonymousId: `s${session}`, items }]
  })
}

/** Rows of one invoice are put into the cart one by one; its end is the purchase of all of them. */
function retail(): object[] {
  const events: object[] = []
  let items: object[] = []
  let invoice = ''
  let customer = ''
  const buy = (): void => {
    if (items.length > 0)
      events.push({
        type: 'purchase',
        messageId: `o${invoice}`,
        orderId: invoice,
        customerId: customer,
        items: items.slice(0, 100),
      })
    items = []
  }
  for (const [i, line] of log('online-retail/online-retail.csv.gz').entries()) {
    // Only the description may be quoted; what is read stands before and after it.
    const [number, code] = line.split(',', 2)
    const [quantity, , price, who] = line.split(',').slice(-5)
    if (number === undefined || code === undefined || !(Number(quantity) > 0)) continue
    if (!(Number(price) > 0) || who === undefined || who === '') continue
    if (number !== invoice) buy()
    invoice = number
    customer = `c${Number.parseInt(who, 10)}`
    const item = { item_id: code, quantity: Number(quantity), price: Number(price) }
    items.push(item)
    events.push({ type: 'add_to_cart', messageId: `r${i}`, customerId: customer, items: [item] })
  }
  buy()
  return events
}

function interleaved(a: readonly object[], b: readonly object[]): object[] {
  const [long, short] = a.length > b.length ? [a, b] : [b, a]
  const every = Math.max(1, Math.floor(long.length / Math.max(1, short.length)))
  const all: object[] = []
  for (const [i, event] of long.entries()) {
    all.push(event)
    const other = i % every === 0 ? short[i / every] : undefined
    if (other !== undefined) all.push(other)
  }
  return all
}

function madeInteractions(count: number): Interactions {
  const random = new Random(7)
  const events = Array.from({ length: count }, (_, i) => {
    const item = `p${Math.floor(random.logNormal(200, 1.2))}`
    const items = [{ item_id: item, price: priceOf(item), item_category: categoryOf(item) }]
    const type = random.chance(0.8) ? 'view_item' : 'add_to_cart'
    return { type, messageId: `m${i}`, anonymousId: `a${random.below(count / 6)}`, items }
  })
  return { source: 'made', events, people: peopleIn(events) }
}

const numberOf = (item: string): number => Number.parseInt(item.replace(/\D/g, '') || '1', 10)
const priceOf = (item: string): number => 10 + (numberOf(item) % 900)
const categoryOf = (item: string): string => `category-${numberOf(item) % 40}`
