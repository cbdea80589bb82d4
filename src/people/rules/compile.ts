import type { Slice } from '../../profiles/slice.js'
import { checkRule } from './check.js'
import type { RuleFault } from './fault.js'
import type { FieldTools, RuleContext } from './field.js'
import { compare } from './measure.js'
import { jsonOf, type RuleJson, type RuleNode, textOf } from './node.js'
import { parseJson } from './parse-json.js'
import { parseText } from './parse-text.js'
import type { RawRule } from './raw-rule.js'
import { defaultRfm } from './rfm.js'
import { SliceWords } from './slice-words.js'
import { all, any, not, type Test } from './until.js'

export interface RuleVerdict {
  readonly isIn: boolean
  /** The first moment after now at which time alone may change that; Infinity where it never does. */
  readonly changesAtMs: number
}

export interface Rule {
  /** As people write it: the same text for rules that are written alike but for blanks and brackets. */
  readonly text: string
  /** As programs write it. */
  readonly json: RuleJson
  /** Lists that it asks about, by the id of their segment. */
  readonly lists: readonly string[]
  /** The same as `evaluate` in one number, for what asks often. */
  readonly test: Test
  evaluate(slice: Slice, nowMs: number): RuleVerdict
}

export type RuleResult =
  | { readonly ok: true; readonly value: Rule }
  | { readonly ok: false; readonly faults: readonly RuleFault[] }

/** More are not told at once. */
const faultCountMax = 20

/**
 * Makes a rule of its text or its JSON. A few microseconds' work once; asking it is well below one.
 *
 * @param context what amounts, categories and scores mean at the shop; asked again at every evaluation
 *   only for categories of what was bought.
 */
export function compileRule(source: unknown, context: RuleContext): RuleResult {
  return new RuleCompiler(context).compile(source)
}

/** Compiles the rules of one shop: what they work out of a slice, they work out once for all of them. */
export class RuleCompiler {
  readonly #context: RuleContext
  readonly #tools: FieldTools

  constructor(context: RuleContext) {
    this.#context = context
    this.#tools = {
      words: new SliceWords(context.categoryOf),
      rfm: context.rfm ?? defaultRfm(context),
    }
  }

  compile(source: unknown): RuleResult {
    const raw = typeof source === 'string' ? parseText(source) : parseJson(source)
    const checked = isFault(raw) ? raw : checkRule(raw, this.#context)
    if (!isFault(checked)) return { ok: true, value: this.#rule(checked) }
    const faults = 'reason' in checked ? [checked] : checked.slice(0, faultCountMax)
    return { ok: false, faults }
  }

  #rule(node: RuleNode): Rule {
    const test = this.#test(node)
    return {
      text: textOf(node),
      json: jsonOf(node),
      lists: [...new Set(listsOf(node))],
      test,
      evaluate: (slice, nowMs) => {
        const until = test(slice, nowMs)
        return { isIn: until > 0, changesAtMs: Math.abs(until) }
      },
    }
  }

  #test(node: RuleNode): Test {
    switch (node.kind) {
      case 'all':
        return all(node.parts.map((part) => this.#test(part)))
      case 'any':
        return any(node.parts.map((part) => this.#test(part)))
      case 'not':
        return not(this.#test(node.part))
      case 'term': {
        const withinMs = node.within?.threshold ?? Infinity
        if ('values' in node) {
          const measure = node.field.measure(node.of[0] ?? '', withinMs, this.#tools)
          const thresholds = node.values.map(({ threshold }) => threshold)
          return compare(measure, node.comparison, thresholds)
        }
        const { field, of } = node
        return field.kind === 'yes' ? field.test : field.test(of, withinMs, this.#tools)
      }
    }
  }
}

const isFault = (
  result: RawRule | RuleNode | RuleFault | readonly RuleFault[],
): result is RuleFault | readonly RuleFault[] => Array.isArray(result) || 'reason' in result

function* listsOf(node: RuleNode): Generator<string> {
  if (node.kind === 'not') yield* listsOf(node.part)
  else if (node.kind !== 'term') for (const part of node.parts) yield* listsOf(part)
  else if (node.field.kind === 'did' && node.field.of === 'segment') yield* node.of
}
