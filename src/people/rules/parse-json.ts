import type { RuleFault, Where } from './fault.js'
import { closest } from './fault.js'
import type { Quantity, Quoted, RawRule, RawTerm } from './raw-rule.js'
import * as bounds from './raw-rule.js'

/** Keys of a condition. */
const termKeys: readonly string[] = ['field', 'of', 'is', 'value', 'within']
const ruleKeys: readonly string[] = ['all', 'any', 'not', ...termKeys]
const quantityShape = /^(\d{1,10}(?:\.\d{1,6})?)(?:\s*(%|[€$£]|\p{L}+))?$/u

/**
 * Reads a rule in JSON: `{"all": [ … ]}`, `{"any": [ … ]}`, `{"not": … }`, or a condition,
 * `{"field": "viewed.count", "is": ">=", "value": 3, "within": "7d"}`; what stands in brackets in
 * text is its `of`.
 *
 * @returns all faults of its form where there are any.
 */
export function parseJson(source: unknown): RawRule | readonly RuleFault[] {
  const parser = new JsonParser()
  const rule = parser.rule(source, '', 1)
  return rule === null || parser.faults.length > 0 ? parser.faults : rule
}

/** Each method reads what is at a path; null: there was a fault, and it is kept. */
class JsonParser {
  readonly faults: RuleFault[] = []
  #termCount = 0

  rule(source: unknown, path: string, depth: number): RawRule | null {
    if (depth > bounds.ruleDepthMax) return this.#fail(path, '', bounds.tooDeep)
    if (typeof source !== 'object' || source === null || Array.isArray(source))
      return this.#fail(path, shown(source), 'should be an object with all, any, not or field')
    const from = source as Record<string, unknown>
    const kinds = ['all', 'any', 'not', 'field'].filter((kind) => Object.hasOwn(from, kind))
    for (const key of Object.keys(from)) this.#checkKey(key, kinds[0], path)
    if (kinds.length !== 1)
      return this.#fail(path, kinds.join(', '), 'should have exactly one of all, any, not, field')
    const kind = kinds[0] as 'all' | 'any' | 'not' | 'field'
    const at = below(path, kind)
    if (kind === 'field') return this.#term(from, path)
    if (kind === 'not') {
      const part = this.rule(from['not'], at, depth + 1)
      return part === null ? null : { kind, part }
    }
    return this.#parts(kind, from[kind], at, depth)
  }

  #parts(kind: 'all' | 'any', list: unknown, path: string, depth: number): RawRule | null {
    if (!Array.isArray(list) || list.length === 0)
      return this.#fail(path, shown(list), 'should be a list of one condition at least')
    if (list.length > bounds.ruleTermCountMax) return this.#fail(path, '', bounds.tooManyTerms)
    const parts = list.map((part, i) => this.rule(part, `${path}[${i}]`, depth + 1))
    const read = parts.filter((part) => part !== null)
    if (read.length < parts.length) return null
    return read.length === 1 ? read[0]! : { kind, parts: read }
  }

  #checkKey(key: string, kind: string | undefined, path: string): void {
    const known = kind === 'field' ? termKeys : kind === undefined ? ruleKeys : [kind]
    if (known.includes(key)) return
    // Two kinds in one object are told of as such.
    if (ruleKeys.includes(key) && !termKeys.includes(key)) return
    const where = below(path, key.slice(0, 64))
    this.#fail(where, key.slice(0, 64), 'is not known here', closest(key.slice(0, 64), known))
  }

  #term(from: Record<string, unknown>, path: string): RawTerm | null {
    if (++this.#termCount > bounds.ruleTermCountMax)
      return this.#fail(path, '', bounds.tooManyTerms)
    const { field, of, is, value, within } = from
    if (typeof field !== 'string')
      return this.#fail(below(path, 'field'), shown(field), 'should be the name of a field')
    const comparison = is === undefined ? null : this.#comparison(is, below(path, 'is'))
    if (value !== undefined && is === undefined)
      this.#fail(below(path, 'is'), '', 'is missing: how is the value compared? As ">="')
    if (value === undefined && is !== undefined)
      this.#fail(below(path, 'value'), '', 'is missing: what is it compared with?')
    return {
      kind: 'term',
      field: { text: field, where: whereOf(below(path, 'field')) },
      of: of === undefined ? [] : this.#list(of, below(path, 'of'), this.#quoted),
      is: comparison,
      values: value === undefined ? [] : this.#values(value, comparison, below(path, 'value')),
      within: within === undefined ? null : this.#quantity(within, below(path, 'within')),
    }
  }

  #comparison(is: unknown, path: string): RawTerm['is'] {
    const comparison = bounds.comparisons.find((known) => known === (is === '==' ? '=' : is))
    if (comparison !== undefined) return { comparison, where: whereOf(path) }
    const known = bounds.comparisons.join('  ')
    const meant = typeof is === 'string' ? closest(is.slice(0, 64), bounds.comparisons) : ''
    return this.#fail(path, shown(is), `should be one of  ${known}`, meant)
  }

  #values(value: unknown, is: RawTerm['is'], path: string): (Quantity | Quoted)[] {
    const isList = Array.isArray(value)
    if (is !== null && isList !== (is.comparison === 'one of')) {
      const reason = isList ? 'should be one value; a list goes with "one of"' : 'should be a list'
      this.#fail(path, '', reason)
      return []
    }
    return this.#list(value, path, this.#value)
  }

  #list<T>(
    list: unknown,
    path: string,
    read: (this: JsonParser, item: unknown, path: string) => T | null,
  ): T[] {
    if (!Array.isArray(list)) return [read.call(this, list, path)].filter((it) => it !== null)
    if (list.length === 0 || list.length > bounds.valueCountMax) {
      const reason = list.length === 0 ? 'a list has one value at least' : bounds.tooManyValues
      this.#fail(path, '', reason)
      return []
    }
    return list.map((item, i) => read.call(this, item, `${path}[${i}]`)).filter((it) => it !== null)
  }

  /** A number, or a text; a text that is no quantity is one between quotes. */
  #value(value: unknown, path: string): Quantity | Quoted | null {
    if (typeof value === 'string' && !quantityShape.test(value)) return this.#quoted(value, path)
    return this.#quantity(value, path)
  }

  #quantity(value: unknown, path: string): Quantity | null {
    const text = typeof value === 'number' ? String(value) : value
    const match = typeof text === 'string' ? quantityShape.exec(text) : null
    if (match === null || Number(match[1]) > bounds.amountMax) {
      const reason =
        'should be a value as 500 PLN, 30m, 40%, 3: up to a billion, six decimal places'
      return this.#fail(path, shown(value), reason)
    }
    const [all, amount, unit = ''] = match
    return { kind: 'quantity', amount: Number(amount), unit, text: all, where: whereOf(path) }
  }

  #quoted(value: unknown, path: string): Quoted | null {
    if (typeof value !== 'string') return this.#fail(path, shown(value), 'should be a text')
    return { kind: 'quoted', text: value, where: whereOf(path) }
  }

  #fail(path: string, word: string, reason: string, suggestion = ''): null {
    this.faults.push({ ...whereOf(path), word, reason, suggestion })
    return null
  }
}

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const whereOf = (path: string): Where => ({ at: 0, length: 0, path })

/** A value as a fault names it, cut short. */
function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'object' ? '' : String(value).slice(0, 64)
}
