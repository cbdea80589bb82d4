import type { RuleFault } from './fault.js'
import { amountMax, amountShape } from './raw-rule.js'

export interface Token {
  readonly kind: 'name' | 'quantity' | 'quoted' | 'mark' | 'end'
  /** A keyword in lower case; what is between quotes; else as written. */
  readonly text: string
  readonly at: number
  readonly length: number
  /** Of a quantity; 0 elsewhere. */
  readonly amount: number
  /** Of a quantity that has one; '' elsewhere. */
  readonly unit: string
}

const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'is', 'one', 'of', 'within'])

const blank = /\s*/uy
const name = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*/uy
const digits = /\d+(?:\.\d+)?/uy
/** A word behind a number is its unit, unless it goes on as a field would. */
const unit = /\s*(%|[€$£]|\p{L}+)(?![\p{L}\p{N}_.(])/uy
const mark = /<=|>=|=<|=>|!=|==|<>|&&|\|\||[<>=≤≥≠()[\],!-]/uy
/** Quotes that open, and those that close them: word processors turn straight ones into others. */
const closing: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '„': '”“' }

/** Other ways to write a mark, which mean the same. */
const same: Readonly<Record<string, string>> = {
  '==': '=',
  '<>': '!=',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
}
/** Marks of other languages, and what is written here. */
const foreign: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '!': 'not',
  '=<': '<=',
  '=>': '>=',
}

/** Takes a rule's text apart. */
export class Tokens {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** All words, the last one being the `end`; or the first that can't be one. */
  read(): readonly Token[] | RuleFault {
    const tokens: Token[] = []
    for (;;) {
      this.#take(blank)
      const token = this.#next()
      if ('reason' in token) return token
      tokens.push(token)
      if (token.kind === 'end') return tokens
    }
  }

  #next(): Token | RuleFault {
    const from = this.#at
    const first = this.#source[from]
    if (first === undefined) return this.#token('end', '', from)
    const word = this.#take(name)?.[0]
    if (word !== undefined) {
      const lower = word.toLowerCase()
      return this.#token('name', keywords.has(lower) ? lower : word, from)
    }
    const number = this.#take(digits)?.[0]
    if (number !== undefined) return this.#quantity(number, from)
    const ends = closing[first]
    if (ends !== undefined) return this.#quoted(ends, from)
    const sign = this.#take(mark)?.[0]
    if (sign === undefined) {
      const letter = String.fromCodePoint(this.#source.codePointAt(from)!)
      return this.#fault(from, letter, `${letter} means nothing here`)
    }
    if (sign === '-') return this.#fault(from, sign, 'nothing here is ever negative')
    const meant = foreign[sign]
    if (meant !== undefined)
      return this.#fault(from, sign, `${sign} is written otherwise here`, meant)
    return this.#token('mark', same[sign] ?? sign, from)
  }

  #quantity(number: string, from: number): Token | RuleFault {
    if (!amountShape.test(number) || Number(number) > amountMax)
      return this.#fault(from, number, 'a number is at most a billion, with six decimal places')
    const before = this.#at
    const word = this.#take(unit)?.[1]
    if (word === undefined || keywords.has(word.toLowerCase())) {
      this.#at = before
      return this.#token('quantity', number, from, Number(number))
    }
    const text = this.#source.slice(from, this.#at)
    return this.#token('quantity', text, from, Number(number), word)
  }

  /** A backslash makes a quotation mark or a backslash stand for itself. */
  #quoted(ends: string, from: number): Token | RuleFault {
    let text = ''
    for (let i = from + 1; i < this.#source.length; i++) {
      const letter = this.#source[i]!
      const next = this.#source[i + 1]
      if (ends.includes(letter)) {
        this.#at = i + 1
        return this.#token('quoted', text, from)
      }
      if (letter === '\\' && next !== undefined && (next === '\\' || ends.includes(next))) {
        text += next
        i++
      } else text += letter
    }
    return this.#fault(from, this.#source.slice(from), 'the quotation mark is never closed')
  }

  #take(shape: RegExp): RegExpExecArray | null {
    shape.lastIndex = this.#at
    const match = shape.exec(this.#source)
    if (match !== null) this.#at += match[0].length
    return match
  }

  #token(kind: Token['kind'], text: string, from: number, amount = 0, unitText = ''): Token {
    return { kind, text, at: from, length: this.#at - from, amount, unit: unitText }
  }

  #fault(at: number, word: string, reason: string, suggestion = ''): RuleFault {
    return { at, length: word.length, path: '', word, reason, suggestion }
  }
}
