// Goal: on orders of a real shop, what was bought together says what is in the rest of a cart far better than
// bestsellers do. Method: rows from the first nine tenths of UCI's Online Retail; of each later order one
// product is left out and looked for among the first ten.
import { expect, test } from 'vitest'
import { BoughtTogether } from '../../../src/recommend/models/bought-together.js'
import { basketsOf } from '../../../src/recommend/models/groups.js'
import { buildModels, modelsFrom } from '../../../src/recommend/models/model-parts.js'
import { buildRelatedRows, RelatedRows } from '../../../src/recommend/models/related-rows.js'
import { factsOf, foundBy, noDays } from './given-actions.js'
import { actionsOfOrders, onlineRetailOrders } from './online-retail.js'

const data = onlineRetailOrders()
if (data === null)
  console.warn('ORDERS OF THE CORPUS ARE NOT READ: there is no ../shared/corpus/interactions')

test.skipIf(data === null)('bought together: one left out of a real order is found', () => {
  const { items, orders } = data!
  const cut = Math.floor(orders.length * 0.9)
  const actions = actionsOfOrders(orders.slice(0, cut))
  const baskets = basketsOf(actions, items.count)
  const began = performance.now()
  const rows = new RelatedRows(buildRelatedRows(items.count, baskets, baskets))
  const tookMs = performance.now() - began
  const together = new BoughtTogether(rows)
  const facts = factsOf(items.count)
  const nowSeconds = orders[cut]!.atSeconds
  const parts = buildModels({
    actions,
    itemCount: items.count,
    facts,
    texts: [],
    nowSeconds,
    firstDays: noDays(items.count),
  })
  const models = modelsFrom(parts, facts)
  let count = 0
  const hits = { cart: 0, bestsellers: 0, one: 0 }
  for (const order of orders.slice(cut)) {
    if (order.items.length < 2 || order.items.length > 100) continue
    const place = (count * 7_919) % order.items.length
    const out = order.items[place]!
    const cart = order.items.filter((_, index) => index !== place)
    const isFound = (found: number[]): number =>
      found
        .filter((item) => !cart.includes(item))
        .slice(0, 10)
        .includes(out)
        ? 1
        : 0
    hits.cart += isFound(foundBy(together, { cart }, items.count, 200))
    hits.bestsellers += isFound(foundBy(models.sources.bestsellers, {}, items.count, 200))
    hits.one += isFound(foundBy(together, { products: [cart[count % cart.length]!] }, items.count))
    count++
  }
  const share = (hit: number): string => ((100 * hit) / count).toFixed(1)
  console.log(
    `${baskets.count} baskets of ${items.count} products in ${tookMs.toFixed(0)} ms; HR@10 of ${count} orders: ` +
      `by the cart ${share(hits.cart)}%, by one product ${share(hits.one)}%, bestsellers ${share(hits.bestsellers)}%`,
  )
  expect(hits.cart).toBeGreaterThan(count * 0.2)
  expect(hits.cart).toBeGreaterThan(hits.bestsellers * 4)
  expect(hits.one).toBeGreaterThan(hits.bestsellers * 1.5)
})
