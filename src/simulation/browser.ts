import { Random } from '../base/random.js'
import { type MacroValues, substituteMacros } from '../openrtb/macros.js'
import { markupOf } from './formats.js'
import { tracesOf } from './measuring.js'
import type { NoticeSender } from './notices.js'
import { isObject, type LooseBid, textOf } from './wire.js'

export interface BrowserOptions {
  /** Of the shown ads that somebody clicks on, in [0, 1]. */
  readonly clickShare: number
  /** The exchange's own macro before click links; '' or absent where it has none. */
  readonly clickMacro?: string
  readonly seed: number
}

/**
 * The people who see the ads: loads what counts the impression, plays videos and spots to their end,
 * and sometimes clicks.
 *
 * Only what points at the servers of the bid's own notices is loaded: a simulation asks no strangers.
 */
export class Browser {
  readonly #notices: NoticeSender
  readonly #options: BrowserOptions

  constructor(notices: NoticeSender, options: BrowserOptions) {
    this.#notices = notices
    this.#options = options
  }

  /**
   * @param bid     the one that won, markup as received.
   * @param macros  what is put into the markup before it is shown.
   * @param number  of the bid in this run: whether and where it is clicked follows from it.
   */
  show(bid: LooseBid, macros: MacroValues, number: number): void {
    const { clickShare, clickMacro = '', seed } = this.#options
    const shown = markupOf({ ...bid, ...substituted(bid, macros) })
    const { impressions, later, clicks, clickTrackers } = tracesOf(shown, bid, clickMacro)
    const random = new Random(seed ^ Math.imul(number + 1, 0xc2b2ae35))
    const isClicked = random.chance(clickShare)
    const watch = (): void => {
      for (const url of later) this.#notices.fire('tracking', url)
      if (!isClicked) return
      for (const url of clickTrackers) this.#notices.fire('tracking', url)
      if (clicks.length > 0) this.#notices.fire('click', random.pick(clicks))
    }
    // Nobody watches or clicks on what isn't there yet.
    const [first, ...others] = impressions
    if (first === undefined) watch()
    else this.#notices.fire('pixel', first, watch)
    for (const url of others) this.#notices.fire('pixel', url)
  }
}

/** Exchanges replace blindly, in text: an object is written and read for it. */
function substituted(bid: LooseBid, macros: MacroValues): LooseBid {
  const inObject = (value: object): unknown => {
    try {
      return JSON.parse(substituteMacros(JSON.stringify(value), macros))
    } catch {
      // A value with a quote in it: what is shown then has its macros as they stood.
      return value
    }
  }
  const adm = isObject(bid.adm) ? inObject(bid.adm) : substituteMacros(textOf(bid.adm), macros)
  return isObject(bid.adm_native) ? { adm, adm_native: inObject(bid.adm_native) } : { adm }
}
