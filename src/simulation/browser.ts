import { Random } from '../base/random.js'
import { noticeOriginsOf } from './bid-rules.js'
import { clickLinksOf, pixelOf, tagsOf } from './markup.js'
import type { NoticeSender } from './notices.js'
import type { LooseBid } from './wire.js'

export interface BrowserOptions {
  /** Of the shown ads that somebody clicks on, in [0, 1]. */
  readonly clickShare: number
  readonly seed: number
}

/**
 * The people who see the ads: loads the impression pixel, and sometimes clicks.
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
   * @param markup  of the winning bid, macros substituted.
   * @param number  of the bid in this run: whether and where it is clicked follows from it.
   */
  show(bid: LooseBid, markup: string, number: number): void {
    const origins = noticeOriginsOf(bid)
    const tags = tagsOf(markup)
    const pixel = pixelOf(tags, origins)
    const random = new Random(this.#options.seed ^ Math.imul(number + 1, 0xc2b2ae35))
    const isClicked = random.chance(this.#options.clickShare)
    const links = isClicked ? clickLinksOf(tags, origins) : []
    const click = (): void => {
      if (links.length > 0) this.#notices.fire('click', random.pick(links))
    }
    // Nobody clicks on what isn't there yet.
    if (pixel !== '') this.#notices.fire('pixel', pixel, click)
    else click()
  }
}
