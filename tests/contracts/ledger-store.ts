// Goal: every store keeps the ledger's promises: whole batches, exact money, what was committed is there
// when it is opened again. Method: one suite, run on each implementation by tests/ledger/store-*.test.ts.
import { expect, test } from 'vitest'
import { issuedSecondsOf } from '../../src/ledger/notice.js'
import type { AccountRow, CommitBatch, LedgerStore } from '../../src/ledger/store.js'
import { leaseRowAccounts } from '../../src/ledger/store.js'

export const emptyBatch: CommitBatch = {
  tokens: new Map(),
  accounts: [],
  leases: [],
  incarnation: null,
}

/** A token issued at this second. */
export function tokenOf(issuedSeconds: number, rest: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(issuedSeconds, 0)
  bytes.writeUInt32BE(rest, 4)
  // High bytes and zeros, which a store that took tokens for text would lose.
  bytes.writeUInt32BE(0xff00fe80, 8)
  return bytes.toString('latin1')
}

export const accountRow = (account: number, changes: Partial<AccountRow> = {}): AccountRow => ({
  account,
  shopId: `shop-${account}`,
  campaignId: 'Żółte "buty"',
  currency: 'PLN',
  timeZone: 'Europe/Warsaw',
  budgetTotalNanos: 123_456_789_012_345_678_901n,
  budgetDailyNanos: null,
  postedTotalNanos: 9_007_199_254_740_993n,
  postedTodayNanos: 1n,
  day: '2026-03-29',
  paidNanos: { PLN: 5n, USD: 90_071_992_547_409_931n },
  counts: { wins: 1, bills: 2, impressions: 3, clicks: 4, charges: 5, overBudget: 6 },
  losses: { 0: 7, 102: 8, '-1': 9 },
  ...changes,
})

const heldRow = (nanos: number): Float64Array =>
  new Float64Array(leaseRowAccounts).fill(nanos, 3, 5)

/** @param openStore opens the same store each time; it was closed, or its process died, in between. */
export function ledgerStoreContract(
  name: string,
  newPlace: () => { openStore: () => Promise<LedgerStore> },
): void {
  const title = (what: string): string => `ledger store, ${name}: ${what}`

  test(title('a new one is empty'), async () => {
    const store = await newPlace().openStore()
    expect(store.load()).toEqual({
      accounts: [],
      leases: [],
      incarnation: 0,
      prunedBeforeSeconds: 0,
    })
    expect(store.tokenBits(tokenOf(1, 1))).toBe(0)
    await store.close()
  })

  test(title('keeps rows to the nano, and the last of several'), async () => {
    const { openStore } = newPlace()
    const store = await openStore()
    await store.commit({ ...emptyBatch, accounts: [accountRow(1), accountRow(2)] })
    await store.commit({
      tokens: new Map([[tokenOf(1_700_000_000, 1), 3]]),
      accounts: [accountRow(2, { postedTotalNanos: 10n ** 30n, currency: '', losses: {} })],
      leases: [
        { incarnation: 0xffff_ffff, row: 0, heldNanos: heldRow(4e15) },
        { incarnation: 7, row: 400, heldNanos: heldRow(1) },
      ],
      incarnation: 0xffff_ffff,
    })
    await store.close()

    const again = await openStore()
    const { accounts, leases, incarnation } = again.load()
    expect(accounts).toEqual([
      accountRow(1),
      accountRow(2, { postedTotalNanos: 10n ** 30n, currency: '', losses: {} }),
    ])
    expect(leases).toHaveLength(2)
    expect(leases).toContainEqual({ incarnation: 0xffff_ffff, row: 0, heldNanos: heldRow(4e15) })
    expect(leases).toContainEqual({ incarnation: 7, row: 400, heldNanos: heldRow(1) })
    expect(incarnation).toBe(0xffff_ffff)
    expect(again.tokenBits(tokenOf(1_700_000_000, 1))).toBe(3)
    await again.close()
  })

  test(title('a lease of nothing is forgotten'), async () => {
    const { openStore } = newPlace()
    const store = await openStore()
    const lease = { incarnation: 1, row: 0 }
    await store.commit({ ...emptyBatch, leases: [{ ...lease, heldNanos: heldRow(5) }] })
    await store.commit({ ...emptyBatch, leases: [{ ...lease, heldNanos: null }] })
    // One that was never there: an incarnation that got nothing.
    await store.commit({ ...emptyBatch, leases: [{ incarnation: 2, row: 1, heldNanos: null }] })
    await store.close()
    const again = await openStore()
    expect(again.load().leases).toEqual([])
    await again.close()
  })

  test(
    title('a batch is copied when it is handed over, and read as soon as it is resolved'),
    async () => {
      const store = await newPlace().openStore()
      const tokens = new Map<string, number>()
      for (let i = 0; i < 20_000; i++)
        tokens.set(tokenOf(1_700_000_000 + (i % 7), i), (i % 127) + 1)
      await store.commit({ ...emptyBatch, tokens })
      for (const [token, bits] of tokens) if (store.tokenBits(token) !== bits) expect.fail('bits')
      await store.commit({ ...emptyBatch, tokens: new Map([[tokenOf(1_700_000_000, 0), 127]]) })
      expect(store.tokenBits(tokenOf(1_700_000_000, 0))).toBe(127)
      await store.close()
    },
  )

  test(title('forgets the oldest tokens, a bounded number at a time, and says so'), async () => {
    const { openStore } = newPlace()
    const store = await openStore()
    const tokens = new Map<string, number>()
    for (let i = 0; i < 25_000; i++) tokens.set(tokenOf(1_000 + (i % 100), i), 1)
    await store.commit({ ...emptyBatch, tokens })
    let pruned = 0
    for (;;) {
      const count = await store.prune(1_050)
      if (count === 0) break
      expect(count).toBeLessThanOrEqual(10_000)
      pruned += count
    }
    expect(pruned).toBe(12_500)
    for (const token of tokens.keys()) {
      const bits = issuedSecondsOf(token) < 1_050 ? 0 : 1
      if (store.tokenBits(token) !== bits) expect.fail('the wrong ones went')
    }
    await store.close()
    const again = await openStore()
    expect(again.load().prunedBeforeSeconds).toBe(1_050)
    // Second 2^31 and later: as unsigned as a token has it.
    await again.commit({ ...emptyBatch, tokens: new Map([[tokenOf(0xf000_0000, 1), 1]]) })
    await again.prune(0x9000_0000)
    expect(again.tokenBits(tokenOf(0xf000_0000, 1))).toBe(1)
    await again.close()
  })

  test(title('refuses commits once it is closed, by rejecting'), async () => {
    const store = await newPlace().openStore()
    await store.close()
    const commit = store.commit({ ...emptyBatch, incarnation: 1 })
    await expect(commit).rejects.toThrow()
  })
}
