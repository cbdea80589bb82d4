import { keyOf } from '../base/key.js'
import { inSlices } from '../base/slices.js'
import { isShown } from './product-builder.js'
import { decodeProduct } from './product-codec.js'
import { contentOf, type ProductEntry } from './product-entry.js'
import type { CompiledProducts } from './product-pass.js'
import { placeIn } from './product-table.js'

/** What products are, compared with those that a table was compiled from. */
export interface ProductDifference {
  /** They have places in the table, in its order: only `changed` and `withdrawn` differ. */
  readonly fits: boolean
  /** By place; null where there are too many to be told one by one. */
  readonly changed: ReadonlyMap<number, ProductEntry> | null
  /** Places of what is shown and can't be bought any more, however many: out of stock, or gone. */
  readonly withdrawn: readonly number[]
}

/** @param changedMax more changed products than this aren't gathered. */
export async function differenceFrom(
  compiled: CompiledProducts,
  entries: Iterable<ProductEntry>,
  changedMax: number,
): Promise<ProductDifference> {
  const { columns, content, count } = compiled
  const { keys, slots, flags } = columns
  const isThere = new Uint8Array(count)
  const changed = new Map<number, ProductEntry>()
  const withdrawn: number[] = []
  let fits = true
  let isTooMany = false
  let lastPlace = -1
  await inSlices(entries, (entry) => {
    const place = placeIn(keys, slots, keyOf(entry.id))
    if (place <= lastPlace) fits = false
    if (place < 0 || isThere[place] === 1) return true
    lastPlace = place
    isThere[place] = 1
    if (content[place] === contentOf(entry)) return true
    if (isShown(flags[place]!) && !decodeProduct(entry.id, entry.bytes).inStock)
      withdrawn.push(place)
    if (changed.size < changedMax) changed.set(place, entry)
    else isTooMany = true
    return true
  })
  for (let place = 0; place < count; place++)
    if (isThere[place] === 0 && isShown(flags[place]!)) withdrawn.push(place)
  return { fits, changed: isTooMany ? null : changed, withdrawn }
}
