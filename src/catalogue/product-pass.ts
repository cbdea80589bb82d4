import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { encodeColumns } from '../base/columns.js'
import { FileWindow } from '../base/file-window.js'
import { keyOf } from '../base/key.js'
import { ProductBuilder } from './product-builder.js'
import { columnsPath, piecesPath } from './product-files.js'
import type { PieceMaker, ProductPieces } from './product-pieces.js'
import type { ProductColumns } from './product-table.js'
import { fromProductColumns, placeIn } from './product-table.js'
import type { Product } from './products.js'
import type { Shelf } from './strangers-order.js'

/** Written to the file of pieces at once. */
const chunkBytes = 4 * 1024 * 1024

/** What is remembered of a table once its files are written: numbers only, some 80 bytes a product. */
export interface CompiledProducts {
  readonly base: string
  readonly count: number
  readonly columns: ProductColumns
  readonly shelf: Shelf
  /** By product: `contentOf` what it is now; 0 where it is gone. */
  readonly content: Float64Array
  /** By product: 1 where the file of pieces has what it was before. */
  readonly isStale: Uint8Array
  readonly piecesBytes: number
  /** Shown products that may not be used on a page over https. */
  readonly insecureCount: number
}

/** The same for two products that are the same in everything. */
export const contentOf = (product: Product): number => keyOf(JSON.stringify(product))

/** Compiles all products of a shop once, into files; pieces that still hold are copied from the files before. */
export class ProductPass {
  readonly #base: string
  readonly #maker: PieceMaker
  readonly #builder: ProductBuilder
  readonly #before: CompiledProducts | null
  readonly #beforePieces: FileWindow | null
  readonly #file: number
  #content: Float64Array
  #chunks: Buffer[] = []
  #chunkBytes = 0
  #piecesBytes = 0

  /**
   * @param base of the files' names; there are none yet.
   * @param before what was compiled by such a maker the last time; null where nothing was.
   */
  constructor(
    base: string,
    maker: PieceMaker,
    before: CompiledProducts | null,
    countExpected: number,
  ) {
    this.#base = base
    this.#maker = maker
    this.#builder = new ProductBuilder(countExpected)
    this.#content = new Float64Array(Math.max(16, countExpected))
    this.#before = before
    this.#beforePieces = before === null ? null : new FileWindow(piecesPath(before.base))
    this.#file = openSync(piecesPath(base), 'w')
  }

  /** Of two with one id, the first one stands. */
  add(product: Product): void {
    const builder = this.#builder
    const place = builder.count
    const content = contentOf(product)
    const made = this.#piecesBefore(product.id, content) ?? this.#maker.make(product)
    if (!builder.add(product, made)) return
    if (place === this.#content.length) {
      const larger = new Float64Array(place * 2)
      larger.set(this.#content)
      this.#content = larger
    }
    this.#content[place] = content
    for (const piece of made.pieces) {
      this.#chunks.push(piece)
      this.#chunkBytes += piece.length
    }
    if (this.#chunkBytes >= chunkBytes) this.#write()
  }

  finish(): CompiledProducts {
    this.#write()
    this.#close()
    const columns = this.#builder.finish()
    const path = columnsPath(this.#base)
    writeFileSync(`${path}.part`, encodeColumns({}, fromProductColumns(columns)))
    renameSync(`${path}.part`, path)
    return {
      base: this.#base,
      count: this.#builder.count,
      columns,
      shelf: this.#builder.shelf,
      content: this.#content,
      isStale: new Uint8Array(this.#builder.count),
      piecesBytes: this.#piecesBytes,
      insecureCount: this.#builder.insecureCount,
    }
  }

  abandon(): void {
    this.#close()
    rmSync(piecesPath(this.#base), { force: true })
  }

  /** null where the product wasn't there, or not the same. */
  #piecesBefore(id: string, content: number): ProductPieces | null {
    if (this.#before === null) return null
    const { columns, count, piecesBytes, isStale } = this.#before
    const { keys, slots, pieceStart, nativeStart, flags, priceMicros } = columns
    const place = placeIn(keys, slots, keyOf(id))
    if (place < 0 || this.#before.content[place] !== content || isStale[place] === 1) return null
    const start = pieceStart[place]!
    const middle = nativeStart[place]! - start
    const end = place + 1 < count ? pieceStart[place + 1]! : piecesBytes
    const bytes = this.#beforePieces!.read(start, end)
    return {
      flags: flags[place]!,
      priceMicros: priceMicros[place]!,
      pieces: [bytes.subarray(0, middle), bytes.subarray(middle)],
    }
  }

  #write(): void {
    const bytes = Buffer.concat(this.#chunks)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    this.#piecesBytes += bytes.length
    this.#chunks = []
    this.#chunkBytes = 0
  }

  #close(): void {
    this.#beforePieces?.close()
    closeSync(this.#file)
  }
}
