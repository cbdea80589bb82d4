/** A process of its own for bench/recommend: new sessions at its shop, some each half second, until it is let go. */
import { ShopEvents, Wanderer } from './recommend-world.js'

const [dataDir = '', products = '', first = '', perSecond = ''] = process.argv.slice(2)
const events = new ShopEvents(dataDir)
const wanderer = new Wanderer(23, Number(products))
const periodMs = 500
const count = Math.max(1, Math.round((Number(perSecond) * periodMs) / 1_000))
let next = Number(first)
const timer = setInterval(() => {
  void events.add(wanderer, next, count, Date.now() - 1_000)
  next += count
}, periodMs)
process.on('disconnect', () => {
  clearInterval(timer)
  void events.close().then(() => process.exit(0))
})
