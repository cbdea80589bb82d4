import { Random } from '../base/random.js'
import { consentString } from './consent-string.js'
import { convert, ratesDefault } from './currencies.js'
import { hex, pickByWeight, someDevice, uuid } from './devices.js'
import { type Format, formats } from './formats.js'
import { someImps } from './impressions.js'
import { type AppPublisher, apps, type Publisher, publishers } from './inventory.js'
import { cities } from './places.js'

export interface GeneratorOptions {
  readonly seed: number
  /** Of bids and most floors. */
  readonly currency: string
  /** What is offered. Default: all. */
  readonly formats?: readonly Format[]
  /** Deals that are offered now and then. Default: a few invented ones. */
  readonly dealIds?: readonly string[]
}

export const dealIdsDefault = ['umowa-1', 'umowa-2', 'umowa-3']

/** What every part of one request agrees upon. */
interface Scene {
  readonly number: number
  readonly language: string
  readonly country: string
  /** OpenRTB 2.6 has consent, eids and the supply chain in places of their own, 2.5 under `ext`. */
  readonly is26: boolean
  /** `regs.gdpr`; null where the exchange doesn't say. */
  readonly gdpr: 0 | 1 | null
  /** '' where there is none. */
  readonly consent: string
}

const adServer = 'gielda-reklam.example'

/**
 * Bid requests as European exchanges send them: sites and apps, phones and computers, one banner
 * or several, videos, native ads and spots, floors, deals, blocked categories and advertisers, now and
 * then a consent string or a test. 1–2 KB each, and the same ones for the same seed.
 *
 * They hold no uid of ours: whoever sends them sets `user.buyeruid`.
 */
export class RequestGenerator {
  readonly #random: Random
  readonly #currency: string
  readonly #formats: readonly Format[]
  readonly #dealIds: readonly string[]
  readonly #otherCurrencies: Readonly<Record<string, number>>
  #count = 0

  constructor(options: GeneratorOptions) {
    this.#random = new Random(options.seed)
    this.#currency = options.currency
    this.#formats = options.formats ?? formats
    this.#dealIds = options.dealIds ?? dealIdsDefault
    const others = ['EUR', 'USD'].filter((currency) => currency !== options.currency)
    const worth = others.map((other) => [other, convert(1, other, options.currency, ratesDefault)])
    this.#otherCurrencies = Object.fromEntries(worth.filter(([, rate]) => !Number.isNaN(rate)))
  }

  /** The next request; its id is unique within this generator. */
  next(): object {
    const random = this.#random
    const app = random.chance(0.25) ? pickByWeight(random, apps) : null
    const publisher = pickByWeight(random, publishers)
    const scene = this.#someScene(app === null ? publisher.country : 'POL', publisher.language)
    const { device, kind, os } = someDevice(random, { ...scene, inApp: app !== null })
    const imp = someImps(random, {
      channel: app !== null ? 'app' : kind === 'phone' ? 'phone' : 'desktop',
      formats: this.#formats,
      dealIds: this.#dealIds,
      slotPath: `/71${publishers.indexOf(publisher)}/${app?.bundle ?? publisher.domain}`,
      floorMedian: (app ?? publisher).floorMedian / convert(1, this.#currency, 'PLN', pricesIn),
      currency: this.#currency,
      otherCurrencies: this.#otherCurrencies,
    })
    return {
      id: `${hex(random, 20)}-${scene.number.toString(36)}`,
      imp,
      ...(app === null
        ? { site: this.#someSite(publisher, kind === 'phone') }
        : { app: this.#someApp(app, os) }),
      device: { ...device, geo: this.#someGeo(scene.country) },
      user: this.#someUser(scene),
      at: random.chance(0.3) ? 1 : 2,
      tmax: random.pick([80, 100, 100, 120, 150, 200, 250, 300]),
      ...(random.chance(0.01) ? { test: 1 } : {}),
      ...this.#someCurrencies(),
      ...this.#someRestrictions(),
      source: this.#someSource(scene, (app ?? publisher).name),
      ...this.#someRegs(scene),
    }
  }

  #someScene(country: string, language: string): Scene {
    const random = this.#random
    const gdpr = random.chance(0.72) ? 0 : random.chance(0.5) ? null : 1
    const hasConsent = gdpr === 1 && random.chance(0.85)
    return {
      number: this.#count++,
      language,
      country,
      is26: random.chance(0.5),
      gdpr,
      consent: hasConsent ? consentString(random.chance(0.6), language.toUpperCase()) : '',
    }
  }

  #someSite(publisher: Publisher, isPhone: boolean): object {
    const random = this.#random
    const { domain, name, language } = publisher
    const topic = random.pick(publisher.topics)
    const url = `https://${isPhone ? 'm.' : 'www.'}${domain}`
    const page = `${url}/${topic.path}/${random.pick(topic.titles)},${100_000 + random.below(900_000)}`
    return {
      id: `s-${publishers.indexOf(publisher) + 1}`,
      name,
      domain,
      cat: [topic.cat[0]],
      ...(random.chance(0.6) ? { pagecat: topic.cat } : {}),
      page,
      ...(random.chance(0.4) ? { ref: random.pick([`${url}/`, 'https://szukaj.example/']) } : {}),
      ...(random.chance(0.7) ? { keywords: topic.keywords.join(',') } : {}),
      mobile: isPhone ? 1 : 0,
      privacypolicy: 1,
      publisher: { id: `p-${publishers.indexOf(publisher) + 1}`, name, domain },
      ...(random.chance(0.5) ? { content: { language, context: 5 } } : {}),
    }
  }

  #someApp(app: AppPublisher, os: string): object {
    const isIos = os === 'iOS'
    const id = isIos ? app.iosId : app.bundle
    const store = isIos
      ? `https://apps.store.example/id${app.iosId}`
      : `https://play.store.example/details?id=${app.bundle}`
    return {
      id: `a-${apps.indexOf(app) + 1}`,
      name: app.name,
      bundle: id,
      storeurl: store,
      cat: app.cat,
      ver: `${1 + this.#random.below(9)}.${this.#random.below(20)}.${this.#random.below(10)}`,
      keywords: app.keywords,
      privacypolicy: 1,
      publisher: { id: `pa-${apps.indexOf(app) + 1}`, name: app.name },
    }
  }

  #someGeo(country: string): object {
    const random = this.#random
    const city = pickByWeight(
      random,
      cities.filter((it) => it.country === country),
    )
    return {
      country,
      region: city.region,
      city: city.city,
      ...(random.chance(0.5) ? { zip: city.zip } : {}),
      lat: Math.round((city.lat + (random.next() - 0.5) / 5) * 100) / 100,
      lon: Math.round((city.lon + (random.next() - 0.5) / 5) * 100) / 100,
      type: 2,
      utcoffset: 60,
    }
  }

  #someUser(scene: Scene): object {
    const random = this.#random
    const hasEids = random.chance(0.35)
    const eids = hasEids
      ? [
          { source: adServer, uids: [{ id: hex(random, 32), atype: 1 }] },
          { source: 'wspolny-identyfikator.example', uids: [{ id: uuid(random), atype: 3 }] },
        ]
      : undefined
    const more = {
      ...(eids === undefined ? {} : { eids }),
      ...(scene.consent === '' ? {} : { consent: scene.consent }),
    }
    const hasMore = eids !== undefined || scene.consent !== ''
    return {
      id: hex(random, 24),
      ...(scene.is26 ? more : hasMore ? { ext: more } : {}),
    }
  }

  #someCurrencies(): object {
    const random = this.#random
    if (random.chance(0.03) && this.#currency === 'USD') return {}
    if (random.chance(0.15)) return { cur: [...new Set([this.#currency, 'EUR'])] }
    return { cur: [this.#currency] }
  }

  #someRestrictions(): object {
    const random = this.#random
    return {
      ...(random.chance(0.55) ? { bcat: random.pick(blockedCategories) } : {}),
      ...(random.chance(0.3) ? { badv: random.pick(blockedAdvertisers) } : {}),
      ...(random.chance(0.1) ? { wlang: ['pl', 'en'] } : {}),
    }
  }

  #someSource(scene: Scene, publisherName: string): object {
    const random = this.#random
    const schain = {
      ver: '1.0',
      complete: 1,
      nodes: [
        { asi: adServer, sid: `${1_000 + random.below(9_000)}`, hp: 1, name: publisherName },
        ...(random.chance(0.3) ? [{ asi: 'posrednik.example', sid: hex(random, 8), hp: 1 }] : []),
      ],
    }
    const hasChain = random.chance(0.6)
    return {
      fd: 0,
      tid: uuid(random),
      ...(hasChain ? (scene.is26 ? { schain } : { ext: { schain } }) : {}),
    }
  }

  #someRegs(scene: Scene): object {
    const { gdpr, is26 } = scene
    if (gdpr === null) return {}
    return { regs: is26 ? { coppa: 0, gdpr } : { coppa: 0, ext: { gdpr } } }
  }
}

/** Publishers' floors are written down in złoty. */
const pricesIn = ratesDefault

const blockedCategories: readonly (readonly string[])[] = [
  ['IAB25', 'IAB26'],
  ['IAB24', 'IAB25', 'IAB26', 'IAB7-39'],
  ['IAB8-5', 'IAB9-9', 'IAB14-1', 'IAB25-3', 'IAB26'],
  ['IAB11', 'IAB23', 'IAB25'],
  ['IAB22-1', 'IAB26'],
  ['IAB18', 'IAB25'],
]

const blockedAdvertisers: readonly (readonly string[])[] = [
  ['kasyno.example', 'chwilowka.example'],
  ['zaklady.example'],
  ['konkurencja.example', 'inny-portal.example', 'tania-prasa.example'],
]
