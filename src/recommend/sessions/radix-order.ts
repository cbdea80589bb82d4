/** Places by their numbers, lowest first, equal ones in the order in which they are: a radix sort in two passes. */
export function radixOrder(numbers: Uint32Array, count: number): Uint32Array {
  let from = new Uint32Array(count)
  let to = new Uint32Array(count)
  for (let i = 0; i < count; i++) from[i] = i
  for (let shift = 0; shift < 32; shift += 16) {
    const places = new Uint32Array(65_537)
    for (let i = 0; i < count; i++) places[((numbers[i]! >>> shift) & 0xffff) + 1]!++
    for (let digit = 0; digit < 65_536; digit++) places[digit + 1]! += places[digit]!
    for (let i = 0; i < count; i++) {
      const digit = (numbers[from[i]!]! >>> shift) & 0xffff
      to[places[digit]!++] = from[i]!
    }
    const other = from
    from = to
    to = other
  }
  return from
}
