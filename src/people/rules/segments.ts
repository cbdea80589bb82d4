import type { Membership, Slice } from '../../profiles/slice.js'
import { segmentCountMax } from '../../profiles/slice.js'
import { foreverMs } from '../lists.js'
import { type Rule, RuleCompiler } from './compile.js'
import { closest, explainFault, faultLine, type RuleFault } from './fault.js'
import type { RuleContext } from './field.js'
import type { Test } from './until.js'

/** What of a shop's file says what its segments are. */
export interface SegmentText {
  readonly id: string
  /** Text or JSON; a list where there is none. */
  readonly rule?: unknown
}

export interface CompiledSegment {
  readonly id: string
  readonly rule: Rule
}

export interface SegmentFault {
  /** Where in the shop's file, as `segments[2].rule`, and on from there in JSON. */
  readonly path: string
  /** `segments[2].rule: reason; did you mean …?`; of a text, its line with a mark below the word stands before. */
  readonly message: string
  /** null where it is not about a word of a rule. */
  readonly fault: RuleFault | null
}

export interface CompiledSegments {
  /** Those with a rule that is right, in the file's order. */
  readonly segments: readonly CompiledSegment[]
  readonly faults: readonly SegmentFault[]
}

/** What is wrong with a shop's segments; nothing where they may be saved. */
export function checkSegments(
  segments: readonly SegmentText[],
  context: RuleContext,
): readonly SegmentFault[] {
  return compileSegments(segments, context).faults
}

/** Compiles all rules of a shop; one that is wrong is left out and told of. */
export function compileSegments(
  segments: readonly SegmentText[],
  context: RuleContext,
): CompiledSegments {
  const compiler = new RuleCompiler(context)
  const compiled: CompiledSegment[] = []
  const faults: SegmentFault[] = []
  const lists = new Set(segments.filter((it) => it.rule === undefined).map(({ id }) => id))
  const seen = new Set<string>()
  for (const [i, { id, rule: source }] of segments.entries()) {
    if (seen.has(id)) faults.push(plainFault(`segments[${i}].id`, `${id} is there already`))
    else if (source !== undefined) {
      const result = compiler.compile(source)
      const path = `segments[${i}].rule`
      if (!result.ok) faults.push(...result.faults.map((it) => segmentFault(path, source, it)))
      else {
        const unknown = result.value.lists.filter((list) => !lists.has(list))
        for (const list of unknown) faults.push(plainFault(path, aboutList(list, segments, lists)))
        if (unknown.length === 0) compiled.push({ id, rule: result.value })
      }
    }
    seen.add(id)
  }
  return { segments: compiled, faults }
}

function aboutList(
  list: string,
  segments: readonly SegmentText[],
  lists: ReadonlySet<string>,
): string {
  if (segments.some(({ id }) => id === list))
    return `inSegment is about lists, and ${list} has a rule: write its conditions here`
  const meant = closest(list, lists)
  return `no list is called ${list}${meant === '' ? '' : `; did you mean ${meant}?`}`
}

function segmentFault(rulePath: string, source: unknown, fault: RuleFault): SegmentFault {
  const path = fault.path === '' ? rulePath : `${rulePath}.${fault.path}`
  const reason =
    typeof source === 'string' ? explainFault(source, fault) : faultLine({ ...fault, path: '' })
  return { path, message: `${path}: ${reason}`, fault }
}

const plainFault = (path: string, reason: string): SegmentFault => ({
  path,
  message: `${path}: ${reason}`,
  fault: null,
})

export interface Memberships {
  /** Lists first, then rules in the file's order; at most `segmentCountMax`. */
  readonly segments: readonly Membership[]
  /** When time alone may change what the rules say; Infinity where never. */
  readonly dueAtMs: number
  /** Memberships that there was no room for. */
  readonly leftOutCount: number
}

/** Times that a moment is looked past at which nothing changed after all. */
const lookCountMax = 8

/** Which of a shop's segments people are in, by all of its rules at once. */
export class SegmentRules {
  readonly #ids: readonly string[]
  readonly #tests: readonly Test[]
  readonly #byRule: ReadonlySet<string>
  readonly #isList: (segment: string) => boolean

  /**
   * @param segments of one shop, in the file's order.
   * @param isList whether memberships of a segment without a rule are to be kept: so those of rules
   *   that the shop has removed end. All are where it isn't said.
   */
  constructor(
    segments: readonly CompiledSegment[],
    isList: (segment: string) => boolean = () => true,
  ) {
    this.#ids = segments.map(({ id }) => id)
    this.#tests = segments.map(({ rule }) => rule.test)
    this.#byRule = new Set(this.#ids)
    this.#isList = isList
  }

  /**
   * The memberships to keep in the slice. Those of lists stay as they are until they end.
   *
   * Costs one look at each rule. A person whom only time would move is in a segment until `expiresAtMs`,
   * and who is out of it comes in when they are looked at again, from `dueAtMs` on.
   */
  memberships(slice: Slice, nowMs: number): Memberships {
    const segments: Membership[] = []
    let leftOutCount = 0
    for (const membership of slice.segments) {
      const { segment, expiresAtMs } = membership
      if (this.#byRule.has(segment) || expiresAtMs <= nowMs || !this.#isList(segment)) continue
      if (segments.length < segmentCountMax) segments.push(membership)
      else leftOutCount++
    }
    let dueAtMs = Infinity
    for (let i = 0; i < this.#tests.length; i++) {
      const until = lasting(this.#tests[i]!, slice, nowMs)
      const changesAtMs = Math.abs(until)
      if (changesAtMs < dueAtMs) dueAtMs = changesAtMs
      if (until < 0) continue
      if (segments.length >= segmentCountMax) leftOutCount++
      else segments.push({ segment: this.#ids[i]!, expiresAtMs: Math.min(changesAtMs, foreverMs) })
    }
    return { segments, dueAtMs, leftOutCount }
  }
}

/** As the test, but looked past moments at which the answer stays what it was. */
function lasting(test: Test, slice: Slice, nowMs: number): number {
  let until = test(slice, nowMs)
  for (let i = 0; i < lookCountMax && Math.abs(until) !== Infinity; i++) {
    const next = test(slice, Math.abs(until))
    if (next > 0 !== until > 0) break
    until = next
  }
  return until
}
