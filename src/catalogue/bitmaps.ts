/**
 * Bitmaps over campaign rows: bit `row & 31` of word `row >>> 5`.
 *
 * A dimension (country, size, site …) holds, for each value that some campaign names, the rows that
 * may show there: those that name it and those that don't restrict the dimension at all. So a lookup
 * gives one bitmap to AND, and a value nobody named gives `any`.
 */

export type Bitmap = Uint32Array

export class Dimension {
  /** Rows that don't restrict this dimension. */
  readonly any: Bitmap
  readonly #byValue: ReadonlyMap<string, Bitmap>

  constructor(any: Bitmap, byValue: ReadonlyMap<string, Bitmap>) {
    this.any = any
    this.#byValue = byValue
  }

  of(value: string): Bitmap {
    return this.#byValue.get(value) ?? this.any
  }

  /** Undefined where no campaign names the value: nothing to add to `any`. */
  named(value: string): Bitmap | undefined {
    return this.#byValue.get(value)
  }
}

export const has = (bitmap: Bitmap, row: number): boolean =>
  ((bitmap[row >>> 5]! >>> (row & 31)) & 1) === 1

/** Where in the column of all bitmaps a dimension's lie; what a snapshot's header holds. */
export interface DimensionPlaces {
  readonly any: number
  readonly values: readonly (readonly [value: string, bitmap: number])[]
}

/** Gathers bitmaps while a snapshot is compiled. Off the request's way: may allocate freely. */
export class BitmapBuilder {
  readonly #wordCount: number
  readonly #bitmaps: Uint32Array[] = []

  constructor(rowCount: number) {
    this.#wordCount = rowCount >>> 5
  }

  /** @returns the number of a bitmap with a bit for each row that passes. */
  where(rows: readonly number[], passes: (row: number) => boolean): number {
    const bitmap = new Uint32Array(this.#wordCount)
    for (const row of rows) if (passes(row)) set(bitmap, row)
    return this.#bitmaps.push(bitmap) - 1
  }

  /** @param valuesOf the values that a row is restricted to; undefined where it takes any. */
  dimension(
    rows: readonly number[],
    valuesOf: (row: number) => readonly string[] | undefined,
  ): DimensionPlaces {
    const any = this.where(rows, (row) => valuesOf(row) === undefined)
    return { any, values: this.#byValue(rows, valuesOf, this.#bitmaps[any]!) }
  }

  /** For each value the rows that name it, and no others: for what is blocked. */
  marks(
    rows: readonly number[],
    valuesOf: (row: number) => readonly string[],
  ): readonly (readonly [value: string, bitmap: number])[] {
    return this.#byValue(rows, valuesOf, new Uint32Array(this.#wordCount))
  }

  #byValue(
    rows: readonly number[],
    valuesOf: (row: number) => readonly string[] | undefined,
    start: Uint32Array,
  ): (readonly [string, number])[] {
    const numbers = new Map<string, number>()
    for (const row of rows)
      for (const value of valuesOf(row) ?? []) {
        let number = numbers.get(value)
        if (number === undefined) {
          number = this.#bitmaps.push(start.slice()) - 1
          numbers.set(value, number)
        }
        set(this.#bitmaps[number]!, row)
      }
    return [...numbers]
  }

  column(): Uint32Array {
    const all = new Uint32Array(this.#bitmaps.length * this.#wordCount)
    for (const [number, bitmap] of this.#bitmaps.entries())
      all.set(bitmap, number * this.#wordCount)
    return all
  }
}

function set(bitmap: Uint32Array, row: number): void {
  bitmap[row >>> 5]! |= 1 << (row & 31)
}

/** Reads bitmaps back from the column that `BitmapBuilder.column` gave. */
export class BitmapReader {
  readonly #column: Uint32Array
  readonly #wordCount: number

  constructor(column: Uint32Array, rowCount: number) {
    this.#column = column
    this.#wordCount = rowCount >>> 5
  }

  bitmap(number: number): Bitmap {
    return this.#column.subarray(number * this.#wordCount, (number + 1) * this.#wordCount)
  }

  dimension(places: DimensionPlaces): Dimension {
    return new Dimension(this.bitmap(places.any), this.map(places.values))
  }

  map(values: DimensionPlaces['values']): ReadonlyMap<string, Bitmap> {
    return new Map(values.map(([value, number]) => [value, this.bitmap(number)]))
  }
}
