/** Lower case: what programs send for want of an id. */
export const junkIds: ReadonlySet<string> = new Set([
  ...['null', 'undefined', 'none', 'nan', 'n/a', 'na', 'nil', 'true', 'false', 'unknown'],
  ...['anonymous', 'guest', 'optout', 'opt-out', 'opt_out', 'optedout', 'opted-out', 'default'],
  ...['-1', '(null)', '(none)', '(not set)'],
])
const junkLengthMax = 9

/**
 * Whether an id names nobody: what programs send for want of one, a macro that nobody filled in, or
 * zeros and other fillers alone. Such an id would make one person of very many.
 */
export function isJunk(id: string): boolean {
  if (id.length <= junkLengthMax && (id === '' || junkIds.has(id.toLowerCase()))) return true
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
