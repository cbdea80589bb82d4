/** What is wrong with something that was sent: `where` names the field or row, as the sender wrote it. */
export interface Problem {
  readonly where: string
  readonly reason: string
}

/** Most problems that are told of one body; the rest is counted. */
export const problemCountMax = 100

/**
 * What there is to say of a body, gathered while it is read. Reasons never repeat what was sent, which
 * may be somebody's address.
 */
export class Findings {
  readonly problems: Problem[] = []
  /** Faults: each has cost an event or a row. */
  faultCount = 0
  /** Identifiers that name nobody, and were left out. */
  junkIdCount = 0
  /** All problems, also those that are not told. */
  problemCount = 0

  /** Something that can't be taken so. */
  fault(where: string, field: string, reason: string): void {
    this.faultCount++
    this.note(where, field, reason)
  }

  /** Something that was left out, and the rest of it taken. */
  note(where: string, field: string, reason: string): void {
    this.problemCount++
    if (this.problems.length < problemCountMax)
      this.problems.push({ where: placeOf(where, field), reason })
  }
}

/**
 * @param where of what it belongs to: `events[3]`; '' for the body itself.
 * @param field below that; one that begins with `/` is the body's.
 */
function placeOf(where: string, field: string): string {
  if (field.startsWith('/')) return field.slice(1)
  return where === '' || field === '' ? where + field : `${where}.${field}`
}
