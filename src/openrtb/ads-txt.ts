import { keyOf } from '../base/key.js'

/** One line of an ads.txt: `system` may sell what the site has, as `account`. */
export interface AdsTxtEntry {
  /** The system's domain, lower case. */
  readonly system: string
  /** The seller's id there, as written. */
  readonly account: string
  /** The account is the owner's own, not somebody's who sells on. */
  readonly isDirect: boolean
  /** '' where it isn't given. */
  readonly certificationId: string
}

/** Longest file that is read, in UTF-16 units; the largest of an app network has 200,000. */
export const adsTxtLengthMax = 4_000_000
const fieldLengthMax = 256

/**
 * Reads an ads.txt or app-ads.txt (IAB Tech Lab, ads.txt 1.1) as leniently as they are written:
 * a byte order mark, any line ends, comments, variables, fields too many and lines that are nothing.
 *
 * @returns null for what is no such file: a page in HTML, say, that a server sends for anything.
 */
export function parseAdsTxt(text: string): readonly AdsTxtEntry[] | null {
  if (text.length > adsTxtLengthMax || /^[\s\uFEFF]*</.test(text)) return null
  const entries: AdsTxtEntry[] = []
  for (const line of text.split(/[\r\n]+/)) {
    // `;` begins fields of extensions. `trim` takes the byte order mark for a space.
    const [system = '', account = '', relation = '', certificationId = ''] = line
      .replace(/[#;].*$/, '')
      .split(',')
      .map((field) => field.trim())
    if (!isDomain(system) || account === '' || account.length > fieldLengthMax) continue
    const kind = relation.toUpperCase()
    if (kind !== 'DIRECT' && kind !== 'RESELLER') continue
    entries.push({
      system: system.toLowerCase(),
      account,
      isDirect: kind === 'DIRECT',
      certificationId: certificationId.slice(0, fieldLengthMax),
    })
  }
  return entries
}

function isDomain(text: string): boolean {
  return text.length <= fieldLengthMax && /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(text)
}

/** What a site says about a seller. */
export const Listing = {
  /** We don't have its file. */
  unknown: 0,
  absent: 1,
  reseller: 2,
  direct: 3,
} as const
export type Listing = (typeof Listing)[keyof typeof Listing]

/** What sites with the same file share. */
interface Lines {
  /** Of direct sellers, and negated of resellers, in rising order. */
  readonly keys: Float64Array
  readonly content: number
  siteCount: number
}

/**
 * Who may sell which site, in little memory: 8 bytes for each line, and once for sites that have the
 * same lines, as those of one publisher do.
 */
export class AdsTxtIndex {
  readonly #entryCountMax: number
  readonly #byDomain = new Map<string, Lines>()
  readonly #byContent = new Map<number, Lines>()
  #entryCount = 0

  /** @param entryCountMax lines of all files together; 8 bytes each. */
  constructor(entryCountMax: number) {
    this.#entryCountMax = entryCountMax
  }

  get siteCount(): number {
    return this.#byDomain.size
  }

  /** Lines that are kept. */
  get entryCount(): number {
    return this.#entryCount
  }

  /**
   * Takes in a site's file, in place of what it was.
   *
   * @param domain lower case, without `www.`.
   * @param text   what its server sends as ads.txt.
   * @returns '' or why it wasn't taken; what was known of the site stays then.
   */
  set(domain: string, text: string): string {
    const entries = parseAdsTxt(text)
    if (entries === null) return 'is no ads.txt: too long, or a page'
    const keys = Float64Array.from(
      new Set(entries.map((each) => signedKey(each.system, each.account, each.isDirect))),
    ).sort()
    const content = keyOf(keys.join())
    const known = this.#byContent.get(content)
    const lines = known !== undefined && isSame(known.keys, keys) ? known : null
    if (lines === null && this.#entryCount + keys.length > this.#entryCountMax)
      return `has ${keys.length} lines: more than ${this.#entryCountMax} would be kept in all`
    const kept = lines ?? { keys, content, siteCount: 0 }
    if (lines === null) this.#entryCount += keys.length
    kept.siteCount++
    this.remove(domain)
    this.#byContent.set(content, kept)
    this.#byDomain.set(domain, kept)
    return ''
  }

  remove(domain: string): void {
    const lines = this.#byDomain.get(domain)
    if (lines === undefined) return
    this.#byDomain.delete(domain)
    if (--lines.siteCount > 0) return
    if (this.#byContent.get(lines.content) === lines) this.#byContent.delete(lines.content)
    this.#entryCount -= lines.keys.length
  }

  /**
   * What the site says about a seller; a host without a file of its own has that of the domain above.
   *
   * @param host   lower case.
   * @param system `asi`, any case.
   * @param seller `sid`, as written: accounts that differ in case are two.
   */
  listing(host: string, system: string, seller: string): Listing {
    const keys = this.#linesOf(host)?.keys
    if (keys === undefined) return Listing.unknown
    const key = keyOf(`${system.toLowerCase()},${seller}`)
    if (holds(keys, key)) return Listing.direct
    return holds(keys, -key) ? Listing.reseller : Listing.absent
  }

  #linesOf(host: string): Lines | undefined {
    for (let name = host; name !== ''; ) {
      const lines = this.#byDomain.get(name)
      if (lines !== undefined) return lines
      const dot = name.indexOf('.')
      name = dot < 0 ? '' : name.slice(dot + 1)
    }
    return undefined
  }
}

function signedKey(system: string, account: string, isDirect: boolean): number {
  const key = keyOf(`${system},${account}`)
  return isDirect ? key : -key
}

function holds(sorted: Float64Array, key: number): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < key) low = middle + 1
    else high = middle
  }
  return low < sorted.length && sorted[low] === key
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index])
}
