/**
 * One shop's models at size, in process: what they take to build, in memory, and per answer.
 *
 *   npm run bench:recommend:scale -- [--products 1000000] [--sessions 3000000] [--answers 20000] [--json]
 *
 * Sessions of four looks on average, few products often; a tenth of the sessions end in an order.
 */
import { parseArgs } from 'node:util'
import { keyOf } from '../src/base/key.js'
import { Random } from '../src/base/random.js'
import type { Product } from '../src/catalogue/products.js'
import { ActionKind, type Actions } from '../src/recommend/actions.js'
import { buildShop } from '../src/recommend/build-shop.js'
import { noFilters } from '../src/recommend/choose/choice.js'
import { Chooser } from '../src/recommend/choose/chooser.js'
import { compileSlot } from '../src/recommend/choose/compile-slot.js'
import { slotsById } from '../src/recommend/choose/pages.js'
import { FilledQuery } from '../src/recommend/choose/query-of.js'
import type { ItemTable } from '../src/recommend/item-table.js'
import { LiveModel } from '../src/recommend/live-model.js'
import { transferablesOf } from '../src/recommend/models/model-parts.js'
import { Scores } from '../src/recommend/scores.js'
import { fullSettings } from '../src/recommend/sessions/settings.js'
import { Wanderer } from './recommend-world.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    products: { type: 'string', default: '1000000' },
    sessions: { type: 'string', default: '3000000' },
    answers: { type: 'string', default: '20000' },
  },
})
const productCount = Number(values.products)
const sessionCount = Number(values.sessions)
const answerCount = Number(values.answers)
const nowSeconds = 1_790_000_000
const spanSeconds = 180 * 86_400

function* products(): Iterable<Product> {
  for (let index = 0; index < productCount; index++)
    yield {
      id: `p-${index}`,
      title: `Thing ${index % 9_973} of make ${index % 1_009} in kind ${index % 200}`,
      link: `/things/${index}`,
      image: `/pictures/${index}.jpg`,
      priceMicros: (1 + (index % 1_000)) * 1_000_000,
      currency: 'PLN',
      inStock: index % 20 !== 0,
      category: `Group ${index % 20} > Kind ${index % 200}`,
      brand: `Brand ${index % 2_003}`,
    }
}

function actionsOf(items: ItemTable): Actions {
  for (let index = 0; index < productCount; index++) items.add(`p-${index}`)
  const wanderer = new Wanderer(5, productCount)
  const random = new Random(9)
  const capacity = sessionCount * 9
  const item = new Int32Array(capacity)
  const kind = new Uint8Array(capacity)
  const atSeconds = new Uint32Array(capacity)
  const order = new Int32Array(capacity).fill(-1)
  const personStarts = new Int32Array(sessionCount + 1)
  const personKeys = Float64Array.from({ length: sessionCount }, (_, i) => keyOf(`person-${i}`))
  let count = 0
  for (let session = 0; session < sessionCount; session++) {
    const startSeconds =
      nowSeconds - spanSeconds + Math.floor((session / sessionCount) * (spanSeconds - 600))
    const looks = wanderer.session()
    for (let i = 0; i < looks.length; i++) {
      item[count] = looks[i]!
      kind[count] = ActionKind.view
      atSeconds[count++] = startSeconds + i * 20
    }
    if (random.chance(0.1)) {
      item[count] = looks.at(-1)!
      kind[count] = ActionKind.purchase
      order[count] = session
      atSeconds[count++] = startSeconds + 300
    }
    personStarts[session + 1] = count
  }
  return {
    count,
    personCount: sessionCount,
    personStarts,
    personKeys,
    item,
    kind,
    atSeconds,
    order,
  }
}

const say = (text: string): void => {
  if (!values.json) console.info(text)
}
const bytesOf = (part: object): number =>
  transferablesOf(part).reduce((sum, { byteLength }) => sum + byteLength, 0)
const mb = (bytes: number): number => Math.round(bytes / 1e5) / 10

let buildStartMs = 0
let actionCount = 0
const parts = buildShop({
  // Gone through twice: a new walk each time.
  products: { [Symbol.iterator]: () => products()[Symbol.iterator]() },
  actions: (items) => {
    const actions = actionsOf(items)
    actionCount = actions.count
    buildStartMs = performance.now()
    return actions
  },
  settings: fullSettings,
  nowSeconds,
})
const buildSeconds = Math.round(performance.now() - buildStartMs) / 1_000
const { models } = parts
const megabytes = {
  sessions: mb(bytesOf(parts.sessions)),
  owners: mb(bytesOf(parts.owners)),
  content: mb(bytesOf(models.content)),
  related: mb(bytesOf({ a: models.boughtTogether, b: models.viewedThenBought })),
  popularity: mb(bytesOf(models.popularity)),
  facts: mb(bytesOf(parts.facts)),
  ids: mb(bytesOf(parts.items)),
}
say(`built in ${buildSeconds} s from ${actionCount} actions; MB: ${JSON.stringify(megabytes)}`)

const scores = new Scores()
const chooser = new Chooser(scores)
const startMs = performance.now()
const full = new LiveModel(parts, 50_000)
const swapMs = Math.round((performance.now() - startMs) * 100) / 100
const slot = slotsById([]).get('product')!
const query = new FilledQuery()

/** What a product page asks, with three looks before it. @returns microseconds of each, sorted. */
function answers(model: LiveModel): Float64Array {
  const compiled = compileSlot(slot, '', model)
  const wanderer = new Wanderer(77, productCount)
  const times = new Float64Array(answerCount)
  for (let i = -2_000; i < answerCount; i++) {
    query.page = 'product'
    query.nowSeconds = nowSeconds
    query.session.length = 0
    let product = -1
    for (let look = 0; look < 4; look++) {
      product = wanderer.product(product)
      query.session.push(product)
    }
    query.products[0] = product
    const beforeMs = performance.now()
    chooser.choose(model, query, {
      ...{ slot: compiled, limit: 12, excluded: [], filters: noFilters, seed: i },
    })
    if (i >= 0) times[i] = (performance.now() - beforeMs) * 1_000
  }
  return times.sort()
}

const percentilesOf = (times: Float64Array) => ({
  p50Us: Math.round(times[Math.floor(times.length * 0.5)]!),
  p90Us: Math.round(times[Math.floor(times.length * 0.9)]!),
  p99Us: Math.round(times[Math.floor(times.length * 0.99)]!),
})

const figures = {
  ...{ products: productCount, sessions: sessionCount, actions: actionCount },
  ...{ buildSeconds, swapMs, megabytes, indexBytes: full.bytes },
  full: percentilesOf(answers(full)),
  peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
}
console.info(values.json ? JSON.stringify(figures) : JSON.stringify(figures, null, 1))
