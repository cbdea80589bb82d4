/** The 16 bytes of an address as 8 numbers, the first counting most. IPv4 lies within `::ffff:0:0/96`. */
const parsed = new Uint16Array(8)
const groupCount = 8
const mappedPrefixBits = 96

/**
 * A set of networks, IPv4 and IPv6, that addresses are looked up in: data centres, say.
 *
 * `has` takes one binary search and allocates nothing.
 */
export class Networks {
  /** Ranges in rising order, none touching the next: groups of the first address, then of the last. */
  readonly #firsts: Uint16Array
  readonly #lasts: Uint16Array
  readonly count: number

  /**
   * @param cidrs `192.0.2.0/24`, `2001:db8::/32`, or one address; bits beyond the prefix are 0.
   * @throws Error that names the first that is none of these.
   */
  constructor(cidrs: readonly string[]) {
    // Where two begin alike, the wider one first.
    const ranges = cidrs
      .map(rangeOf)
      .sort((a, b) => compareAt(a.first, 0, b.first, 0) || compareAt(b.last, 0, a.last, 0))
    const merged: { first: Uint16Array; last: Uint16Array }[] = []
    for (const range of ranges) {
      const before = merged.at(-1)
      // Networks lie within each other or apart; they never overlap in part.
      if (before !== undefined && compareAt(range.first, 0, before.last, 0) <= 0) continue
      merged.push(range)
    }
    this.count = merged.length
    this.#firsts = new Uint16Array(merged.length * groupCount)
    this.#lasts = new Uint16Array(merged.length * groupCount)
    for (const [index, { first, last }] of merged.entries()) {
      this.#firsts.set(first, index * groupCount)
      this.#lasts.set(last, index * groupCount)
    }
  }

  /** @param ip as sent; what is no address is in no network. */
  has(ip: string): boolean {
    if (this.count === 0 || !parseAddress(ip)) return false
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareAt(this.#firsts, middle * groupCount, parsed, 0) <= 0) low = middle + 1
      else high = middle
    }
    return low > 0 && compareAt(parsed, 0, this.#lasts, (low - 1) * groupCount) <= 0
  }
}

function rangeOf(cidr: string): { first: Uint16Array; last: Uint16Array } {
  const slash = cidr.indexOf('/')
  if (!parseAddress(slash < 0 ? cidr : cidr.slice(0, slash)))
    throw new Error(`${JSON.stringify(cidr)} is no network: its address is no IPv4 or IPv6 address`)
  const isV4 = !cidr.includes(':')
  const bitsMax = isV4 ? 32 : 128
  const prefix = slash < 0 ? String(bitsMax) : cidr.slice(slash + 1)
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bitsMax)
    throw new Error(`${JSON.stringify(cidr)} is no network: its prefix must be 0 to ${bitsMax}`)
  const bits = Number(prefix) + (isV4 ? mappedPrefixBits : 0)
  const first = parsed.slice()
  const last = parsed.slice()
  for (let group = 0; group < groupCount; group++) {
    const own = Math.max(0, Math.min(16, bits - group * 16))
    const rest = 0xffff >>> own
    if ((first[group]! & rest) !== 0)
      throw new Error(`${JSON.stringify(cidr)} is no network: bits are set beyond its prefix`)
    last[group]! |= rest
  }
  return { first, last }
}

/** Reads an address into `parsed`. @returns false for what is none. */
function parseAddress(text: string): boolean {
  parsed.fill(0)
  if (!text.includes(':')) {
    parsed[5] = 0xffff
    return parseV4(text, 0)
  }
  return parseV6(text)
}

/** Four numbers below 256, into the last two groups. */
function parseV4(text: string, from: number): boolean {
  let value = 0
  let number = 0
  let digits = 0
  let dots = 0
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x2e) {
      if (digits === 0 || ++dots > 3) return false
      value = value * 256 + number
      number = 0
      digits = 0
      continue
    }
    if (unit < 0x30 || unit > 0x39 || ++digits > 3) return false
    number = number * 10 + unit - 0x30
    if (number > 255) return false
  }
  if (dots !== 3 || digits === 0) return false
  value = value * 256 + number
  parsed[6] = value / 0x10000
  parsed[7] = value
  return true
}

function parseV6(text: string): boolean {
  let group = 0
  let gapAt = -1
  let at = 0
  if (text.startsWith('::')) {
    gapAt = 0
    at = 2
  }
  while (at < text.length) {
    if (group === groupCount) return false
    let value = 0
    let digits = 0
    const start = at
    for (; at < text.length; at++, digits++) {
      const digit = hexOf(text.charCodeAt(at))
      if (digit < 0) break
      value = value * 16 + digit
      if (digits === 4) return false
    }
    if (text.charCodeAt(at) === 0x2e) {
      if (group > groupCount - 2 || !parseV4(text, start)) return false
      const high = parsed[6]!
      const low = parsed[7]!
      parsed[6] = 0
      parsed[7] = 0
      parsed[group++] = high
      parsed[group++] = low
      at = text.length
      break
    }
    if (digits === 0) return false
    parsed[group++] = value
    if (at === text.length) break
    if (text.charCodeAt(at) !== 0x3a || ++at === text.length) return false
    if (text.charCodeAt(at) !== 0x3a) continue
    if (gapAt >= 0) return false
    gapAt = group
    at++
  }
  if (gapAt < 0) return group === groupCount
  if (group === groupCount) return false
  // What came after the gap moves to the end.
  const moved = groupCount - group
  parsed.copyWithin(gapAt + moved, gapAt, group)
  parsed.fill(0, gapAt, gapAt + moved)
  return true
}

function hexOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function compareAt(a: Uint16Array, aFrom: number, b: Uint16Array, bFrom: number): number {
  for (let i = 0; i < groupCount; i++) {
    const difference = a[aFrom + i]! - b[bFrom + i]!
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether `Networks` takes this: for checking settings before they are used. */
export function isNetwork(cidr: string): boolean {
  try {
    rangeOf(cidr)
    return true
  } catch {
    return false
  }
}
