/**
 * A text's 53-bit key: what shops, segments and products are called where strings would cost too
 * much (decoded slices, snapshot tables). Two FNV-1a passes over the UTF-16 code units with
 * different offsets; a pair of a million texts collides with probability 6e-5.
 *
 * The same in every process and release: slices on disk hold it.
 */
export function keyOf(text: string): number {
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x5bd1e995)
    high ^= high >>> 15
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0)
}
