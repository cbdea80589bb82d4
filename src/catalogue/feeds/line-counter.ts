/** Which line a character is on, asked in the order of the text. Keeps what was not asked for yet. */
export class LineCounter {
  #pieces: string[] = []
  /** Where the first piece begins, how much of it is counted, and how many newlines stand before there. */
  #start = 0
  #counted = 0
  #newlines = 0

  add(piece: string): void {
    this.#pieces.push(piece)
  }

  lineAt(index: number): number {
    let piece = this.#pieces[0]
    while (piece !== undefined) {
      const end = Math.min(index - this.#start, piece.length)
      for (
        let at = piece.indexOf('\n', this.#counted);
        at >= 0 && at < end;
        at = piece.indexOf('\n', at + 1)
      )
        this.#newlines++
      this.#counted = Math.max(this.#counted, end)
      if (this.#counted < piece.length) break
      this.#start += piece.length
      this.#counted = 0
      this.#pieces.shift()
      piece = this.#pieces[0]
    }
    return this.#newlines + 1
  }
}
