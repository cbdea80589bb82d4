/** Part of a file that a player asks for; both ends are in it. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * Reads a `Range` header (RFC 9110, section 14.2).
 *
 * @param header '' where there is none.
 * @returns the part; `whole` where all is to be sent, as for anything but one range of bytes;
 * `outside` where nothing of the file is in it.
 */
export function byteRangeOf(header: string, byteCount: number): ByteRange | 'whole' | 'outside' {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.replace(/\s/g, '')) ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return 'whole'
  if (from === '') {
    const count = Math.min(Number(to), byteCount)
    return count === 0 ? 'outside' : { first: byteCount - count, last: byteCount - 1 }
  }
  const first = Number(from)
  const last = to === '' ? byteCount - 1 : Math.min(Number(to), byteCount - 1)
  if (to !== '' && Number(to) < first) return 'whole'
  return first >= byteCount ? 'outside' : { first, last }
}
