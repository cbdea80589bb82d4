// The report as anybody would write it who has all the time and memory there is: everything that happened in lists, and
// every number counted anew from them.
import type { Feedback } from '../../../src/recommend/report/feedback-log.js'
import type { ShopOrder } from '../../../src/recommend/report/orders.js'
import type { AnswerSeen } from '../../../src/recommend/report/pending-answers.js'
import { type Placement, placementKeyOf } from '../../../src/recommend/report/placement.js'

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
  readonly #ordered = new Set<string>()
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
      const name = orderId === '' ? `${answer} order` : `order ${orderId} in ${placement.slot}`
      if (!this.#isFirst(name)) return 'duplicate'
      // One without a number may be the same.
      this.#seen.add(`${answer} order`)
      this.#add(day, placement, 'orders', 1)
      this.#add(day, placement, 'revenueMicros', valueMicros)
      this.#add(day, placement, 'orderValueMicros', valueMicros)
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

  order(people: readonly string[], order: ShopOrder): void {
    const atSeconds = Math.floor(order.atMs / 1_000)
    const sumOf = (lines: ShopOrder['lines']): number =>
      lines.reduce((sum, it) => sum + Math.max(it.priceMicros, 0) * it.quantity, 0)
    const value = order.valueMicros < 0 ? sumOf(order.lines) : order.valueMicros
    const clicks = this.clicks.filter(
      (it) =>
        people.includes(it.person) &&
        it.atSeconds <= atSeconds &&
        it.atSeconds >= atSeconds - 7 * 86_400,
    )
    for (const slot of new Set(clicks.map((it) => it.placement.slot))) {
      if (!this.#isFirst(`order ${order.orderId} in ${slot}`)) continue
      const ofSlot = clicks.filter((it) => it.placement.slot === slot)
      // Which of two clicks of one second was the later one nobody knows: any rule will do.
      const rankOf = (it: NaiveClick): string =>
        `${it.atSeconds} ${people.indexOf(it.person)} ${it.nonce} ${it.product}`
      const last = ofSlot.reduce((a, b) => (rankOf(b) >= rankOf(a) ? b : a))
      const products = ofSlot.map((it) => it.product)
      const revenue = sumOf(order.lines.filter((it) => products.includes(it.product)))
      this.#add(last.day, last.placement, 'orders', 1)
      this.#add(last.day, last.placement, 'revenueMicros', revenue)
      this.#add(last.day, last.placement, 'orderValueMicros', value)
    }
    const exposures = people.flatMap((person) =>
      this.exposures.filter((it) => it.person === person),
    )
    for (const it of exposures) {
      if (it.firstAtSeconds > atSeconds) continue
      const name = `${order.orderId} ${it.slot} ${it.experiment}`
      if (this.#ordered.has(name)) continue
      this.#ordered.add(name)
      it.orders++
      it.valueMicros += value
    }
  }

  join(gone: string, person: string): void {
    for (const it of this.clicks) if (it.person === gone) it.person = person
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
  }

  /** What was counted of a placement on days from one to another. */
  total(placement: Placement, what: string, from: string, to: string): number {
    const name = nameOf(placement)
    return this.counts
      .filter((it) => it.placement === name && it.what === what && it.day >= from && it.day <= to)
      .reduce((sum, it) => sum + it.amount, 0)
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
