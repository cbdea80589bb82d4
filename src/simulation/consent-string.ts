/** When the strings say that they were given, in tenths of a second since 1970, as TCF counts. */
const signedDeciseconds = 17_000_000_000

/**
 * A consent string of IAB's Transparency & Consent Framework v2 (core segment) that says the same for
 * every purpose and vendor.
 *
 * @param isGranted    all purposes and vendors 1 to `vendorCount`, or none of them.
 * @param language     two letters, upper case.
 */
export function consentString(isGranted: boolean, language: string, vendorCount = 1_200): string {
  const letter = (i: number): number => language.charCodeAt(i) - 65
  const granted = isGranted ? 1 : 0
  const allPurposes = isGranted ? 0xffe000 : 0
  const fields: readonly (readonly [value: number, bits: number])[] = [
    [2, 6], // version
    [signedDeciseconds, 36], // created
    [signedDeciseconds, 36], // last updated
    [10, 12], // consent manager's id
    [1, 12], // and version
    [1, 6], // screen
    [letter(0), 6],
    [letter(1), 6],
    [180, 12], // vendor list's version
    [5, 6], // policy version
    [0, 1], // is service specific
    [0, 1], // uses non-standard texts
    [0, 12], // special features
    [allPurposes, 24], // purposes by consent
    [0, 24], // purposes by legitimate interest
    [0, 1], // purpose one treatment
    [letter(0), 6], // publisher's country
    [letter(1), 6],
    [vendorCount, 16], // highest vendor, consent
    [0, 1], // a bit field follows, not ranges
    ...Array.from({ length: vendorCount }, () => [granted, 1] as const),
    [0, 16], // highest vendor, legitimate interest
    [0, 1],
    [0, 12], // publisher restrictions
  ]
  let bits = ''
  for (const [value, width] of fields) bits += value.toString(2).padStart(width, '0')
  const bytes: number[] = []
  for (let at = 0; at < bits.length; at += 8)
    bytes.push(Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2))
  return Buffer.from(bytes).toString('base64url')
}
