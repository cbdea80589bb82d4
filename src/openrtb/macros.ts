/**
 * The substitution macros of OpenRTB 2.5 and 2.6, section 4.4: an exchange puts them into notice
 * URLs and markup just before it uses them.
 */

/** 2.5 has the first nine, 2.6 all. */
export const macroNames = [
  'AUCTION_ID',
  'AUCTION_BID_ID',
  'AUCTION_IMP_ID',
  'AUCTION_SEAT_ID',
  'AUCTION_AD_ID',
  'AUCTION_PRICE',
  'AUCTION_CURRENCY',
  'AUCTION_MBR',
  'AUCTION_LOSS',
  'AUCTION_MIN_TO_WIN',
  'AUCTION_MULTIPLIER',
  'AUCTION_IMP_TS',
  'AUCTION_DISCOUNT_PCT',
  'AUCTION_DISCOUNT_CPM',
] as const
export type MacroName = (typeof macroNames)[number]

/** What each macro becomes; one that is left out becomes the empty string. */
export type MacroValues = Readonly<Partial<Record<MacroName, string>>>

const isMacroName = (name: string): name is MacroName =>
  (macroNames as readonly string[]).includes(name)

/**
 * Replaces each `${NAME}` by its value: blind text replacement, nothing is escaped and what was put
 * in is not looked at again. Forms with an algorithm (`${AUCTION_PRICE:B64}`), percent-encoded
 * macros and unknown names stay as they are; `findStrayMacros` names them.
 */
export function substituteMacros(text: string, values: MacroValues): string {
  return text.replace(/\$\{(AUCTION_[A-Z_]+)\}/g, (macro: string, name: string) =>
    isMacroName(name) ? (values[name] ?? '') : macro,
  )
}

export interface StrayMacro {
  /** As it stands in the text. */
  readonly text: string
  /** `algorithm`: `${NAME:X}`; `encoded`: percent-encoded; `unknown`: not one of OpenRTB's. */
  readonly kind: 'algorithm' | 'encoded' | 'unknown'
}

/** Auction macros in `text` that `substituteMacros` would leave standing, each once. */
export function findStrayMacros(text: string): readonly StrayMacro[] {
  const found = new Map<string, StrayMacro>()
  for (const match of text.matchAll(/(\$\{|%24%7B)(AUCTION_[A-Z_]*)(:[^}%]{1,32})?(\}|%7D)/gi)) {
    const [macro, open, name, algorithm, close] = match
    const isEncoded = open !== '${' || close !== '}'
    if (!isEncoded && algorithm === undefined && isMacroName(name!)) continue
    const kind = isEncoded ? 'encoded' : algorithm === undefined ? 'unknown' : 'algorithm'
    found.set(macro, { text: macro, kind })
  }
  return [...found.values()]
}
