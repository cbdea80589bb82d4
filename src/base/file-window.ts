import { closeSync, openSync, readSync } from 'node:fs'

/** Read at once: what is asked for next lies behind it as a rule. */
const windowBytes = 1024 * 1024

/** Reads ranges of a file, mostly one behind the other, with few calls of the system. */
export class FileWindow {
  readonly #file: number
  #bytes = Buffer.alloc(0)
  #start = 0

  constructor(path: string) {
    this.#file = openSync(path, 'r')
  }

  /** @returns bytes that stay as they are. @throws Error where the file ends before. */
  read(start: number, end: number): Buffer {
    if (start < this.#start || end > this.#start + this.#bytes.length) this.#move(start, end)
    return this.#bytes.subarray(start - this.#start, end - this.#start)
  }

  close(): void {
    closeSync(this.#file)
  }

  #move(start: number, end: number): void {
    // New memory each time, as what was given out of the old one may still be in use.
    const bytes = Buffer.allocUnsafeSlow(Math.max(windowBytes, end - start))
    let length = 0
    while (start + length < end) {
      const read = readSync(this.#file, bytes, length, bytes.length - length, start + length)
      if (read === 0) throw new Error('the file ends too early')
      length += read
    }
    this.#bytes = bytes.subarray(0, length)
    this.#start = start
  }
}
