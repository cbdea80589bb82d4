// What two worlds are made of, and how they are compared.
import { expect } from 'vitest'

export type Campaign = { readonly id: string } & Readonly<Record<string, unknown>>

/** Campaigns of the two never meet: a's are for another country. */
export const campaignsOf = (country: string, bid: number): readonly Campaign[] => {
  const common = { goal: 'cpm', maxCpm: 90, budget: { total: 1_000_000 } }
  const skip = { ...common, withoutProfile: 'skip' }
  const to = (segment: string) => ({
    targeting: { countries: [country], segments: { any: [segment] } },
  })
  return [
    { ...common, id: 'everyone', bid, targeting: { countries: [country] } },
    {
      ...{ ...skip, id: 'carts', bid: bid + 1, targeting: { countries: [country] } },
      modifiers: [
        { when: { cart: { valueAtLeast: 60 } }, factor: 1.1 },
        { when: { segment: 'buyers' }, factor: 1.05 },
      ],
    },
    { ...skip, id: 'for-boots', bid: bid + 1.5, ...to('boots') },
    { ...skip, id: 'for-list', bid: bid + 1.7, ...to('list') },
  ]
}

export const ruleOf = {
  boots: 'viewed.category("Shoes > Boots")',
  buyers: 'purchases.count >= 1',
} as const

export interface Seen {
  readonly what: string
  readonly text: string
}

/** Says where two worlds differ, in a few words of answers that are long. */
export function expectSame(x: readonly Seen[], y: readonly Seen[]): void {
  const differences: string[] = []
  for (const [i, { what, text }] of x.entries()) {
    const other = y[i]?.text ?? ''
    let at = 0
    while (at < text.length && text[at] === other[at]) at++
    if (text === other) continue
    const around = (of: string): string => of.slice(Math.max(at - 80, 0), at + 60)
    differences.push(`${what}:\n  ${around(text)}\n  ${around(other)}`)
  }
  expect(differences.slice(0, 10).join('\n')).toBe('')
  expect(x.length).toBe(y.length)
}
