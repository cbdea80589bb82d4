import { closest, type RuleFault } from './fault.js'
import type { Comparison, Quantity, Quoted, RawRule, RawTerm } from './raw-rule.js'
import * as bounds from './raw-rule.js'
import { type Token, Tokens } from './tokens.js'

const comparisonMarks: ReadonlySet<string> = new Set(['>=', '<=', '>', '<', '=', '!='])

/**
 * Reads a rule's text as
 *
 *     rule  = all { "or" all }
 *     all   = part { "and" part }
 *     part  = "not" part | "(" rule ")" | term
 *     term  = field [ "(" text { "," text } ")" ] [ mark value | "is one of [" value { "," value } "]" ]
 *             [ "within" duration ]  |  "in segment" text
 *
 * @returns the first fault of its form where there is one.
 */
export function parseText(source: string): RawRule | RuleFault {
  if (source.length > bounds.ruleLengthMax) {
    const reason = `a rule is at most ${bounds.ruleLengthMax} characters long`
    return { at: 0, length: source.length, path: '', word: '', reason, suggestion: '' }
  }
  const tokens = new Tokens(source).read()
  return 'reason' in tokens ? tokens : new TextParser(tokens).parse()
}

/** Each method reads on from where the one before ended; null: there was a fault, and it is kept. */
class TextParser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0
  #termCount = 0
  #fault: RuleFault | null = null

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): RawRule | RuleFault {
    const rule = this.#any()
    if (rule !== null && this.#token.kind !== 'end') this.#failAfterRule()
    return this.#fault ?? rule!
  }

  get #token(): Token {
    return this.#tokens[this.#next]!
  }

  #any(): RawRule | null {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#part()))
  }

  #joined(kind: 'all' | 'any', word: string, read: () => RawRule | null): RawRule | null {
    const parts: RawRule[] = []
    do {
      const part = read()
      if (part === null) return null
      parts.push(part)
    } while (this.#skip('name', word))
    return parts.length === 1 ? parts[0]! : { kind, parts }
  }

  #part(): RawRule | null {
    if (++this.#depth > bounds.ruleDepthMax) return this.#fail(bounds.tooDeep)
    const part = this.#partWithin()
    this.#depth--
    return part
  }

  #partWithin(): RawRule | null {
    if (this.#skip('name', 'not')) {
      const part = this.#part()
      return part === null ? null : { kind: 'not', part }
    }
    if (!this.#skip('mark', '(')) return this.#term()
    const rule = this.#any()
    if (rule === null) return null
    if (this.#skip('mark', ')')) return rule
    if (this.#token.kind === 'end') return this.#fail('a bracket is still open: ) is missing')
    return this.#failAfterRule()
  }

  #term(): RawTerm | null {
    const { kind, text } = this.#token
    const isKeyword = ['and', 'or', 'is', 'one', 'of', 'within'].includes(text)
    if (kind !== 'name' || isKeyword)
      return this.#fail('a condition should start here, as cart.value >= 500')
    if (++this.#termCount > bounds.ruleTermCountMax) return this.#fail(bounds.tooManyTerms)
    const after = this.#tokens[this.#next + 1]!
    if (text === 'in' && after.kind === 'name' && after.text === 'segment') return this.#inSegment()
    const field = { text, where: this.#take() }
    const of = this.#skip('mark', '(') ? this.#list(')', () => this.#quoted()) : []
    if (of === null) return null
    const is = this.#comparison()
    if (this.#fault !== null) return null
    let values: readonly (Quantity | Quoted)[] | null = []
    if (is?.comparison === 'one of') values = this.#list(']', () => this.#value())
    else if (is !== null) values = asList(this.#value())
    if (values === null) return null
    let within: Quantity | null = null
    if (this.#skip('name', 'within')) {
      within = this.#quantity('within what time? As within 14d')
      if (within === null) return null
    }
    return { kind: 'term', field, of, is, values, within }
  }

  /** `in segment "vip"`, as people say it. */
  #inSegment(): RawTerm | null {
    const { at } = this.#take()
    const end = this.#take()
    const of = asList(this.#quoted())
    if (of === null) return null
    const where = { at, length: end.at + end.length - at, path: '' }
    const field = { text: 'inSegment', where }
    return { kind: 'term', field, of, is: null, values: [], within: null }
  }

  #comparison(): RawTerm['is'] {
    const { kind, text, at } = this.#token
    if (kind === 'mark' && comparisonMarks.has(text))
      return { comparison: text as Comparison, where: this.#take() }
    if (!this.#skip('name', 'is')) return null
    const isList = this.#skip('name', 'one') && this.#skip('name', 'of') && this.#skip('mark', '[')
    if (!isList) {
      this.#fail('what follows is one of [ … ]; to compare with one value, write =')
      return null
    }
    const before = this.#tokens[this.#next - 1]!
    return { comparison: 'one of', where: { at, length: before.at - at, path: '' } }
  }

  /** Reads up to the closing mark. */
  #list<T>(end: string, read: () => T | null): T[] | null {
    const list: T[] = []
    do {
      const value = read()
      if (value === null) return null
      list.push(value)
      if (list.length > bounds.valueCountMax) return this.#fail(bounds.tooManyValues)
    } while (this.#skip('mark', ','))
    return this.#skip('mark', end) ? list : this.#fail(`${end} or a comma should stand here`)
  }

  #value(): Quantity | Quoted | null {
    if (this.#token.kind === 'name' && yesOrNo.test(this.#token.text))
      return this.#fail('yes or no is not compared: write consent.ads, or not consent.ads')
    return this.#token.kind === 'quoted'
      ? this.#quoted()
      : this.#quantity('a value should stand here, as 500 PLN, 30m, 40%, 3')
  }

  #quantity(reason: string): Quantity | null {
    const { kind, text, amount, unit } = this.#token
    if (kind !== 'quantity') return this.#fail(reason)
    return { kind: 'quantity', amount, unit, text, where: this.#take() }
  }

  #quoted(): Quoted | null {
    const { kind, text } = this.#token
    if (kind === 'name') return this.#fail('a text stands between quotation marks', `"${text}"`)
    if (kind !== 'quoted') return this.#fail('a text between quotation marks should stand here')
    return { kind: 'quoted', text, where: this.#take() }
  }

  #take(): RawTerm['field']['where'] {
    const { at, length } = this.#tokens[this.#next++]!
    return { at, length, path: '' }
  }

  #skip(kind: Token['kind'], text: string): boolean {
    const isHere = this.#token.kind === kind && this.#token.text === text
    if (isHere) this.#next++
    return isHere
  }

  /** A condition is complete, and what follows doesn't go on from it. */
  #failAfterRule(): null {
    const { kind, text } = this.#token
    if (text === ')') return this.#fail('no bracket is open here')
    if (text === ',' && this.#tokens[this.#next - 1]!.kind === 'quantity')
      return this.#fail('decimals stand behind a point, as 0.4')
    if (text === '(' && this.#tokens[this.#next - 1]!.kind === 'quantity')
      return this.#fail('a number takes no brackets')
    if (kind === 'name' || text === '(')
      return this.#fail('"and" or "or" should stand here', joinerFor(text))
    if (comparisonMarks.has(text)) return this.#fail('what is compared comes before within')
    return this.#fail(`${text} does not go on from what stands before it`)
  }

  #fail(reason: string, suggestion = ''): null {
    const { kind, text, at, length } = this.#token
    const word = kind === 'end' ? '' : text
    this.#fault ??= { at, length, path: '', word, reason, suggestion }
    return null
  }
}

const asList = <T>(value: T | null): T[] | null => (value === null ? null : [value])

const yesOrNo = /^(?:true|false|yes|no)$/i

/** What was meant to stand between two conditions: a word that comes close, or one before a condition. */
function joinerFor(text: string): string {
  const meant = closest(text, ['and', 'or'])
  if (meant !== '') return meant
  return text === '(' || text === 'not' || text.includes('.') ? `and ${text}` : ''
}
