/** What the catalogue has of each product that a choice depends on, as columns by item. */

export const FactFlag = {
  /** It is in the shop's catalogue now. */
  listed: 1,
  /** It can be bought now. Only together with `listed`. */
  inStock: 2,
} as const

export interface ProductFacts {
  readonly flags: Uint8Array<ArrayBuffer>
  /** What is paid now, in millionths of the shop's currency; 0 where it isn't listed. */
  readonly priceMicros: Float64Array<ArrayBuffer>
  /** 0 to 1; -1 where nobody knows. */
  readonly marginShare: Float32Array<ArrayBuffer>
  /** Number of its category; -1 where it has none. */
  readonly category: Int32Array<ArrayBuffer>
  /** Number of its brand; -1 where it has none. */
  readonly brand: Int32Array<ArrayBuffer>
  /** Number of the group whose variant it is; -1 where it is of none. */
  readonly group: Int32Array<ArrayBuffer>
  /** Numbers of groups are below it. */
  readonly groupCount: number
  /** Plain (lower case, steps parted by `/`), by number. */
  readonly categories: readonly string[]
  /** By category: the one above it; -1 at the top. Those above are in `categories` even without products. */
  readonly parent: Int32Array<ArrayBuffer>
  /** In lower case, by number. */
  readonly brands: readonly string[]
}
