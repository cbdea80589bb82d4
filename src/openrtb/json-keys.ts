import { escapedText } from './json-escape.js'
import { memory, namesStart, slotsStart } from './json-memory.js'

/** Names of members that are read anywhere in a request. */
// biome-ignore format: a list of words
const names = [
  'id', 'imp', 'banner', 'video', 'audio', 'native', 'w', 'h', 'format', 'pos', 'btype', 'battr',
  'api', 'mimes', 'wmin', 'wratio', 'hratio', 'bidfloor', 'bidfloorcur', 'secure', 'instl', 'rwdd',
  'exp', 'pmp', 'ext', 'private_auction', 'deals', 'wseat', 'wadomain', 'at', 'guar',
  'mincpmpersec', 'durfloors', 'mindur', 'maxdur', 'billing_id', 'rewarded',
  'is_rewarded_inventory', 'prebid', 'minduration', 'maxduration', 'rqddurs', 'protocols',
  'protocol', 'startdelay', 'linearity', 'skip', 'skipmin', 'skipafter', 'plcmt', 'placement',
  'minbitrate', 'maxbitrate', 'delivery', 'companionad', 'companiontype', 'podid', 'poddur',
  'maxseq', 'poddedupe', 'sequence', 'request', 'request_native', 'ver', 'assets', 'context',
  'plcmttype', 'privacy', 'eventtrackers', 'event', 'methods', 'required', 'title', 'img', 'data',
  'len', 'type', 'hmin', 'tmax', 'test', 'cur', 'bcat', 'acat', 'cattax', 'badv', 'bapp', 'bseat',
  'wlang', 'wlangb', 'site', 'app', 'dooh', 'device', 'user', 'regs', 'source', 'schain',
  'publisher', 'domain', 'page', 'bundle', 'cat', 'sectioncat', 'pagecat', 'geo', 'country',
  'region', 'accuracy', 'devicetype', 'ua', 'ip', 'ipv6', 'os', 'sua', 'platform', 'brand', 'ifa',
  'dnt', 'lmt', 'ppi', 'buyeruid', 'consent', 'eids', 'uids', 'gdpr', 'coppa', 'gpc', 'us_privacy',
  'gpp', 'gpp_sid', 'dsa', 'dsarequired', 'pubrender', 'complete', 'nodes', 'asi', 'sid',
] as const
type Name = (typeof names)[number]

/** A name's number; 0 is any other name. Files keep it in a constant of their own, as in json-memory. */
export const keyNumbers = Object.fromEntries(
  names.map((name, index) => [name, index + 1]),
) as Readonly<Record<Name, number>>

const numbersByName = new Map<string, number>(Object.entries(keyNumbers))

/** Number of a name that has escapes in it; 0 for one that nobody reads. */
export function numberOfEscaped(start: number, end: number): number {
  return numbersByName.get(escapedText(start, end)) ?? 0
}

/** As in wasm/json-tape.ts: a name's length and its words of four bytes; the last ends where it does. */
const nameBytes = 32
const slotBits = 12

/**
 * Writes the names to where the scan looks them up: each alone in a slot of a table.
 *
 * @returns what a name's hash is multiplied with, so that no two share a slot.
 */
export function placeNames(): number {
  const slots = new Uint8Array(memory.buffer, slotsStart, 1 << slotBits)
  const all = names.map(wordsOf)
  search: for (let multiplier = 0x9e3779b1; ; multiplier += 2) {
    slots.fill(0)
    for (const [index, { length, words }] of all.entries()) {
      const hash = Math.imul(words[0]! ^ Math.imul(words.at(-1)! + length, 0x85ebca6b), multiplier)
      const slot = hash >>> (32 - slotBits)
      if (slots[slot] !== 0) continue search
      slots[slot] = index + 1
    }
    for (const [index, { length, words }] of all.entries())
      new Int32Array(memory.buffer, namesStart + (index + 1) * nameBytes).set([length, ...words])
    return multiplier
  }
}

function wordsOf(name: string): { length: number; words: number[] } {
  const { length } = name
  const padded = Buffer.from(`${name}\0\0\0`)
  const words: number[] = []
  for (let at = 0; at + 4 < length; at += 4) words.push(padded.readInt32LE(at))
  words.push(padded.readInt32LE(Math.max(0, length - 4)))
  return { length, words }
}
