/** What a US Privacy string says. */
export const UsPrivacy = { notOptedOut: 0, optedOut: 1, malformed: 2 } as const
export type UsPrivacy = (typeof UsPrivacy)[keyof typeof UsPrivacy]

/**
 * Reads a US Privacy string, version 1: `1`, notice given, opted out of sale, covered by the service
 * providers' agreement; each `Y`, `N` or, where the law doesn't apply, `-`. Small letters are sent too.
 */
export function readUsPrivacy(text: string, start = 0, end = text.length): UsPrivacy {
  if (end - start !== 4 || text.charCodeAt(start) !== 0x31) return UsPrivacy.malformed
  for (let i = start + 1; i < end; i++)
    if (!isAnswer(text.charCodeAt(i))) return UsPrivacy.malformed
  return (text.charCodeAt(start + 2) | 0x20) === 0x79 ? UsPrivacy.optedOut : UsPrivacy.notOptedOut
}

/** Y, y, N, n or -. */
function isAnswer(unit: number): boolean {
  const small = unit | 0x20
  return small === 0x79 || small === 0x6e || unit === 0x2d
}
