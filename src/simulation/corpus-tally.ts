import type { CorpusLine } from './corpus-lines.js'
import type { CorpusBrokenRule, CorpusReport } from './corpus-report.js'
import { type Format, formatOf, formats, formatsIn, markupOf } from './formats.js'
import type { BrokenRule } from './response-rules.js'
import { impsOf, type LooseBid, type LooseResponse, numberOf, objectsIn, textOf } from './wire.js'

/** An example in a report is cut off after this many characters. */
const exampleLengthMax = 2_000
/** Kinds of refusals that are told apart; a bidder that words each differently has no more. */
const refusalCountMax = 200

interface Found {
  count: number
  readonly first: Omit<CorpusBrokenRule, 'count'>
}

type Counted = Pick<
  CorpusReport,
  'statuses' | 'impressions' | 'bids' | 'formats' | 'refused' | 'brokenRules'
>

/** Counts what a corpus' answers come to. */
export class CorpusTally {
  /** Requests without a bid, for explanations: the first so many. */
  readonly noBids: CorpusLine[] = []
  /** By `nbr`, of answers that have one. */
  readonly nbrs: Record<string, number> = {}
  readonly #noBidCountMax: number
  readonly #statuses: Record<string, number> = {}
  readonly #refused: Record<string, number> = {}
  readonly #offered = new Map<Format, number>()
  readonly #bid = new Map<Format, number>()
  readonly #broken = new Map<string, Found>()
  #impressions = 0
  #bids = 0

  constructor(noBidCountMax: number) {
    this.#noBidCountMax = noBidCountMax
  }

  posted({ request }: CorpusLine): void {
    for (const imp of request === null ? [] : impsOf(request)) {
      this.#impressions++
      for (const format of formatsIn(imp)) add(this.#offered, format)
    }
  }

  /** @param text  the answer's body. @param response  null where there is none, or none that can be read. */
  answered(
    line: CorpusLine,
    status: number,
    text: string,
    broken: readonly BrokenRule[],
    response: LooseResponse | null,
  ): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (status >= 400 && status < 500) this.#refuse(text)
    const bids = objectsIn(response?.seatbid).flatMap((seat) =>
      objectsIn((seat as { bid?: unknown }).bid),
    )
    if (bids.length > 0) this.#countBids(line, bids)
    else if (status < 300 && this.noBids.length < this.#noBidCountMax) this.noBids.push(line)
    const nbr = numberOf(response?.nbr)
    if (Number.isInteger(nbr)) this.nbrs[`nbr ${nbr}`] = (this.nbrs[`nbr ${nbr}`] ?? 0) + 1
    for (const it of broken) this.#break(line, it, text)
  }

  /** No answer came. */
  failed(line: CorpusLine, broken: BrokenRule): void {
    this.#break(line, broken, '')
  }

  #countBids({ request }: CorpusLine, bids: readonly LooseBid[]): void {
    for (const bid of bids) {
      this.#bids++
      const imp = impsOf(request ?? {}).find(({ id }) => id === bid.impid)
      if (imp !== undefined) add(this.#bid, formatOf(bid, imp, markupOf(bid)))
    }
  }

  /** Refusals are told apart by their words, whichever impression they are about. */
  #refuse(text: string): void {
    let reason = text.slice(0, 200)
    try {
      reason = textOf((JSON.parse(text) as { error?: unknown } | null)?.error) || reason
    } catch {
      // As it stands, then.
    }
    reason = reason.replace(/\[\d+\]/g, '[]')
    if (this.#refused[reason] === undefined && Object.keys(this.#refused).length >= refusalCountMax)
      reason = 'others'
    this.#refused[reason] = (this.#refused[reason] ?? 0) + 1
  }

  #break({ where }: CorpusLine, { rule, number, detail }: BrokenRule, text: string): void {
    const known = this.#broken.get(rule)
    if (known !== undefined) {
      known.count++
      return
    }
    const response = text.slice(0, exampleLengthMax)
    const numbered = number === null ? { rule } : { rule, number }
    this.#broken.set(rule, { count: 1, first: { ...numbered, example: where, detail, response } })
  }

  report(): Counted {
    return {
      statuses: this.#statuses,
      impressions: this.#impressions,
      bids: this.#bids,
      formats: Object.fromEntries(
        formats.map((format) => [
          format,
          { offered: this.#offered.get(format) ?? 0, bid: this.#bid.get(format) ?? 0 },
        ]),
      ) as Counted['formats'],
      refused: this.#refused,
      brokenRules: [...this.#broken.values()]
        .map(({ count, first: { rule, ...rest } }) => ({ rule, count, ...rest }))
        .sort((a, b) => b.count - a.count),
    }
  }
}

const add = (counts: Map<Format, number>, format: Format): unknown =>
  counts.set(format, (counts.get(format) ?? 0) + 1)
