import { plainCategory } from '../../base/category.js'
import * as bounds from '../../profiles/slice.js'
import type { RuleFault, Where } from './fault.js'
import { closest } from './fault.js'
import type { DidField, MeasureField, Of, RuleContext, RuleField, YesField } from './field.js'
import { fieldByName, ruleFields } from './fields.js'
import type { RuleNode, Term } from './node.js'
import type { Quoted, RawRule, RawTerm } from './raw-rule.js'
import { plainWords } from './slice-words.js'
import { kindText, type RuleValue, readDuration, readValue } from './value.js'

const lengthMax: Readonly<Record<Of, number>> = {
  category: bounds.categoryLengthMax,
  product: bounds.productIdLengthMax,
  text: bounds.searchTextLengthMax,
  segment: bounds.segmentIdLengthMax,
}
const quotedExample: Readonly<Record<Of, string>> = {
  category: '("Shoes/Running")',
  product: '("sku-1")',
  text: '("shoes")',
  segment: '("vip")',
}
const valueExample = {
  money: '>= 500',
  number: '>= 2',
  count: '> 3',
  score: '>= 4',
  share: '>= 40%',
  age: '>= 30d',
} as const

/** Makes sense of a rule's words. @returns every fault where there is any. */
export function checkRule(raw: RawRule, context: RuleContext): RuleNode | readonly RuleFault[] {
  const checker = new Checker(context)
  const node = checker.rule(raw)
  return checker.faults.length > 0 ? checker.faults : node!
}

/** null: there was a fault, and it is kept. */
class Checker {
  readonly faults: RuleFault[] = []
  readonly #context: RuleContext

  constructor(context: RuleContext) {
    this.#context = context
  }

  /** Parts of one kind within each other are one; two times not is nothing. */
  rule(raw: RawRule): RuleNode | null {
    if (raw.kind === 'term') return this.#term(raw)
    if (raw.kind === 'not') {
      const part = this.rule(raw.part)
      if (part === null) return null
      return part.kind === 'not' ? part.part : { kind: 'not', part }
    }
    const parts: RuleNode[] = []
    for (const rawPart of raw.parts) {
      const part = this.rule(rawPart)
      if (part?.kind === raw.kind) parts.push(...part.parts)
      else if (part !== null) parts.push(part)
    }
    return { kind: raw.kind, parts }
  }

  #term(raw: RawTerm): Term | null {
    const field = fieldByName.get(raw.field.text.toLowerCase())
    if (field === undefined) return this.#unknownField(raw)
    const within = this.#within(raw, field)
    if (field.kind === 'yes') return this.#yes(raw, field)
    if (field.kind === 'did') return this.#did(raw, field, within)
    return this.#measure(raw, field, within)
  }

  #unknownField({ field, of }: RawTerm): null {
    const { text, where } = field
    const names = ruleFields.map(({ name }) => name)
    let meant = closest(text, names)
    // The right half behind the wrong one: `basket.value`.
    const end = text.slice(text.lastIndexOf('.') + 1).toLowerCase()
    const alike = names.filter((name) => name.toLowerCase().endsWith(`.${end}`))
    if (meant === '' && alike.length === 1) meant = alike[0]!
    const group = names.filter((name) => name.startsWith(`${text.split('.')[0]!}.`))
    const known = meant === '' && group.length > 0 ? `; there are ${group.join(', ')}` : ''
    const shown = `${text.slice(0, 64)}${of.length > 0 ? '( … )' : ''}`
    return this.#fail(where, text.slice(0, 64), `no field is called ${shown}${known}`, meant)
  }

  #within({ within }: RawTerm, field: RuleField): RuleValue | null {
    if (within === null) return null
    if (!field.hasWindow) {
      const reason = `${field.name} takes no within: ${withoutWindow(field)}`
      return this.#fail(within.where, within.text, reason)
    }
    const value = readDuration(within, 'within is followed by a length of time, as 14d')
    if ('reason' in value) return this.#keep(value)
    if (value.threshold > 0) return value
    return this.#fail(within.where, within.text, 'nothing is within no time at all')
  }

  #yes({ of, is, values }: RawTerm, field: YesField): Term | null {
    const extra = of[0]?.where ?? is?.where ?? values[0]?.where
    if (extra !== undefined) {
      const reason = `${field.name} is yes or no by itself: write ${field.name}, or not ${field.name}`
      return this.#fail(extra, of[0]?.text ?? is?.comparison ?? '', reason)
    }
    return { kind: 'term', field, of: [], within: null }
  }

  /** The texts stand in brackets, or are compared with: `= "…"` and `is one of [ … ]`. */
  #did(raw: RawTerm, field: DidField, within: RuleValue | null): Term | null {
    const { of, is, values } = raw
    const example = `${field.name}${quotedExample[field.of]}`
    const name = raw.field
    if (of.length > 0 && is !== null)
      return this.#fail(
        is.where,
        is.comparison,
        `${field.name} is yes or no: it is compared with nothing`,
      )
    if (is === null && of.length === 0)
      return this.#fail(name.where, name.text, `what is ${field.name} about? Write ${example}`)
    if (is !== null && is.comparison !== '=' && is.comparison !== 'one of') {
      const reason = `${field.name} is yes or no: write ${example}, or not ${example}`
      return this.#fail(is.where, is.comparison, reason)
    }
    const texts: Quoted[] = [...of]
    for (const value of values) {
      if (value.kind === 'quoted') texts.push(value)
      else
        this.#fail(
          value.where,
          value.text,
          'a text stands between quotation marks',
          `"${value.text}"`,
        )
    }
    for (const text of texts) this.#checkText(text, field.of)
    return { kind: 'term', field, of: texts.map(({ text }) => text), within }
  }

  #measure(raw: RawTerm, field: MeasureField, within: RuleValue | null): Term | null {
    const { of, is, values } = raw
    const { name, kind } = field
    const example = `${name}${field.of === null ? '' : quotedExample[field.of]} ${valueExample[kind]}`
    if (of.length !== (field.of === null ? 0 : 1)) {
      const reason =
        field.of === null ? `${name} takes no brackets` : `about one ${field.of}: write ${example}`
      const word = of[1] ?? of[0] ?? raw.field
      return this.#fail(word.where, word.text, reason)
    }
    for (const text of of) this.#checkText(text, field.of!)
    if (is === null)
      return this.#fail(raw.field.where, raw.field.text, `${name} is compared: write ${example}`)
    const isExact = is.comparison === '=' || is.comparison === '!=' || is.comparison === 'one of'
    if (isExact && field.isFluid)
      return this.#fail(
        is.where,
        is.comparison,
        `${name} changes all the time: compare it by >= or <`,
      )
    const countMax = within === null ? field.countMax : field.countMaxWithin
    const read: RuleValue[] = []
    for (const value of values) {
      if (value.kind === 'quoted') {
        this.#fail(value.where, value.text, `${name} is ${kindText[kind]}: write ${example}`)
        continue
      }
      const found = readValue(kind, name, value, this.#context)
      if ('reason' in found) this.#keep(found)
      else if (found.threshold > countMax)
        this.#fail(value.where, value.text, `no more than the newest ${countMax} are remembered`)
      else read.push(found)
    }
    const texts = of.map(({ text }) => text)
    return { kind: 'term', field, of: texts, within, comparison: is.comparison, values: read }
  }

  #checkText({ text, where }: Quoted, of: Of): void {
    const shown = text.slice(0, 64)
    if (text.length > lengthMax[of])
      this.#fail(where, shown, `a ${of} is at most ${lengthMax[of]} long`)
    else if (/[\p{Cc}\p{Cs}]/u.test(text))
      this.#fail(where, shown, 'the text has what is no character')
    else if (of === 'text' ? plainWords(text) === '' : plainOf(text, of) === '')
      this.#fail(where, shown, of === 'text' ? 'there is no word in it' : `the ${of} is empty`)
  }

  #fail(where: Where, word: string, reason: string, suggestion = ''): null {
    return this.#keep({
      at: where.at,
      length: where.length,
      path: where.path,
      word,
      reason,
      suggestion,
    })
  }

  #keep(fault: RuleFault): null {
    this.faults.push(fault)
    return null
  }
}

const plainOf = (text: string, of: Of): string => (of === 'category' ? plainCategory(text) : text)

const withoutWindow = ({ kind }: RuleField): string =>
  kind === 'age' ? 'it is a length of time itself' : 'it is of all that is known'
