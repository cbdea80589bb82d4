import { memoryView } from './json-text.js'

/** Names of members that are read anywhere in a request. */
const names = [
  'id',
  'imp',
  'banner',
  'video',
  'audio',
  'native',
  'w',
  'h',
  'format',
  'pos',
  'btype',
  'battr',
  'api',
  'mimes',
  'wmin',
  'wratio',
  'hratio',
  'bidfloor',
  'bidfloorcur',
  'secure',
  'instl',
  'rwdd',
  'exp',
  'pmp',
  'ext',
  'private_auction',
  'deals',
  'wseat',
  'wadomain',
  'at',
  'guar',
  'mincpmpersec',
  'durfloors',
  'mindur',
  'maxdur',
  'billing_id',
  'rewarded',
  'is_rewarded_inventory',
  'prebid',
  'minduration',
  'maxduration',
  'rqddurs',
  'protocols',
  'protocol',
  'startdelay',
  'linearity',
  'skip',
  'skipmin',
  'skipafter',
  'plcmt',
  'placement',
  'minbitrate',
  'maxbitrate',
  'delivery',
  'companionad',
  'companiontype',
  'podid',
  'poddur',
  'maxseq',
  'poddedupe',
  'sequence',
  'request',
  'request_native',
  'ver',
  'assets',
  'context',
  'plcmttype',
  'privacy',
  'eventtrackers',
  'event',
  'methods',
  'required',
  'title',
  'img',
  'data',
  'len',
  'type',
  'hmin',
  'tmax',
  'test',
  'cur',
  'bcat',
  'acat',
  'cattax',
  'badv',
  'bapp',
  'bseat',
  'wlang',
  'wlangb',
  'site',
  'app',
  'dooh',
  'device',
  'user',
  'regs',
  'source',
  'schain',
  'publisher',
  'domain',
  'page',
  'bundle',
  'cat',
  'sectioncat',
  'pagecat',
  'geo',
  'country',
  'region',
  'accuracy',
  'devicetype',
  'ua',
  'ip',
  'ipv6',
  'os',
  'sua',
  'platform',
  'brand',
  'ifa',
  'dnt',
  'lmt',
  'ppi',
  'buyeruid',
  'consent',
  'eids',
  'uids',
  'gdpr',
  'coppa',
  'gpc',
  'us_privacy',
  'gpp',
  'gpp_sid',
  'dsa',
  'dsarequired',
  'pubrender',
  'complete',
  'nodes',
  'asi',
  'sid',
] as const
type Name = (typeof names)[number]

/** A name's number; 0 is any other name. Files keep it in a constant of their own, as in json-text. */
export const keyNumbers = Object.fromEntries(
  names.map((name, index) => [name, index + 1]),
) as Readonly<Record<Name, number>>

const view = memoryView

/** A name's bytes as words of four; its last word ends where the name does. */
const wordCountMax = 6
const lengthMax = wordCountMax * 4
const slotBits = 12

const lengths = new Uint8Array(names.length + 1)
const words = new Int32Array((names.length + 1) * wordCountMax)
const numberOfSlot = new Uint8Array(1 << slotBits)
/** Chosen so that no two names share a slot. */
let multiplier = 1

for (let index = 0; index < names.length; index++) {
  const name = Buffer.from(names[index]!)
  const padded = Buffer.concat([name, Buffer.alloc(4)])
  lengths[index + 1] = name.length
  const count = (name.length + 3) >> 2
  for (let i = 0; i < count; i++)
    words[(index + 1) * wordCountMax + i] = padded.readInt32LE(
      i < count - 1 || name.length < 4 ? i * 4 : name.length - 4,
    )
}
search: for (let tried = 0x9e3779b1; ; tried = (tried + 2) | 0) {
  multiplier = tried
  numberOfSlot.fill(0)
  for (let number = 1; number <= names.length; number++) {
    const count = (lengths[number]! + 3) >> 2
    const first = words[number * wordCountMax]!
    const last = words[number * wordCountMax + count - 1]!
    const slot = slotOf(first, last, lengths[number]!)
    if (numberOfSlot[slot] !== 0) continue search
    numberOfSlot[slot] = number
  }
  break
}
const factor = multiplier
const numbersByName = new Map<string, number>(Object.entries(keyNumbers))

function slotOf(first: number, last: number, length: number): number {
  return Math.imul(first ^ Math.imul(last + length, 0x85ebca6b), multiplier) >>> (32 - slotBits)
}

/** Number of the name that stands between `start` and `end`, without escapes; 0 for an unknown one. */
export function numberOfName(start: number, end: number): number {
  const length = end - start
  if (length > lengthMax) return 0
  let first = view.getInt32(start, true)
  let last = first
  if (length >= 4) last = view.getInt32(end - 4, true)
  else last = first &= (1 << (length << 3)) - 1
  const slot = Math.imul(first ^ Math.imul(last + length, 0x85ebca6b), factor) >>> (32 - slotBits)
  const number = numberOfSlot[slot]!
  if (number === 0 || lengths[number] !== length) return 0
  let word = number * wordCountMax
  if (words[word] !== first) return 0
  if (length <= 4) return number
  for (let at = start + 4; at + 4 < end; at += 4)
    if (words[++word] !== view.getInt32(at, true)) return 0
  return words[word + 1] === last ? number : 0
}

/** The same for a name that came with escapes in it. */
export function numberOfText(name: string): number {
  return numbersByName.get(name) ?? 0
}
