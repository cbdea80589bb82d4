const chunkLength = 65_536
const chunkBits = 16

/** A long column of whole numbers that is never copied while it grows. */
export class ChunkedInts {
  count = 0
  readonly #chunks: Int32Array[] = []

  push(value: number): void {
    const place = this.count & (chunkLength - 1)
    if (place === 0) this.#chunks.push(new Int32Array(chunkLength))
    this.#chunks[this.count++ >>> chunkBits]![place] = value
  }

  /** @param index below `count`. */
  at(index: number): number {
    return this.#chunks[index >>> chunkBits]![index & (chunkLength - 1)]!
  }

  /** In one piece; this is empty after that, so that memory is needed but once. */
  joined(): Int32Array<ArrayBuffer> {
    const all = new Int32Array(this.count)
    for (let index = 0; this.#chunks.length > 0; index += chunkLength) {
      const chunk = this.#chunks.shift()!
      all.set(chunk.subarray(0, Math.min(chunkLength, this.count - index)), index)
    }
    this.count = 0
    return all
  }
}
