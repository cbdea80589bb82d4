import type { Decider } from '../bidding/decide.js'
import { companionSizeOf, mediaAttributes, mediaSkipAfter } from '../bidding/media-fit.js'
import { chooseNativeParts } from '../bidding/native-fit.js'
import { ProductChoice } from '../bidding/product-choice.js'
import type { NativeAd } from '../catalogue/creative/native.js'
import { nativeAssetCountMax, nativeLinks, renderNative } from '../catalogue/creative/native.js'
import type { Banner } from '../catalogue/creative/render.js'
import { bannerLinks, renderBanner } from '../catalogue/creative/render.js'
import type { Vast } from '../catalogue/creative/vast.js'
import { renderVast, vastLinks } from '../catalogue/creative/vast.js'
import { CreativeFormat } from '../catalogue/media.js'
import { noProducts } from '../catalogue/product-table.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { MediaOffer, NativeOffer } from '../openrtb/offers.js'
import type { Impression } from '../openrtb/request.js'
import type { BidFacts } from './bid-facts.js'
import type { Exchange } from './exchange.js'
import { chargeQuery } from './notice-url.js'

/** Size part of a creative's id, by size index: `300x250`. */
const sizeNames = Array.from(bannerSizes, ({ width, height }) => `${width}x${height}`)

/**
 * Writes the markup of a bid for one exchange, and what the bid says of it: size, duration, language …
 * Everything that it works with is kept and filled anew.
 */
export class Markup {
  readonly #choice = new ProductChoice()
  readonly #banner: Banner
  readonly #wrapped: Exchange['native']['wrapped']
  readonly #links: Pick<NativeAd, 'links'> & { readonly vast: Vast['links'] }
  /** Made with the first catalogue: they need its tables. */
  #native: NativeAd | null = null
  #vast: Vast | null = null

  /** @param publicUrl where exchanges and browsers reach us, without a slash at the end. */
  constructor(publicUrl: string, exchange: Exchange) {
    const { clickMacro } = exchange
    const query = chargeQuery(exchange)
    this.#wrapped = exchange.native.wrapped
    this.#links = {
      links: nativeLinks(publicUrl, query, clickMacro),
      vast: vastLinks(publicUrl, query, clickMacro),
    }
    this.#banner = {
      sizeIndex: 0,
      brands: Buffer.alloc(0),
      brandStart: 0,
      brandEnd: 0,
      products: noProducts(),
      productIndexes: this.#choice.indexes,
      productCount: 0,
      links: bannerLinks(publicUrl, query, clickMacro),
      hasPixel: true,
      token: '',
    }
  }

  /** Reads `row`, `format` and `token` of `facts`, and fills in the rest that is about the creative. */
  write(facts: BidFacts, decider: Decider, impression: Impression, snapshot: Snapshot): void {
    facts.markup.reset()
    facts.width = 0
    facts.height = 0
    facts.durationSeconds = 0
    facts.protocol = 0
    facts.attributes = 0
    facts.apis = 0
    facts.language = snapshot.shops[snapshot.shopOf[facts.row]!]!.language
    if (facts.format === CreativeFormat.banner) this.#writeBanner(facts, decider, snapshot)
    else if (facts.format === CreativeFormat.native)
      this.#writeNative(facts, decider, impression.native, snapshot)
    else {
      const isVideo = facts.format === CreativeFormat.video
      this.#writeMedia(facts, decider, isVideo ? impression.video : impression.audio, snapshot)
    }
  }

  #writeBanner(facts: BidFacts, decider: Decider, snapshot: Snapshot): void {
    const { sizeIndex } = decider
    const { width, height } = bannerSizes[sizeIndex]!
    facts.creative = sizeNames[sizeIndex]!
    facts.width = width
    facts.height = height
    this.#fillBanner(decider, sizeIndex, facts.token, snapshot)
    this.#banner.hasPixel = true
    renderBanner(facts.markup, this.#banner)
  }

  #fillBanner(decider: Decider, sizeIndex: number, token: string, snapshot: Snapshot): void {
    const { row, slice } = decider
    const banner = this.#banner
    this.#choice.choose(snapshot, row, slice, bannerSizes[sizeIndex]!.productCountMax)
    banner.sizeIndex = sizeIndex
    banner.brands = snapshot.brands
    banner.brandStart = snapshot.brandStart[row]!
    banner.brandEnd = snapshot.brandEnd[row]!
    banner.products = snapshot.products[snapshot.shopOf[row]!]!
    banner.productCount = this.#choice.count
    banner.token = token
  }

  #writeNative(facts: BidFacts, decider: Decider, offer: NativeOffer, snapshot: Snapshot): void {
    const { row, product } = decider
    const products = snapshot.products[snapshot.shopOf[row]!]!
    facts.creative = 'native'
    this.#native ??= {
      request: offer,
      parts: new Uint8Array(nativeAssetCountMax),
      isWrapped: false,
      products,
      product,
      brands: snapshot.brands,
      brandAt: 0,
      links: this.#links.links,
      token: '',
    }
    const ad = this.#native
    chooseNativeParts(offer, snapshot, row, product, ad.parts)
    ad.request = offer
    ad.isWrapped = this.#wrapped === 'as-asked' ? offer.isWrapped : this.#wrapped === 'always'
    ad.products = products
    ad.product = product
    ad.brands = snapshot.brands
    ad.brandAt = snapshot.brandEnd[row]!
    ad.token = facts.token
    renderNative(facts.markup, ad)
  }

  #writeMedia(facts: BidFacts, decider: Decider, offer: MediaOffer, snapshot: Snapshot): void {
    const { media } = snapshot
    const { media: creative, protocol } = decider
    facts.creative = media.nameOf(creative)
    facts.durationSeconds = media.durationSeconds[creative]!
    facts.protocol = protocol
    facts.attributes = mediaAttributes(media, creative, offer)
    facts.apis = media.apis[creative]!
    facts.language = media.languageOf(creative)
    if (facts.format === CreativeFormat.video) {
      // The player's size: the files are scaled into it.
      facts.width = offer.width
      facts.height = offer.height
    }
    this.#vast ??= {
      media,
      creative,
      protocol,
      limits: offer,
      skipAfterSeconds: -1,
      links: this.#links.vast,
      bidId: '',
      token: '',
      companion: null,
    }
    const vast = this.#vast
    const companion = companionSizeOf(offer)
    if (companion >= 0) {
      this.#fillBanner(decider, companion, facts.token, snapshot)
      // What counts is that the video is shown; the banner beside it is none of its impressions.
      this.#banner.hasPixel = false
    }
    vast.media = media
    vast.creative = creative
    vast.protocol = protocol
    vast.limits = offer
    vast.skipAfterSeconds = mediaSkipAfter(media, creative, offer)
    vast.bidId = facts.id
    vast.token = facts.token
    vast.companion = companion >= 0 ? this.#banner : null
    renderVast(facts.markup, vast)
  }
}
