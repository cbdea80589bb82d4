// The report as anybody would write it who has all the time and memory there is: everything that happened in lists, and
// every number counted anew from them.
import type { Feedback } from '../../../src/recommend/report/feedback-log.js'
import type { ShopOrder } from '../../../src/recommend/report/orders.js'
import type { AnswerSeen } from '../../../src/recommend/report/pending-answers.js'
import { type Placement, placementKeyOf } from '../../../src/recommend/report/placement.js'
import type { ShopRefund } from '../../../src/recommend/report/refunds.js'

export interface Told {
  readonly atSeconds: number
  readonly feedback: Feedback
}

interface NaiveExposure {
  person: string
  slot: string
  experiment: string
  variant: string
  firstAtSeconds: number
  views: number
  clicks: number
  orders: number
  valueMicros: number
}

interface NaiveOrder {
  /** Each thing that was bought by itself. */
  things: { product: string; price: number; isBack: boolean }[]
  value: number
  readonly slots: {
    day: string
    placement: Placement
    revenue: number
    value: number
    products: string[]
  }[]
  readonly experiments: {
    person: string
    slot: string
    experiment: string
    value: number
    atSeconds: number
  }[]
  readonly refunds: string[]
  isReturned: boolean
}

interface NaiveClick {
  person: string
  atSeconds: number
  placement: Placement
  day: string
  product: string
  nonce: string
}

const nameOf = ({ slot, experiment, variant }: Placement): string =>
  `${slot} ${experiment} ${variant}`

export class NaiveReport {
  /** By day and placement: names of what was counted, and amounts. */
  readonly counts: { day: string; placement: string; what: string; amount: number }[] = []
  exposures: NaiveExposure[] = []
  clicks: NaiveClick[] = []
  readonly #placements = new Map<number, Placement>()
  readonly #seen = new Set<string>()
  readonly #orders = new Map<string, NaiveOrder>()
  readonly #waiting: ShopRefund[] = []
  readonly #dayOf: (seconds: number) => string

  constructor(dayOf: (seconds: number) => string) {
    this.#dayOf = dayOf
  }

  answered({ placement, personId, isPersonal, itemCount, atMs }: AnswerSeen): void {
    const day = this.#dayOf(atMs / 1_000)
    this.#placements.set(placementKeyOf(placement), placement)
    this.#add(day, placement, 'answers', 1)
    if (itemCount === 0) this.#add(day, placement, 'empty', 1)
    if (isPersonal) this.#add(day, placement, 'personal', 1)
    if (placement.experiment === '' || personId === '') return
    if (this.#exposureOf(personId, placement) !== undefined) return
    const { slot, experiment, variant } = placement
    const nothing = { views: 0, clicks: 0, orders: 0, valueMicros: 0 }
    const firstAtSeconds = Math.floor(atMs / 1_000)
    this.exposures.push({ person: personId, slot, experiment, variant, firstAtSeconds, ...nothing })
  }

  told(shopId: string, { atSeconds, feedback }: Told): 'counted' | 'duplicate' {
    const { type, placementKey, nonce, product, personId, orderId, valueMicros } = feedback
    const placement = this.#placements.get(placementKey)!
    const day = this.#dayOf(feedback.atSeconds)
    const answer = `${shopId} ${feedback.atSeconds} ${nonce}`
    if (type === 'order') {
      if (orderId === '') {
        if (!this.#isFirst(`${answer} order`)) return 'duplicate'
        this.#addOrder(day, placement, valueMicros, valueMicros)
        return 'counted'
      }
      const known = this.#orders.get(orderId)
      if (known?.isReturned || known?.slots.some((it) => it.placement.slot === placement.slot))
        return 'duplicate'
      // One without a number may be the same.
      this.#seen.add(`${answer} order`)
      const order = this.#asTold({ orderId, lines: [], valueMicros, atMs: atSeconds * 1_000 })
      this.#addOrder(day, placement, valueMicros, valueMicros)
      const share = { day, placement, revenue: valueMicros, value: valueMicros, products: [] }
      order.slots.push(share)
      if (known === undefined) this.#counts(orderId, order)
      return 'counted'
    }
    if (!this.#isFirst(`${answer} ${type} ${product}`)) return 'duplicate'
    this.#add(day, placement, type === 'click' ? 'productClicks' : 'productViews', 1)
    const exposure = this.#exposureOf(personId, placement)
    const isTheirs = exposure?.variant === placement.variant
    if (this.#isFirst(`${answer} seen`)) {
      this.#add(day, placement, 'views', 1)
      if (isTheirs) exposure.views++
    }
    if (type === 'view') return 'counted'
    if (this.#isFirst(`${answer} clicked`)) {
      this.#add(day, placement, 'clicks', 1)
      if (isTheirs) exposure.clicks++
    }
    if (personId !== '')
      this.clicks.push({ person: personId, atSeconds, placement, day, product, nonce })
    return 'counted'
  }

  order(people: readonly string[], { orderId, ...told }: ShopOrder): void {
    const atSeconds = Math.floor(told.atMs / 1_000)
    const isKnown = this.#orders.has(orderId)
    const order = this.#asTold({ orderId, ...told })
    if (order.isReturned) return
    const clicks = this.clicks.filter(
      (it) =>
        people.includes(it.person) &&
        it.atSeconds <= atSeconds &&
        it.atSeconds >= atSeconds - 7 * 86_400,
    )
    for (const slot of new Set(clicks.map((it) => it.placement.slot))) {
      if (order.slots.some((it) => it.placement.slot === slot)) continue
      const ofSlot = clicks.filter((it) => it.placement.slot === slot)
      // Which of two clicks of one second was the later one nobody knows: any rule will do.
      const rankOf = (it: NaiveClick): string =>
        `${it.atSeconds} ${people.indexOf(it.person)} ${it.nonce} ${it.product}`
      const { day, placement } = ofSlot.reduce((a, b) => (rankOf(b) >= rankOf(a) ? b : a))
      const products = order.things
        .map((it) => it.product)
        .filter((product) => ofSlot.some((it) => it.product === product))
      const left = order.things.filter((it) => products.includes(it.product) && !it.isBack)
      const revenue = left.reduce((sum, it) => sum + it.price, 0)
      this.#addOrder(day, placement, revenue, order.value)
      order.slots.push({ day, placement, revenue, value: order.value, products })
    }
    const exposures = people.flatMap((person) =>
      this.exposures.filter((it) => it.person === person),
    )
    for (const it of exposures) {
      const { person, slot, experiment } = it
      if (it.firstAtSeconds > atSeconds) continue
      if (order.experiments.some((one) => one.slot === slot && one.experiment === experiment))
        continue
      order.experiments.push({ person, slot, experiment, value: order.value, atSeconds })
      it.orders++
      it.valueMicros += order.value
    }
    if (!isKnown && order.slots.length + order.experiments.length > 0) this.#counts(orderId, order)
  }

  refund(refund: ShopRefund): void {
    const order = this.#orders.get(refund.orderId)
    if (order === undefined) this.#waiting.push(refund)
    else this.#takeOff(order, refund)
  }

  join(gone: string, person: string): void {
    for (const it of this.clicks) if (it.person === gone) it.person = person
    for (const order of this.#orders.values())
      for (const it of order.experiments) if (it.person === gone) it.person = person
    for (const it of this.exposures.filter((one) => one.person === gone)) {
      const own = this.#exposureOf(person, it)
      if (own === undefined) {
        it.person = person
        continue
      }
      this.exposures = this.exposures.filter((one) => one !== it && one !== own)
      const [first, second] = own.firstAtSeconds <= it.firstAtSeconds ? [own, it] : [it, own]
      const isSame = first.variant === second.variant
      this.exposures.push({
        ...first,
        person,
        views: first.views + (isSame ? second.views : 0),
        clicks: first.clicks + (isSame ? second.clicks : 0),
        orders: first.orders + second.orders,
        valueMicros: first.valueMicros + second.valueMicros,
      })
    }
  }

  forget(person: string): void {
    this.clicks = this.clicks.filter((it) => it.person !== person)
    this.exposures = this.exposures.filter((it) => it.person !== person)
    for (const order of this.#orders.values())
      for (const it of order.experiments) if (it.person === person) it.person = ''
  }

  /** What was counted of a placement on days from one to another. */
  total(placement: Placement, what: string, from: string, to: string): number {
    const name = nameOf(placement)
    return this.counts
      .filter((it) => it.placement === name && it.what === what && it.day >= from && it.day <= to)
      .reduce((sum, it) => sum + it.amount, 0)
  }

  /** As it was told first by whoever it counted for, and not taken back since. */
  #asTold({ orderId, lines, valueMicros }: ShopOrder): NaiveOrder {
    const things = lines.flatMap(({ product, quantity, priceMicros }) =>
      Array.from({ length: quantity }, () => ({
        ...{ product, price: Math.max(priceMicros, 0), isBack: false },
      })),
    )
    const value = valueMicros < 0 ? things.reduce((sum, it) => sum + it.price, 0) : valueMicros
    const known = this.#orders.get(orderId)
    if (known === undefined) {
      const nothing = { slots: [], experiments: [], refunds: [], isReturned: false }
      return { things, value, ...nothing }
    }
    if (known.refunds.length > 0) return known
    if (known.things.length === 0) known.things = things
    if (known.value === 0) known.value = value
    return known
  }

  #counts(orderId: string, order: NaiveOrder): void {
    this.#orders.set(orderId, order)
    for (const it of this.#waiting) if (it.orderId === orderId) this.#takeOff(order, it)
  }

  #takeOff(order: NaiveOrder, { refundId, lines, valueMicros }: ShopRefund): void {
    if (order.isReturned || order.refunds.includes(refundId)) return
    order.refunds.push(refundId)
    const paidFor = new Map(lines.map((it) => [it.product, it.priceMicros]))
    const back: { product: string; price: number }[] = []
    let worth = 0
    for (const { product } of lines.flatMap((it) => Array(it.quantity).fill(it))) {
      const thing = order.things.find((it) => it.product === product && !it.isBack)
      if (thing === undefined) continue
      thing.isBack = true
      back.push(thing)
      worth += paidFor.get(product)! > 0 ? paidFor.get(product)! : thing.price
    }
    if (order.things.length === 0)
      for (const it of lines) worth += it.quantity * Math.max(it.priceMicros, 0)
    const said = valueMicros < 0 ? worth : valueMicros
    order.isReturned =
      (lines.length === 0 && valueMicros < 0) ||
      (order.things.length > 0 && order.things.every((it) => it.isBack)) ||
      (order.value > 0 && said >= order.value)
    const shareOf = (amount: number): number => {
      if (order.isReturned) return amount
      return order.value === 0 ? 0 : Math.round((amount * said) / order.value)
    }
    for (const it of order.slots) {
      const ofThings = back.filter(({ product }) => it.products.includes(product))
      const isByThings = !order.isReturned && it.products.length > 0 && back.length > 0
      const revenue = isByThings
        ? Math.min(
            ofThings.reduce((sum, { price }) => sum + price, 0),
            it.revenue,
          )
        : shareOf(it.revenue)
      const value = shareOf(it.value)
      it.revenue -= revenue
      it.value -= value
      this.#addOrder(it.day, it.placement, -revenue, -value, order.isReturned ? -1 : 0)
    }
    for (const it of order.experiments) {
      const value = shareOf(it.value)
      it.value -= value
      const exposure = this.exposures.find(
        (one) =>
          one.person === it.person &&
          one.slot === it.slot &&
          one.experiment === it.experiment &&
          one.firstAtSeconds <= it.atSeconds,
      )
      if (exposure === undefined) continue
      exposure.valueMicros -= value
      if (order.isReturned) exposure.orders--
    }
    order.value -= shareOf(order.value)
  }

  #addOrder(day: string, placement: Placement, revenue: number, value: number, orders = 1): void {
    this.#add(day, placement, 'orders', orders)
    this.#add(day, placement, 'revenueMicros', revenue)
    this.#add(day, placement, 'orderValueMicros', value)
  }

  #exposureOf(person: string, { slot, experiment }: Placement): NaiveExposure | undefined {
    return this.exposures.find(
      (it) => it.person === person && it.slot === slot && it.experiment === experiment,
    )
  }

  #isFirst(name: string): boolean {
    if (this.#seen.has(name)) return false
    this.#seen.add(name)
    return true
  }

  #add(day: string, placement: Placement, what: string, amount: number): void {
    this.counts.push({ day, placement: nameOf(placement), what, amount })
  }
}
