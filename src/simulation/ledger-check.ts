import { z } from '../base/schema.js'

/** What each campaign has paid so far: `shopId/campaignId` → currency → nanos. */
export type LedgerReading = ReadonlyMap<string, ReadonlyMap<string, bigint>>

export type LedgerAnswer =
  | { readonly ok: true; readonly reading: LedgerReading }
  | { readonly ok: false; readonly reason: string }

/** A campaign whose spend by our count isn't what the ledger posted, in one currency. */
export interface SpendDifference {
  /** As in `bid.cid`, or as the ledger calls it where we know of no spend. */
  readonly campaign: string
  readonly currency: string
  readonly reportNanos: string
  readonly ledgerNanos: string
}

const ledgerShape = z.object({
  campaigns: z.array(
    z.object({
      shopId: z.string(),
      campaignId: z.string(),
      paidNanos: z.record(z.string(), z.string().regex(/^-?\d{1,30}$/)),
    }),
  ),
})

const timeoutMs = 3_000

/** Asks a bidder's operators' port what has been posted. Never throws. */
export async function readLedger(adminUrl: string): Promise<LedgerAnswer> {
  try {
    const response = await fetch(new URL('ledger', `${adminUrl.replace(/\/$/, '')}/`), {
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) return { ok: false, reason: `${adminUrl}/ledger answers ${response.status}` }
    const parsed = ledgerShape.safeParse(await response.json())
    if (!parsed.success)
      return { ok: false, reason: `${adminUrl}/ledger: ${parsed.error.issues[0]?.message}` }
    const reading = new Map<string, Map<string, bigint>>()
    for (const { shopId, campaignId, paidNanos } of parsed.data.campaigns) {
      const nanos = Object.entries(paidNanos).map(([key, text]) => [key, BigInt(text)] as const)
      reading.set(`${shopId}/${campaignId}`, new Map(nanos))
    }
    return { ok: true, reading }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason = cause instanceof Error ? cause.message : String(cause)
    return { ok: false, reason: `${adminUrl}/ledger: ${reason}` }
  }
}

/**
 * Holds what we count as spent against what the ledger posted between two readings.
 *
 * @param spend  nanos by `bid.cid` and currency. A cid names a campaign as `shopId/campaignId`, or by
 *   its campaign id alone if only one shop has that.
 * @returns nothing where they agree to the nano.
 */
export function compareSpend(
  before: LedgerReading,
  after: LedgerReading,
  spend: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
): readonly SpendDifference[] {
  const names = [...after.keys()]
  const ledgerNameOf = (cid: string): string => {
    if (after.has(cid)) return cid
    const candidates = names.filter((name) => name.slice(name.indexOf('/') + 1) === cid)
    return candidates.length === 1 ? candidates[0]! : cid
  }
  const cids = new Map([...spend.keys()].map((cid) => [ledgerNameOf(cid), cid]))
  const differences: SpendDifference[] = []
  for (const name of new Set([...names, ...cids.keys()])) {
    const cid = cids.get(name)
    const ours = cid === undefined ? undefined : spend.get(cid)
    const currencies = new Set([...(after.get(name)?.keys() ?? []), ...(ours?.keys() ?? [])])
    for (const currency of currencies) {
      const posted =
        (after.get(name)?.get(currency) ?? 0n) - (before.get(name)?.get(currency) ?? 0n)
      const counted = ours?.get(currency) ?? 0n
      if (posted === counted) continue
      differences.push({
        campaign: cid ?? name,
        currency,
        reportNanos: String(counted),
        ledgerNanos: String(posted),
      })
    }
  }
  return differences
}
