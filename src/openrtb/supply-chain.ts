import { type AdsTxtIndex, Listing } from './ads-txt.js'
import type { BidRequest } from './request.js'

/** What is asked of who sold the impression on. */
export interface SupplyChainPolicy {
  /** A chain must be there. */
  readonly required: boolean
  /** A chain that is there must be complete: say so, and name each seller. */
  readonly complete: boolean
  /** Systems (`asi`) that nothing is bought through. */
  readonly blockedSystems: readonly string[]
}

/** 0, or why nothing is bought, as OpenRTB's `nbr`: 16 incomplete, 17 blocked. */
export type SupplyChainVerdict = 0 | 16 | 17

const lowerCase = new WeakMap<readonly string[], ReadonlySet<string>>()

/** @param policy not changed afterwards: what is worked out of it is kept. */
export function supplyChainVerdict(
  request: BidRequest,
  policy: SupplyChainPolicy,
): SupplyChainVerdict {
  if (request.schainComplete < 0) return policy.required ? 16 : 0
  const { schainSystems: systems, schainSellers: sellers } = request
  if (policy.blockedSystems.length > 0) {
    const blocked = lowerCaseSet(policy.blockedSystems)
    for (let i = 0; i < systems.length; i++) if (blocked.has(systems[i]!.toLowerCase())) return 17
  }
  if (systems.length === 0 && (policy.required || policy.complete)) return 16
  if (!policy.complete) return 0
  if (request.schainComplete === 0) return 16
  for (let i = 0; i < systems.length; i++) if (systems[i] === '' || sellers[i] === '') return 16
  return 0
}

function lowerCaseSet(systems: readonly string[]): ReadonlySet<string> {
  let set = lowerCase.get(systems)
  if (set === undefined) {
    set = new Set(systems.map((system) => system.toLowerCase()))
    lowerCase.set(systems, set)
  }
  return set
}

/** 0, or why nothing is bought, as OpenRTB's `nbr`: 11 ads.txt unavailable, 12 not what it says. */
export type AdsTxtVerdict = 0 | 11 | 12

/**
 * Whether the site's ads.txt names whom its owner sold through: the first seller of the chain. Nothing
 * is said of a request without a chain, of apps, and of hosts that we have no name of.
 *
 * @param mustBeKnown whether a site whose file we don't have is refused.
 */
export function adsTxtVerdict(
  request: BidRequest,
  index: AdsTxtIndex,
  mustBeKnown: boolean,
): AdsTxtVerdict {
  const system = request.schainSystems[0]
  const seller = request.schainSellers[0]
  if (request.domain === '' || system === undefined || seller === undefined) return 0
  const listing = index.listing(request.domain, system, seller)
  if (listing === Listing.absent) return 12
  return listing === Listing.unknown && mustBeKnown ? 11 : 0
}
