/** A column of whole numbers that grows as one is pushed after the other. */
export class GrowingInts {
  values: Int32Array<ArrayBuffer>
  count = 0

  constructor(countExpected = 1_024) {
    this.values = new Int32Array(Math.max(16, countExpected))
  }

  push(value: number): void {
    if (this.count === this.values.length) {
      const values = new Int32Array(Math.ceil(this.values.length * 1.5))
      values.set(this.values)
      this.values = values
    }
    this.values[this.count++] = value
  }

  /** A copy without what was kept free. */
  trimmed(): Int32Array<ArrayBuffer> {
    return this.values.slice(0, this.count)
  }
}

/** What a column that has to hold `countMin` is made as long as; some is left free, so that it grows seldom. */
export const grownCount = (countMin: number): number => Math.ceil(countMin * 1.25) + 16
