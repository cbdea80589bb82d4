import { isJunk } from '../base/junk-id.js'
import { keyOf } from '../base/key.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest } from '../openrtb/request.js'
import { PlaceKind } from '../openrtb/request.js'
import type { ProfileFetch } from '../profiles/fetch.js'
import { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import { type ProfileReader, pending } from '../profiles/store.js'
import { deviceUid, isForeignUid, sharedUid, shopUid } from '../profiles/uid-kinds.js'
import type { Exchange } from './exchange.js'

/** Shops that may share a source of ids: each costs a hash and a read for an id from there. */
const shopsPerSourceMax = 64

/** A shop whose people may be found by ids of a source. */
interface ShopSource {
  readonly id: string
  readonly key: number
  readonly salt: string
}

/**
 * Finds the person behind a request by the ids that it carries: ours first, then, as far as agreed with
 * the exchange, the device's and those of shared sources, then shops' own.
 *
 * Whether ids may be looked up at all is decided before. Nothing is allocated where one id is known.
 */
export class Identity {
  readonly #reader: ProfileReader
  #shopsBySource: ReadonlyMap<string, readonly ShopSource[]> = new Map()
  #leftOutCount = 0
  /** Whether the last `profileOf` lacks somebody whom the store has to be asked for. */
  isPending = false
  /** Where to look before the store; and where to write down who was looked for. */
  #fetched: ProfileFetch | null = null
  #uids: string[] | null = null

  constructor(reader: ProfileReader) {
    this.#reader = reader
  }

  /** Shops beyond the number that may share a source: they are not looked up. */
  get leftOutCount(): number {
    return this.#leftOutCount
  }

  /** From now on, shops' own ids are looked up as this catalogue says. */
  swap({ shops }: Pick<Snapshot, 'shops'>): void {
    const bySource = new Map<string, ShopSource[]>()
    this.#leftOutCount = 0
    for (const { id, eids } of shops) {
      if (eids === null) continue
      const source = eids.source.toLowerCase()
      const sharing = bySource.get(source) ?? []
      bySource.set(source, sharing)
      if (sharing.length < shopsPerSourceMax) sharing.push({ id, key: keyOf(id), salt: eids.salt })
      else this.#leftOutCount++
    }
    this.#shopsBySource = bySource
  }

  /** Whether there is any id that would be looked up. */
  isNamed(request: BidRequest, { identity }: Pick<Exchange, 'identity'>): boolean {
    if (isOwn(request.buyerUid)) return true
    if (identity.userIdIsOurs && isOwn(request.userId)) return true
    if (identity.ifa && isDeviceNamed(request)) return true
    for (let i = 0; i < request.eidIds.length; i++) {
      const source = request.eidSources[i]!
      if (!identity.eidSources.includes(source) && !this.#shopsBySource.has(source)) continue
      if (!isJunk(request.eidIds[i]!)) return true
    }
    return false
  }

  /**
   * What all its ids together tell: of each shop the slice of the first id that it knows. So what one
   * shop has under one id never hides what another has under the next.
   *
   * @returns null for a stranger, and where the store fails, which it counts. Whoever isn't at hand is
   *   left out: then `isPending`.
   */
  profileOf(request: BidRequest, { identity }: Pick<Exchange, 'identity'>): Profile | null {
    this.isPending = false
    let profile: Profile | null = null
    if (isOwn(request.buyerUid)) profile = this.#read(request.buyerUid)
    if (identity.userIdIsOurs && isOwn(request.userId))
      profile = joined(profile, this.#read(request.userId))
    if (identity.ifa && isDeviceNamed(request))
      profile = joined(profile, this.#read(deviceUid(request.ifa)))
    for (let i = 0; i < request.eidIds.length; i++) {
      const source = request.eidSources[i]!
      if (isJunk(request.eidIds[i]!)) continue
      if (identity.eidSources.includes(source))
        profile = joined(profile, this.#read(sharedUid(source, request.eidIds[i]!)))
    }
    return this.#shopsBySource.size > 0 ? joined(profile, this.#knownToShops(request)) : profile
  }

  /** As `profileOf`, by those who have been fetched and nobody else. */
  profileFrom(
    fetched: ProfileFetch,
    request: BidRequest,
    exchange: Pick<Exchange, 'identity'>,
  ): Profile | null {
    this.#fetched = fetched
    const profile = this.profileOf(request, exchange)
    this.#fetched = null
    return profile
  }

  /** Everybody whom `profileOf` looks for, none twice. */
  uidsOf(request: BidRequest, exchange: Pick<Exchange, 'identity'>): readonly string[] {
    const uids: string[] = []
    this.#uids = uids
    this.profileOf(request, exchange)
    this.#uids = null
    return uids
  }

  #read(uid: string): Profile | null {
    if (this.#fetched !== null) return this.#fetched.profileOf(uid)
    if (this.#uids !== null) {
      if (!this.#uids.includes(uid)) this.#uids.push(uid)
      return null
    }
    const found = this.#reader.read(uid)
    if (found !== pending) return found
    this.isPending = true
    return null
  }

  /** What each shop knows of its own person, and nothing that another has put there. */
  #knownToShops(request: BidRequest): Profile | null {
    let found: Profile | null = null
    let left = shopsPerSourceMax
    for (let i = 0; i < request.eidIds.length; i++) {
      const shops = this.#shopsBySource.get(request.eidSources[i]!)
      if (shops === undefined || isJunk(request.eidIds[i]!)) continue
      for (let s = 0; s < shops.length && left > 0; s++, left--) {
        const { id, key, salt } = shops[s]!
        const profile = this.#read(shopUid(id, salt, request.eidIds[i]!))
        const own = profile === null ? null : sliceOf(profile, key)
        if (profile !== null && own !== null)
          found = joined(found, new Profile([own], profile.stamp))
      }
    }
    return found
  }
}

/** The first, and of the second what shops know that the first lacks. */
function joined(first: Profile | null, second: Profile | null): Profile | null {
  if (first === null || second === null) return first ?? second
  const more: BidSlice[] = []
  for (let i = 0; i < second.slices.length; i++)
    if (sliceOf(first, second.slices[i]!.shopKey) === null) more.push(second.slices[i]!)
  if (more.length === 0) return first
  return new Profile([...first.slices, ...more], Math.max(first.stamp, second.stamp))
}

function sliceOf({ slices }: Profile, shopKey: number): BidSlice | null {
  for (let i = 0; i < slices.length; i++) if (slices[i]!.shopKey === shopKey) return slices[i]!
  return null
}

/** Only apps have the device's id; `lmt` says that it may not be used. */
function isDeviceNamed(request: BidRequest): boolean {
  return request.place === PlaceKind.app && !request.limitAdTracking && !isJunk(request.ifa)
}

/** Whether this may be an id that we gave, and none that is made to look like another kind. */
function isOwn(id: string): boolean {
  return !isJunk(id) && !isForeignUid(id)
}
