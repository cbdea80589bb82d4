import { fieldOf, objectsIn, textOf } from './wire.js'

/** How long the operator's port may take. */
const timeoutMs = 5_000
/** Reasons of campaigns that are named for one impression. */
const reasonCountMax = 5

/** Counts by reason; or why they can't be had. */
export type ReasonCounts =
  | { readonly ok: true; readonly counts: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly reason: string }

/** @param adminUrl  the bidder's operators' port. */
export async function readNoBidReasons(adminUrl: string): Promise<ReasonCounts> {
  try {
    const url = `${adminUrl}/metrics`
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    const text = await response.text()
    if (!response.ok) return { ok: false, reason: `${url} answers ${response.status}` }
    return { ok: true, counts: noBidCountsIn(text) }
  } catch (error) {
    return { ok: false, reason: `${adminUrl}: ${error instanceof Error ? error.message : error}` }
  }
}

/** Reads `grosz_no_bids_total` out of metrics as Prometheus reads them. */
export function noBidCountsIn(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const pattern = /^grosz_no_bids_total\{(?:[^}]*,)?reason="([^"]*)"[^}]*\} (\S+)/gm
  for (const [, reason, value] of text.matchAll(pattern))
    counts.set(reason!, (counts.get(reason!) ?? 0) + Number(value))
  return counts
}

/** What was counted between two readings; reasons that nothing was counted for are left out. */
export function reasonsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> {
  const entries = [...after].map(([reason, count]): [string, number] => [
    reason,
    count - (before.get(reason) ?? 0),
  ])
  return Object.fromEntries(entries.filter(([, count]) => count > 0))
}

/** Asks the bidder why it doesn't bid on a request. @returns a line for each impression, or one for all. */
export async function explainNoBid(
  adminUrl: string,
  exchange: string,
  body: Buffer,
): Promise<readonly string[]> {
  try {
    const response = await fetch(`${adminUrl}/explain/${encodeURIComponent(exchange)}`, {
      method: 'POST',
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return reasonsIn(await response.json())
  } catch (error) {
    return [`not explained: ${error instanceof Error ? error.message : error}`]
  }
}

function reasonsIn(explanation: unknown): readonly string[] {
  const whole = textOf(fieldOf(explanation, 'reason')) || textOf(fieldOf(explanation, 'error'))
  if (whole !== '') return [whole]
  return objectsIn(fieldOf(explanation, 'impressions')).map((impression) => {
    const counts = new Map<string, number>()
    for (const campaign of objectsIn(fieldOf(impression, 'campaigns'))) {
      const reason = textOf(fieldOf(campaign, 'reason'))
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
    const campaigns = [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, reasonCountMax)
      .map(([reason, count]) => `${count} ${reason || 'would bid'}`)
    const own = `${fieldOf(impression, 'id')}: ${fieldOf(impression, 'reason') || 'would bid now'}`
    return campaigns.length === 0 ? own : `${own} (campaigns: ${campaigns.join(', ')})`
  })
}
