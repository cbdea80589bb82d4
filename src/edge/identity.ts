import { createHash, createHmac } from 'node:crypto'
import { keyOf } from '../base/key.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest } from '../openrtb/request.js'
import { PlaceKind } from '../openrtb/request.js'
import { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import type { ProfileReader } from '../profiles/store.js'
import { uidLengthMax } from '../profiles/uid.js'
import type { Exchange } from './exchange.js'

/** Shops that may share a source of ids: each costs a hash and a read for an id from there. */
const shopsPerSourceMax = 64

/** What uids that aren't our own begin with, so that none is taken for another kind. */
const deviceKind = 'ifa:'
const sharedKind = 'eid:'
const shopKind = 'shop:'

/** The uid of a device by its advertising id. */
export function deviceUid(ifa: string): string {
  return deviceKind + ifa.toLowerCase()
}

/** The uid of whom a source of `user.eids` calls so; hashed where it would be longer than a uid may be. */
export function sharedUid(source: string, id: string): string {
  const uid = `${sharedKind}${source}:${id}`
  if (uid.length <= uidLengthMax) return uid
  return `${sharedKind}#${createHash('sha256').update(`${source}:${id}`).digest('base64url')}`
}

/**
 * The uid of one shop's own person: nobody without the shop's salt can work it out, and no other shop
 * has the same.
 *
 * @param id as the source has it, the hash of an e-mail address, say.
 */
export function shopUid(shopId: string, salt: string, id: string): string {
  return `${shopKind}${shopId}:${createHmac('sha256', salt).update(id).digest('base64url')}`
}

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
   * @returns null for a stranger, and where the store fails, which it counts.
   */
  profileOf(request: BidRequest, { identity }: Pick<Exchange, 'identity'>): Profile | null {
    const reader = this.#reader
    let profile: Profile | null = null
    if (isOwn(request.buyerUid)) profile = reader.read(request.buyerUid)
    if (identity.userIdIsOurs && isOwn(request.userId))
      profile = joined(profile, reader.read(request.userId))
    if (identity.ifa && isDeviceNamed(request))
      profile = joined(profile, reader.read(deviceUid(request.ifa)))
    for (let i = 0; i < request.eidIds.length; i++) {
      const source = request.eidSources[i]!
      if (isJunk(request.eidIds[i]!)) continue
      if (identity.eidSources.includes(source))
        profile = joined(profile, reader.read(sharedUid(source, request.eidIds[i]!)))
    }
    return this.#shopsBySource.size > 0 ? joined(profile, this.#knownToShops(request)) : profile
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
        const profile = this.#reader.read(shopUid(id, salt, request.eidIds[i]!))
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
  if (isJunk(id)) return false
  return !id.startsWith(deviceKind) && !id.startsWith(sharedKind) && !id.startsWith(shopKind)
}

/** Lower case. */
const junk: ReadonlySet<string> = new Set([
  ...[
    'null',
    'undefined',
    'none',
    'nan',
    'n/a',
    'na',
    'nil',
    'true',
    'false',
    'unknown',
    'anonymous',
  ],
  ...['optout', 'opt-out', 'opt_out', 'optedout', 'opted-out', 'default', '-1', '(null)'],
])
const junkLengthMax = 9

/**
 * Whether an id names nobody: what programs send for want of one, a macro that nobody filled in, or
 * zeros and other fillers alone. Such an id would make one person of very many.
 */
function isJunk(id: string): boolean {
  if (id.length <= junkLengthMax && (id === '' || junk.has(id.toLowerCase()))) return true
  const first = id.charCodeAt(0)
  // `${UID}`, `{{uid}}`, `[UID]`, `%%UID%%`, `$UID`, `<uid>`, `#UID#`.
  if (first === 0x24 || first === 0x7b || first === 0x5b || first === 0x3c || first === 0x23)
    return true
  if (first === 0x25 && id.charCodeAt(1) === 0x25) return true
  return isFiller(id)
}

/** One character over and over, `0`, `x` or `f`, with hyphens or without. */
function isFiller(id: string): boolean {
  const first = id.charCodeAt(0)
  const filler = first === 0x2d ? 0x30 : first | 0x20
  if (filler !== 0x30 && filler !== 0x78 && filler !== 0x66) return false
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i)
    if (unit !== 0x2d && (unit | 0x20) !== filler) return false
  }
  return filler === 0x30 || id.length > 1
}
