import type { Column } from '../base/columns.js'
import { compileBrand, isSecureBrand } from './creative/brand.js'
import type { SignTarget } from './creative/link.js'
import { compileNativeBrand } from './creative/native-pieces.js'
import type { OrderedRows } from './rows.js'

/**
 * By row, where its brand's piece lies; campaigns of a shop with the same call to action share one.
 * Behind the piece, from `brandEnd` on, lies the brand's record for native ads.
 */
export function compileBrands(
  { rows }: OrderedRows,
  signTarget: SignTarget,
): Record<string, Column> {
  const starts = new Map<string, number>()
  const pieces: Buffer[] = []
  const brandStart = new Uint32Array(rows.length)
  const brandEnd = new Uint32Array(rows.length)
  const lengths = new Map<number, number>()
  let length = 0
  for (const [number, row] of rows.entries()) {
    if (row === undefined) continue
    const { shop, campaign } = row
    const callToAction = campaign.callToAction ?? shop.callToAction
    const key = `${shop.id} ${callToAction}`
    let start = starts.get(key)
    if (start === undefined) {
      const piece = compileBrand({ ...shop, shopId: shop.id, callToAction }, signTarget)
      const native = compileNativeBrand({ ...shop, callToAction }, isSecureBrand(shop))
      pieces.push(piece, native)
      start = length
      starts.set(key, start)
      lengths.set(start, piece.length)
      length += piece.length + native.length
    }
    brandStart[number] = start
    brandEnd[number] = start + lengths.get(start)!
  }
  return { brands: Buffer.concat(pieces), brandStart, brandEnd }
}
