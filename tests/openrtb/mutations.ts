/** Requests made wrong, odd or merely different, for comparing readers. */
import type { Random } from '../../src/base/random.js'

const pieces = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\n',
  '\t',
  '\0',
  '\x1f',
  '\x7f',
  '-',
  '.',
  '0',
  '1',
  'e',
  'E5',
  'null',
  'true',
  'false',
  '""',
  '{}',
  '[]',
  '"\\u0041"',
  '\\u',
  '\\ud83d',
  '\\ude00',
  '\\/',
  '\\"',
  'é',
  '😀',
  '\uFEFF',
]
const rawBytes = [0x80, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf8, 0xff]

/** One to four changes of bytes: taken out, put in, changed, doubled, cut off. */
export function mutateBytes(line: string, random: Random): Buffer {
  let body: Buffer = Buffer.from(line)
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(body.length + 1)
    const to = Math.min(body.length, at + 1 + random.below(6))
    const before = body.subarray(0, at)
    const after = body.subarray(at)
    switch (random.below(7)) {
      case 0:
        body = Buffer.concat([before, body.subarray(to)])
        break
      case 1:
        body = Buffer.concat([before, Buffer.from(random.pick(pieces)), after])
        break
      case 2:
        body = Buffer.concat([before, Buffer.from([random.pick(rawBytes)]), after])
        break
      case 3:
        body = Buffer.concat([before, body.subarray(at, to), after])
        break
      case 4:
        body = Buffer.from(body)
        if (at < body.length) body[at] = random.below(256)
        break
      case 5:
        body = escapeOne(body, at)
        break
      default:
        if (random.below(4) === 0) body = body.subarray(0, at)
    }
  }
  return body
}

/** A letter as an escape of itself, which changes nothing within a string. */
function escapeOne(body: Buffer, at: number): Buffer {
  const byte = body[at]
  if (byte === undefined || byte < 48 || byte > 122 || byte === 92) return body
  const letter = `\\u${byte.toString(16).padStart(4, '0')}`
  return Buffer.concat([body.subarray(0, at), Buffer.from(letter), body.subarray(at + 1)])
}

const long = 'x'.repeat(9_000)
/** What stands where something else is meant. */
export const odd: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '2',
  '-0',
  '1.0',
  '1e0',
  '10e-1',
  '0.1',
  '1.5',
  '3.25e2',
  '1e400',
  '-1e-400',
  '123456789012345678',
  '0.30000000000000004',
  '120.123456789012345',
  '9007199254740993.5',
  '9007199254740993',
  '2147483648',
  '-2147483649',
  '4294967296',
  '31',
  '30',
  '""',
  '" "',
  '"1"',
  '"0"',
  '"true"',
  '"false"',
  '"-1"',
  '"0x10"',
  '"1e3"',
  '"Infinity"',
  '"NaN"',
  '"1.2"',
  '"\\u0031"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"a\\/b"',
  '"\\u00e9"',
  '"é"',
  '"😀"',
  '"www.Shop.example"',
  '"HTTPS://x"',
  '"https:\\/\\/WWW.x.example:80\\/"',
  '"https://y.example?q"',
  '"de"',
  '"POL"',
  '"0000-00"',
  '"AbC-1"',
  '{}',
  '[]',
  '[{}]',
  '{"a":1}',
  '[1,2,3]',
  '["a","b"]',
  '[null,1,"2",true,[],{}]',
  '[[[]]]',
  '{"id":"z","w":5,"h":6}',
  '{"native":{"ver":"1.0","assets":[{"id":1,"required":1,"title":{"len":25}}]}}',
  '"{\\"ver\\":\\"1.1\\",\\"assets\\":[{\\"id\\":2,\\"img\\":{\\"type\\":3,\\"w\\":10,\\"h\\":10}}]}"',
  '"{\\"native\\":{\\"assets\\":[{\\"data\\":{\\"type\\":2}}]}} "',
  '"{\\"assets\\":[{\\"x\\":\\"\\\\u00e9\\\\n\\"}]"',
  '[{"source":"S","uids":[{"id":"u"},{"id":7}]}]',
  '{"complete":1,"nodes":[{"asi":"A","sid":"1"},{}]}',
  '{"schain":{"complete":"1","nodes":[]}}',
  '{"platform":{"brand":"Android"}}',
  '{"sua":{"platform":{"brand":"iOS"}}}',
  '[{"mindur":1,"maxdur":15,"bidfloor":2}]',
  '[{"id":"d","at":3,"bidfloor":1.25,"wadomain":["WWW.a.example"]}]',
  '[{"w":300,"h":250,"format":[{"w":1,"h":2}]}]',
  '{"prebid":{"is_rewarded_inventory":1}}',
  '["video/mp4","IMAGE/GIF; x=1"]',
  `"${long}"`,
  `"${long.slice(0, 2_048)}"`,
  `"${long.slice(0, 2_049)}"`,
]
const names = [
  'id',
  'imp',
  'banner',
  'video',
  'audio',
  'native',
  'request',
  'request_native',
  'w',
  'h',
  'format',
  'pos',
  'mimes',
  'api',
  'bidfloor',
  'bidfloorcur',
  'secure',
  'instl',
  'rwdd',
  'exp',
  'pmp',
  'deals',
  'private_auction',
  'ext',
  'rewarded',
  'prebid',
  'billing_id',
  'at',
  'tmax',
  'test',
  'cur',
  'bcat',
  'badv',
  'wlang',
  'wlangb',
  'cattax',
  'site',
  'app',
  'dooh',
  'device',
  'user',
  'regs',
  'source',
  'schain',
  'page',
  'domain',
  'bundle',
  'cat',
  'sectioncat',
  'publisher',
  'geo',
  'country',
  'region',
  'os',
  'ua',
  'ip',
  'ipv6',
  'sua',
  'ifa',
  'dnt',
  'lmt',
  'ppi',
  'buyeruid',
  'consent',
  'eids',
  'gdpr',
  'coppa',
  'gpc',
  'us_privacy',
  'gpp',
  'gpp_sid',
  'dsa',
  'protocols',
  'protocol',
  'minduration',
  'maxduration',
  'rqddurs',
  'durfloors',
  'companionad',
  'podid',
  'skip',
  'startdelay',
  'assets',
  'eventtrackers',
  'ver',
  'required',
  'title',
  'img',
  'data',
  'constructor',
  '__proto__',
  'toString',
  '',
  'i',
  'idd',
  'privat_auction',
]

type Json = Record<string, unknown>

/** One to four changes of values, written so that a name may come twice in one object. */
export function mutateValues(line: string, random: Random): Buffer {
  const root: unknown = JSON.parse(line)
  const objects: object[] = []
  collect(root, objects)
  const added = new Map<object, string[]>()
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const object = random.pick(objects)
    const keys = Object.keys(object)
    const isKnown = keys.length > 0 && random.below(3) > 0
    const name = isKnown ? random.pick(keys) : random.pick(names)
    const value = random.below(6) === 0 ? write(random.pick(objects), new Map()) : random.pick(odd)
    const member = Array.isArray(object) ? value : `${writeName(name, random)}:${value}`
    added.set(object, [...(added.get(object) ?? []), member])
  }
  return Buffer.from(write(root, added))
}

export function collect(value: unknown, into: object[]): void {
  if (typeof value !== 'object' || value === null) return
  into.push(value)
  for (const each of Object.values(value)) collect(each, into)
}

function writeName(name: string, random: Random): string {
  const escaped = random.below(8) === 0 && name !== ''
  return escaped
    ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`
    : JSON.stringify(name)
}

/**
 * As JSON, with what was added to its objects and lists behind, or before, what they have.
 */
export function write(value: unknown, added: ReadonlyMap<object, readonly string[]>): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const more = added.get(value) ?? []
  const [first, ...rest] = more
  const own = Array.isArray(value)
    ? value.map((item) => write(item, added))
    : Object.entries(value as Json).map(
        ([name, item]) => `${JSON.stringify(name)}:${write(item, added)}`,
      )
  const all = [...(first !== undefined && first.length % 2 === 0 ? [first] : []), ...own, ...rest]
  if (first !== undefined && first.length % 2 !== 0) all.push(first)
  return Array.isArray(value) ? `[${all.join(',')}]` : `{${all.join(',')}}`
}
