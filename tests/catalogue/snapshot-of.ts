import { type CompileOptions, compile } from '../../src/catalogue/compile.js'
import type { ShopFile } from '../../src/catalogue/model.js'
import { buildTable } from '../../src/catalogue/product-builder.js'
import { Snapshot } from '../../src/catalogue/snapshot.js'

/** What a bidder would have of these shops, compiled in memory. */
export function snapshotOf(files: readonly ShopFile[], options: CompileOptions): Snapshot {
  const built = files.map(({ shop, products }) => buildTable(shop, products, options.signTarget))
  const places = built.map(({ table, isSecure }) => ({
    isSecure,
    placeOf: (key: number) => table.keys.indexOf(key),
  }))
  return new Snapshot(
    compile(files, places, options).file,
    built.map(({ table }) => table),
  )
}
