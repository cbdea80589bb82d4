import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ActionKind, type Actions } from '../../../src/recommend/actions.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import { actionsOf, type GivenAction } from './given-actions.js'

const file = new URL(
  '../../../../shared/corpus/interactions/online-retail/online-retail.csv.gz',
  import.meta.url,
)

export interface Order {
  readonly person: string
  readonly atSeconds: number
  readonly items: readonly number[]
}

/** The purchases of UCI's Online Retail, returns and postage left out; null where the file is absent. */
export function onlineRetailOrders(): { items: ItemTable; orders: readonly Order[] } | null {
  if (!existsSync(file)) return null
  const items = new ItemTable()
  const orders = new Map<string, { person: string; atSeconds: number; items: Set<number> }>()
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n').slice(1)) {
    const cells = line.split(',')
    if (cells.length < 8) continue
    const [invoice, code] = cells as [string, string]
    const [quantity, date, , customer] = cells.slice(-5) as [string, string, string, string]
    if (!/^\d+$/.test(invoice) || !/^\d{5}/.test(code) || !(Number(quantity) > 0)) continue
    let order = orders.get(invoice)
    if (order === undefined) {
      const person = customer === '' ? `order ${invoice}` : customer
      order = { person, atSeconds: Date.parse(`${date}Z`) / 1_000, items: new Set() }
      orders.set(invoice, order)
    }
    order.items.add(items.add(code))
  }
  return {
    items,
    orders: [...orders.values()]
      .map((order) => ({ ...order, items: [...order.items] }))
      .sort((a, b) => a.atSeconds - b.atSeconds),
  }
}

export function actionsOfOrders(orders: readonly Order[]): Actions {
  const given: GivenAction[] = []
  for (const [number, order] of orders.entries())
    for (const item of order.items)
      given.push({
        person: order.person,
        item,
        kind: ActionKind.purchase,
        atSeconds: order.atSeconds,
        order: number,
      })
  return actionsOf(given)
}
