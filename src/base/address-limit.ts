interface Bucket {
  /** Calls that may still be made at `atMs`; fractions of one are on their way. */
  left: number
  atMs: number
}

export interface AddressLimitOptions {
  readonly callsPerSecond: number
  /** How many may come at once after a time of quiet. */
  readonly burstMax: number
  /** Addresses that are remembered: of more, the one that has been quiet longest starts anew. */
  readonly addressCountMax: number
}

/** How often one address may call: a token bucket each, in bounded memory. A few tenths of a microsecond a call. */
export class AddressLimit {
  readonly #options: AddressLimitOptions
  /** The one that called last stands last. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: AddressLimitOptions) {
    this.#options = options
  }

  get addressCount(): number {
    return this.#buckets.size
  }

  /** After so many a call that counts for `cost` is let through, whoever was refused. At least 1. */
  secondsFor(cost: number): number {
    const { callsPerSecond, burstMax } = this.#options
    return Math.max(1, Math.ceil(Math.min(cost, burstMax) / callsPerSecond))
  }

  /**
   * Whether this address may call now. A refused call costs nothing.
   *
   * @param shopId has a bucket of its own for the address; '' for all shops in one.
   * @param cost calls that this one counts for; more than a burst of them count as a burst.
   */
  take(address: string, nowMs: number, shopId = '', cost = 1): boolean {
    const { callsPerSecond, burstMax, addressCountMax } = this.#options
    const key = shopId === '' ? networkOf(address) : `${networkOf(address)} ${shopId}`
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      if (this.#buckets.size >= addressCountMax)
        this.#buckets.delete(this.#buckets.keys().next().value!)
      bucket = { left: burstMax, atMs: nowMs }
    } else {
      this.#buckets.delete(key)
      const passedMs = Math.max(nowMs - bucket.atMs, 0)
      bucket.left = Math.min(burstMax, bucket.left + (passedMs * callsPerSecond) / 1_000)
      bucket.atMs = nowMs
    }
    this.#buckets.set(key, bucket)
    const price = Math.min(cost, burstMax)
    if (bucket.left < price) return false
    bucket.left -= price
    return true
  }
}

const mappedGroups = '0000:0000:0000:0000:0000:ffff:'
/** Of eight groups of four digits. */
const fullLength = 39
const networkLength = 19

/**
 * Whoever has one IPv6 address mostly has all 2^64 of its network. An IPv4 address is the same however it is written:
 * mapped into IPv6, or by a proxy with a port behind it.
 */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  if (address.includes('.')) return /\d+\.\d+\.\d+\.\d+/.exec(address)?.[0] ?? address
  const full = address.length === fullLength ? address : fullOf(address)
  return full.startsWith(mappedGroups)
    ? dottedOf(full.slice(mappedGroups.length))
    : full.slice(0, networkLength)
}

/** As eight groups of four digits each. */
function fullOf(address: string): string {
  const bare = /^\[([^\]]*)\]/.exec(address)?.[1] ?? address
  const [head = '', tail] = bare.toLowerCase().split('::', 2)
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = Math.max(8 - first.length - last.length, 0)
  const groups = tail === undefined ? first : [...first, ...Array<string>(gap).fill('0'), ...last]
  return groups.map((it) => it.padStart(4, '0')).join(':')
}

const dottedOf = (groups: string): string =>
  [groups.slice(0, 2), groups.slice(2, 4), groups.slice(5, 7), groups.slice(7)]
    .map((it) => Number.parseInt(it, 16))
    .join('.')
