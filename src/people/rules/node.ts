/** A rule whose every word is understood, and the two ways of writing it down. */
import type { DidField, MeasureField, YesField } from './field.js'
import type { Comparison } from './raw-rule.js'
import type { RuleValue } from './value.js'

interface TermParts {
  readonly kind: 'term'
  /** What stands in brackets: one text for a measure that takes one; none where nothing does. */
  readonly of: readonly string[]
  /** null where there is no window. */
  readonly within: RuleValue | null
}

export type Term =
  | (TermParts & { readonly field: YesField | DidField })
  | (TermParts & {
      readonly field: MeasureField
      readonly comparison: Comparison
      /** One, or several for `one of`. */
      readonly values: readonly RuleValue[]
    })

export type RuleNode =
  | Term
  | { readonly kind: 'all' | 'any'; readonly parts: readonly RuleNode[] }
  | { readonly kind: 'not'; readonly part: RuleNode }

/** The same rule in JSON, as programs write it. */
export type RuleJson =
  | { readonly all: readonly RuleJson[] }
  | { readonly any: readonly RuleJson[] }
  | { readonly not: RuleJson }
  | {
      readonly field: string
      readonly of?: string | readonly string[]
      readonly is?: Comparison
      readonly value?: string | number | readonly (string | number)[]
      readonly within?: string | number
    }

/** The rule in the one way that is ours of those it can be written in; read again, it is the same rule. */
export function textOf(node: RuleNode): string {
  switch (node.kind) {
    case 'any':
      return node.parts.map(textOf).join(' or ')
    case 'all':
      return node.parts
        .map((part) => (part.kind === 'any' ? `(${textOf(part)})` : textOf(part)))
        .join(' and ')
    case 'not':
      return node.part.kind === 'term' ? `not ${textOf(node.part)}` : `not (${textOf(node.part)})`
    case 'term':
      return termText(node)
  }
}

function termText(term: Term): string {
  const { field, of, within } = term
  let text = field.name
  if (of.length === 1) text += `(${quoted(of[0]!)})`
  else if (of.length > 1) text += ` is one of [${of.map(quoted).join(', ')}]`
  if ('values' in term) {
    const values = term.values.map((value) => value.text)
    text +=
      term.comparison === 'one of'
        ? ` is one of [${values.join(', ')}]`
        : ` ${term.comparison} ${values[0]!}`
  }
  return within === null ? text : `${text} within ${within.text}`
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

export function jsonOf(node: RuleNode): RuleJson {
  switch (node.kind) {
    case 'any':
      return { any: node.parts.map(jsonOf) }
    case 'all':
      return { all: node.parts.map(jsonOf) }
    case 'not':
      return { not: jsonOf(node.part) }
    case 'term':
      return termJson(node)
  }
}

function termJson(term: Term): RuleJson {
  const { field, of, within } = term
  let compared: Pick<Extract<RuleJson, { field: string }>, 'is' | 'value'> = {}
  if ('values' in term) {
    const values = term.values.map((value) => value.json)
    compared = { is: term.comparison, value: term.comparison === 'one of' ? values : values[0]! }
  }
  return {
    field: field.name,
    ...(of.length === 0 ? {} : { of: of.length === 1 ? of[0]! : of }),
    ...compared,
    ...(within === null ? {} : { within: within.json }),
  }
}
