import type { Metrics } from '../base/metrics.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { ConsentRules } from '../openrtb/consent/decision.js'
import type { BidRequest } from '../openrtb/request.js'
import type { ProfileFetch } from '../profiles/fetch.js'
import type { Profile } from '../profiles/profile.js'
import type { ProfileReader } from '../profiles/store.js'
import type { Exchange } from './exchange.js'
import { Identity } from './identity.js'

export interface RecogniserOptions {
  readonly profiles: ProfileReader
  readonly consent: ConsentRules
  readonly metrics: Metrics
}

/**
 * Says who is behind a request, as far as consent lets us look, and counts what came of it.
 *
 * All give null for a stranger, without consent, and where the store fails.
 */
export class Recogniser {
  /** The last `recognise` lacks somebody whom the store has to be asked for; it counted nothing. */
  isPending = false
  readonly #options: RecogniserOptions
  readonly #identity: Identity

  constructor(options: RecogniserOptions) {
    this.#options = options
    this.#identity = new Identity(options.profiles)
  }

  /** From now on, shops' own ids are looked up as this catalogue says. */
  swap(snapshot: Pick<Snapshot, 'shops'>): void {
    this.#identity.swap(snapshot)
  }

  get shopsLeftOutCount(): number {
    return this.#identity.leftOutCount
  }

  /** By who is at hand. */
  recognise(request: BidRequest, exchange: Exchange): Profile | null {
    const { metrics, profiles, consent } = this.#options
    const { slots } = metrics
    this.isPending = false
    if (!this.#identity.isNamed(request, exchange)) {
      metrics.inc(slots.profileReads.no_user)
      return null
    }
    const { mayReadProfile, reasonIndex } = consent.decide(request)
    if (!mayReadProfile) {
      metrics.inc(slots.consent[reasonIndex]!)
      metrics.inc(slots.profileReads.no_consent)
      return null
    }
    const errorsBefore = profiles.stats.readErrors
    const profile = this.#identity.profileOf(request, exchange)
    this.isPending = this.#identity.isPending
    if (!this.isPending) {
      const { error, stranger } = slots.profileReads
      this.#count(reasonIndex, profile, profiles.stats.readErrors > errorsBefore ? error : stranger)
    }
    return profile
  }

  /** Everybody to be fetched for a request that is pending. */
  uidsOf(request: BidRequest, exchange: Exchange): readonly string[] {
    return this.#identity.uidsOf(request, exchange)
  }

  /** By who has been fetched so far. @param request was pending. */
  recogniseFetched(request: BidRequest, exchange: Exchange, fetch: ProfileFetch): Profile | null {
    const { late, error, stranger } = this.#options.metrics.slots.profileReads
    this.isPending = false
    const profile = this.#identity.profileFrom(fetch, request, exchange)
    const { reasonIndex } = this.#options.consent.decide(request)
    const miss = fetch.failedCount > 0 ? error : stranger
    this.#count(reasonIndex, profile, fetch.waitingCount > 0 ? late : miss)
    return profile
  }

  /** A request that was pending isn't waited for. @param profile as it was recognised. */
  settle(request: BidRequest, profile: Profile | null): void {
    const { metrics, consent } = this.#options
    this.#count(consent.decide(request).reasonIndex, profile, metrics.slots.profileReads.late)
  }

  #count(reasonIndex: number, profile: Profile | null, miss: number): void {
    const { metrics } = this.#options
    const { slots } = metrics
    metrics.inc(slots.consent[reasonIndex]!)
    metrics.inc(profile === null ? miss : slots.profileReads.hit)
  }
}
