import type { BidRequest } from './request.js'

/**
 * Whether a person's profile may be read and an id kept for this request.
 *
 * TCF and GPP strings aren't decoded yet, so where either is said to apply the answer is no:
 * the bid is then contextual. US Privacy: the third character is the opt-out of sale.
 */
export function mayUseProfile(request: BidRequest): boolean {
  if (request.coppa || request.doNotTrack || request.limitAdTracking) return false
  if (request.gdpr === 1 || request.gppSections !== 0) return false
  return request.usPrivacy === '' || /^1[YN-][N-][YN-]$/i.test(request.usPrivacy)
}
