import { closeSync, openSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { encodeColumns } from '../base/columns.js'
import { FileWindow } from '../base/file-window.js'
import { keyOf } from '../base/key.js'
import { ProductBuilder } from './product-builder.js'
import { decodeProduct } from './product-codec.js'
import { contentOf, type ProductEntry } from './product-entry.js'
import { columnsPath, piecesPath, writeAside } from './product-files.js'
import type { PieceMaker, ProductPieces } from './product-pieces.js'
import type { ProductColumns } from './product-table.js'
import { fromProductColumns, placeIn } from './product-table.js'
import type { Shelf } from './strangers-order.js'

/** Written to the file of pieces at once: at most, and expected of a product. */
const chunkBytesMax = 4 * 1024 * 1024
const productBytes = 1_024

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
  /** How long the file of pieces is, and its CRC-32. */
  readonly piecesBytes: number
  readonly piecesSum: number
  /** Shown products that may not be used on a page over https, when it was compiled. */
  readonly insecureCount: number
}

/** Compiles all products of a shop once, into files; pieces that still hold are copied from the files before. */
export class ProductPass {
  readonly #base: string
  readonly #maker: PieceMaker
  readonly #builder: ProductBuilder
  readonly #before: CompiledProducts | null
  readonly #beforePieces: FileWindow | null
  readonly #file: number
  #content: Float64Array
  readonly #chunk: Buffer
  #chunkUsed = 0
  #piecesBytes = 0
  #piecesSum = 0

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
    // There may be thousands of small shops.
    const room = Math.max(16, countExpected) * productBytes
    this.#chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytesMax, room))
  }

  /** Of two with one id, the first one stands. */
  add(entry: ProductEntry): void {
    const place = this.#builder.count
    const content = contentOf(entry)
    if (!this.#addBefore(entry.id, content)) this.#addNew(entry)
    if (this.#builder.count === place) return
    if (place === this.#content.length) {
      const larger = new Float64Array(place * 2)
      larger.set(this.#content)
      this.#content = larger
    }
    this.#content[place] = content
  }

  async finish(): Promise<CompiledProducts> {
    this.#flush()
    this.#close()
    const columns = this.#builder.finish()
    const { count, shelf, insecureCount } = this.#builder
    await writeAside(columnsPath(this.#base), encodeColumns({}, fromProductColumns(columns)))
    return {
      base: this.#base,
      count,
      columns,
      shelf,
      content: this.#content.subarray(0, count),
      isStale: new Uint8Array(count),
      piecesBytes: this.#piecesBytes,
      piecesSum: this.#piecesSum,
      insecureCount,
    }
  }

  async abandon(): Promise<void> {
    this.#close()
    await rm(piecesPath(this.#base), { force: true })
  }

  /** @returns false where it wasn't there, or not the same. */
  #addBefore(id: string, content: number): boolean {
    if (this.#before === null) return false
    const { columns, count, piecesBytes, isStale, shelf } = this.#before
    const { keys, slots, pieceStart, nativeStart, flags, priceMicros, groups } = columns
    const key = keyOf(id)
    const place = placeIn(keys, slots, key)
    if (place < 0 || this.#before.content[place] !== content || isStale[place] === 1) return false
    const start = pieceStart[place]!
    const middle = nativeStart[place]! - start
    const end = place + 1 < count ? pieceStart[place + 1]! : piecesBytes
    const bytes = this.#beforePieces!.read(start, end)
    const made = {
      flags: flags[place]!,
      priceMicros: priceMicros[place]!,
      pieces: [bytes.subarray(0, middle), bytes.subarray(middle)],
    }
    if (this.#builder.addKnown(key, groups[place]!, shelf.at(place), made)) this.#append(made)
    return true
  }

  #addNew({ id, bytes }: ProductEntry): void {
    const product = decodeProduct(id, bytes)
    const made = this.#maker.make(product)
    if (this.#builder.add(product, made)) this.#append(made)
  }

  #append({ pieces }: ProductPieces): void {
    for (const piece of pieces) {
      if (this.#chunkUsed + piece.length > this.#chunk.length) this.#flush()
      if (piece.length > this.#chunk.length) this.#write(piece)
      else {
        this.#chunk.set(piece, this.#chunkUsed)
        this.#chunkUsed += piece.length
      }
    }
  }

  #flush(): void {
    this.#write(this.#chunk.subarray(0, this.#chunkUsed))
    this.#chunkUsed = 0
  }

  #write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    this.#piecesBytes += bytes.length
    this.#piecesSum = crc32(bytes, this.#piecesSum)
  }

  #close(): void {
    this.#beforePieces?.close()
    closeSync(this.#file)
  }
}
