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

/** How often one address may call: a token bucket each, in bounded memory. */
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

  /** Whether this address may call now. A refused call costs nothing. */
  take(address: string, nowMs: number): boolean {
    const { callsPerSecond, burstMax, addressCountMax } = this.#options
    const key = networkOf(address)
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
    if (bucket.left < 1) return false
    bucket.left--
    return true
  }
}

/** Whoever has one IPv6 address mostly has all 2^64 of its network. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7)
  const [head = '', tail] = address.split('::', 2)
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = Math.max(8 - first.length - last.length, 0)
  const groups = tail === undefined ? first : [...first, ...Array<string>(gap).fill('0'), ...last]
  return groups.slice(0, 4).join(':')
}
