import { randomBytes } from 'node:crypto'

export interface AddressLimitOptions {
  readonly callsPerSecond: number
  /** How many may come at once after a time of quiet. */
  readonly burstMax: number
  /** Addresses that are remembered, 24 bytes each: of more, one that has been quiet long starts anew. */
  readonly addressCountMax: number
}

/** Places that an address may be at. */
const waysMax = 8

/**
 * How often one address may call: a token bucket each, in a table of fixed size. Each address has a few places that it
 * may be at, and takes the one that has been quiet longest; who has been quiet for as long as a bucket takes to fill
 * loses nothing by it. A tenth of a microsecond a call, a quarter where the table is full; allocates nothing for IPv4.
 */
export class AddressLimit {
  readonly #options: AddressLimitOptions
  readonly #ways: number
  readonly #setCount: number
  /** By place: whose it is; 0 where it is free. */
  readonly #keys: Float64Array
  /** Calls that may still be made at `#atMs`; fractions of one are on their way. */
  readonly #left: Float64Array
  readonly #atMs: Float64Array
  /** Nobody can choose an address that shares another one's bucket. */
  readonly #seed = randomBytes(4).readUInt32LE(0)
  #addressCount = 0

  constructor(options: AddressLimitOptions) {
    const { addressCountMax } = options
    this.#options = options
    this.#ways = Math.min(waysMax, addressCountMax)
    this.#setCount = Math.floor(addressCountMax / this.#ways)
    const count = this.#setCount * this.#ways
    this.#keys = new Float64Array(count)
    this.#left = new Float64Array(count)
    this.#atMs = new Float64Array(count)
  }

  get addressCount(): number {
    return this.#addressCount
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
    const { callsPerSecond, burstMax } = this.#options
    const place = this.#placeOf(this.#keyOf(networkOf(address), shopId), nowMs)
    const passedMs = Math.max(nowMs - this.#atMs[place]!, 0)
    const left = Math.min(burstMax, this.#left[place]! + (passedMs * callsPerSecond) / 1_000)
    const price = Math.min(cost, burstMax)
    const isLet = left >= price
    this.#left[place] = isLet ? left - price : left
    this.#atMs[place] = nowMs
    return isLet
  }

  /** Where it is; from now on, where it wasn't anywhere. */
  #placeOf(key: number, nowMs: number): number {
    const first = ((key >>> 0) % this.#setCount) * this.#ways
    let quietest = first
    for (let place = first; place < first + this.#ways; place++) {
      if (this.#keys[place] === key) return place
      // A free one has been quiet for ever.
      if (this.#atMs[place]! < this.#atMs[quietest]!) quietest = place
    }
    if (this.#keys[quietest] === 0) this.#addressCount++
    this.#keys[quietest] = key
    this.#left[quietest] = this.#options.burstMax
    this.#atMs[quietest] = nowMs
    return quietest
  }

  /** Of both, above 0: as base/key.ts makes them, without a text of both. */
  #keyOf(network: string, shopId: string): number {
    let low = 0x811c9dc5 ^ this.#seed
    let high = 0x9747b28c ^ this.#seed
    const length = network.length + shopId.length
    for (let i = -1; i < length; i++) {
      const at = i - network.length
      const unit = i < 0 ? network.length : at < 0 ? network.charCodeAt(i) : shopId.charCodeAt(at)
      low = Math.imul(low ^ unit, 0x01000193)
      high = Math.imul(high ^ unit, 0x5bd1e995)
      high ^= high >>> 15
    }
    return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) + 1
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
