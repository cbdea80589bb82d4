import { foreverMs } from '../lists.js'
import type { RuleField } from './field.js'
import * as make from './field-makers.js'
import { browsingFields } from './fields-browsing.js'
import { buyingFields } from './fields-buying.js'
import { kindText } from './value.js'

/** Who people are, and what they agreed to. */
const personFields: readonly RuleField[] = [
  make.measured('visits.count', 'count', 'visits, half an hour of nothing between two', (slice) => {
    return slice.visitCount
  }),
  make.ageOf('firstSeen.age', 'since they were first seen', (slice) => slice.firstSeenAtMs),
  make.ageOf('lastSeen.age', 'since they were last seen', (slice) => slice.lastSeenAtMs),
  make.yes('consent.ads', 'they said yes to adverts', (slice) => slice.consent?.ads === true),
  make.yes(
    'consent.personalization',
    'they said yes to a shop and mails made for them',
    (slice) => slice.consent?.personalization === true,
  ),
  {
    kind: 'did',
    name: 'inSegment',
    of: 'segment',
    description: 'they are on the list, by the id of its segment',
    hasWindow: false,
    test:
      (of) =>
      ({ segments }, nowMs) => {
        let untilMs = -Infinity
        for (const { segment, expiresAtMs } of segments)
          if (expiresAtMs > nowMs && of.includes(segment)) untilMs = Math.max(untilMs, expiresAtMs)
        return untilMs >= foreverMs ? Infinity : untilMs
      },
  },
]

/** All that a rule can ask about a person, in the order in which it is explained. */
export const ruleFields: readonly RuleField[] = [
  ...browsingFields,
  ...buyingFields,
  ...personFields,
]

/** By name in lower case: nobody is refused for a capital letter. */
export const fieldByName: ReadonlyMap<string, RuleField> = new Map(
  ruleFields.map((field) => [field.name.toLowerCase(), field]),
)

export interface RuleFieldDoc {
  /** With what stands in brackets behind it, as `viewed.category("…")`. */
  readonly name: string
  /** `yes or no`, or what it is compared with. */
  readonly type: string
  readonly description: string
  /** Whether `within 14d` may follow. */
  readonly hasWindow: boolean
}

/** For whoever writes rules. */
export const ruleFieldDocs: readonly RuleFieldDoc[] = ruleFields.map((field) => ({
  name: 'of' in field && field.of !== null ? `${field.name}("…")` : field.name,
  type: field.kind === 'yes' || field.kind === 'did' ? 'yes or no' : kindText[field.kind],
  description: field.description,
  hasWindow: field.hasWindow,
}))
