import { createRequire } from 'node:module'

/** As lower-case parts of a user agent; people's don't hold them. */
const tokens: readonly string[] = [
  'crawl',
  'spider',
  'slurp',
  '+http',
  'headless',
  'phantomjs',
  'scrapy',
  'python',
  'libwww',
  'wget',
  'curl/',
  'httpclient',
  'http-client',
  'http fetcher',
  // An address that tells whose machine it is.
  '(http',
  // What the list below has in patterns that are more than plain text.
  'acunetix',
  'ahrefssiteaudit',
  'barkrowler',
  'cludo',
  'dirbuster',
  'feed fetcher',
  'feed-fetcher',
  'gotosocial',
  'mechanize',
  'netumo',
  'pingdom',
  ' ptst/',
  'rss reader',
  'sentry/',
]

/**
 * Entries of the list that people's user agents match: build ids of Android, browsers within apps,
 * telephones and toolbars that are called the same.
 */
const people: ReadonlySet<string> = new Set([
  'AP3A\\.240617\\.008',
  'MetaIAB Facebook',
  'Butterfly',
  'Fluid',
  'Sonic',
  'Synapse',
  '008\\/',
  // Told apart below.
  'WhatsApp',
])

/** A part that marks a crawler, at the start or the end of a user agent where it must stand there. */
interface Mark {
  readonly text: string
  readonly atStart: boolean
  readonly atEnd: boolean
}

/** Marks by a hash of their first three letters; most of a user agent's letters begin none. */
const hashBits = 12
const marks: (Mark[] | undefined)[] = new Array(2 ** hashBits)
const starts = new Uint8Array(2 ** hashBits)

// The MIT-licensed list that analytics tools share. Almost all of its patterns are plain text.
const list: unknown = createRequire(import.meta.url)('crawler-user-agents')
for (const entry of Array.isArray(list) ? list : []) {
  const { pattern } = entry as { readonly pattern?: unknown }
  if (typeof pattern !== 'string' || people.has(pattern)) continue
  const mark = markOf(pattern)
  if (mark === null || mark.text.length < 3) continue
  const hash = hashAt(mark.text, 0)
  starts[hash] = 1
  marks[hash] = [...(marks[hash] ?? []), mark]
}

/** @returns null for a pattern that is more than plain text with an anchor. */
function markOf(pattern: string): Mark | null {
  const atStart = pattern.startsWith('^')
  const atEnd = /(?<!\\)\$$/.test(pattern)
  const body = pattern.slice(atStart ? 1 : 0, atEnd ? -1 : undefined)
  const text = body.replace(/\\([^\w\s])/g, '$1')
  if (/[[\]()|*+?{}^$.\\]/.test(body.replace(/\\[^\w\s]/g, ''))) return null
  return { text, atStart, atEnd }
}

function hashAt(text: string, at: number): number {
  const three =
    Math.imul(text.charCodeAt(at), 0x1f35) ^
    Math.imul(text.charCodeAt(at + 1), 0x3b) ^
    Math.imul(text.charCodeAt(at + 2), 0x2c1)
  return (three ^ (three >>> hashBits)) & (2 ** hashBits - 1)
}

/**
 * Whether a user agent is a machine's that says so: a crawler, a link preview, a library.
 *
 * Runs in time that grows with its length alone.
 */
export function isCrawler(userAgent: string): boolean {
  const lower = userAgent.toLowerCase()
  for (let i = 0; i < tokens.length; i++) if (lower.includes(tokens[i]!)) return true
  // On a telephone, WhatsApp names the device; what fetches previews doesn't.
  if (lower.startsWith('whatsapp')) return !lower.includes(' device/')
  return endsAsBot(lower) || isListed(userAgent)
}

/** Whether a word ends in "bot", as machines' names do; Cubot makes telephones. */
function endsAsBot(lower: string): boolean {
  for (let at = lower.indexOf('bot'); at >= 0; at = lower.indexOf('bot', at + 3)) {
    const next = lower.charCodeAt(at + 3)
    const isLetter = next >= 0x61 && next <= 0x7a
    if (!isLetter && !lower.startsWith('cu', at - 2)) return true
  }
  return false
}

function isListed(userAgent: string): boolean {
  for (let at = 0; at + 3 <= userAgent.length; at++) {
    const hash = hashAt(userAgent, at)
    if (starts[hash] === 0) continue
    const candidates = marks[hash]!
    for (let i = 0; i < candidates.length; i++) {
      const { text, atStart, atEnd } = candidates[i]!
      if (atStart && at > 0) continue
      if (atEnd && at + text.length !== userAgent.length) continue
      if (userAgent.startsWith(text, at)) return true
    }
  }
  return false
}
