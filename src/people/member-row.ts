/** One row of a list of members: what its fields are called, and what they say. */
import { isJunk } from '../base/junk-id.js'
import { identifierLengthMax } from './identifiers.js'
import { isAddress } from './keys.js'
import { foreverMs, type Member } from './lists.js'
import type { Quantity } from './rules/raw-rule.js'
import { readDuration } from './rules/value.js'
import { idRule, readId, readTime } from './values.js'

/** By what a list names people. Of several in one row, the first that is there counts. */
export const memberKinds = ['customerId', 'email', 'emailSha256', 'anonymousId', 'uid'] as const
export type MemberKind = (typeof memberKinds)[number]

export interface RowOptions {
  /** What an `id` is, and a column without a name; '' where nobody said: it is looked at. */
  readonly kind: MemberKind | ''
  /** Durations count from here. */
  readonly nowMs: number
  /** What the shop's books call an address, or its SHA-256; '' for what is neither. */
  readonly emailKey: (email: string) => string
}

/** Why a row was not taken. */
export const rowRefusals = [
  'no_id',
  'junk_id',
  'bad_id',
  'bad_email',
  'bad_action',
  'bad_expiry',
  'expired',
  'bad_row',
  'too_long',
] as const
export type RowRefusal = (typeof rowRefusals)[number]

export interface RefusedRow {
  /** From 1. */
  readonly line: number
  readonly refusal: RowRefusal
  /** For people; names the field, and never anybody. */
  readonly reason: string
}

const idAt = memberKinds.length
const actionAt = idAt + 1
const expiresAt = idAt + 2
/** Places of a row's fields, however it came: those of `memberKinds`, then `id`, `action`, `expires`. */
export const fieldCount = idAt + 3
const fieldNames = [...memberKinds, 'id', 'action', 'expires']

const placesByName: ReadonlyMap<string, number> = new Map(
  [
    ['customerid', 'customer', 'userid', 'user'],
    ['email', 'emailaddress', 'mail'],
    ['emailsha256', 'sha256', 'hashedemail', 'emailhash', 'sha256email', 'hashedemailaddress'],
    ['anonymousid', 'anonid'],
    ['uid', 'buyeruid'],
    ['id'],
    ['action', 'operation'],
    ['expires', 'expiresat', 'expiry', 'expiration', 'until'],
  ].flatMap((names, place) => names.map((name): [string, number] => [name, place])),
)

/** @returns where a field belongs, as it is named: `customerId`, `Customer ID`, `customer_id`; -1: nowhere. */
export function placeOf(name: string): number {
  const known = exactPlaces.get(name)
  if (known !== undefined) return known
  if (name.length > 64) return -1
  return placesByName.get(name.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? -1
}

const exactPlaces: ReadonlyMap<string, number> = new Map(
  fieldNames.map((name, place) => [name, place]),
)

/** @param values by place; undefined, null or '' where the row doesn't have it. */
export function readRow(
  values: readonly unknown[],
  line: number,
  options: RowOptions,
): Member | RefusedRow {
  const isAdd = readAction(values[actionAt])
  if (isAdd === null) return refuse(line, 'bad_action', 'action: must be add or remove')
  const place = values.findIndex((value) => value !== undefined && value !== null && value !== '')
  if (place < 0 || place > idAt) return refuse(line, 'no_id', `has none of ${idNames}`)
  const expiresAtMs = isAdd ? readExpiry(values[expiresAt], options.nowMs) : foreverMs
  if (Number.isNaN(expiresAtMs)) {
    const reason = 'expires: must be a moment, as 2027-01-31, or a time from now, as 30d'
    return refuse(line, 'bad_expiry', reason)
  }
  if (expiresAtMs <= options.nowMs) return refuse(line, 'expired', 'expires: is over already')
  const id = readIdentifier(values[place], place, line, options)
  return typeof id === 'string' ? { identifier: id, isAdd, expiresAtMs } : id
}

const idNames = [...memberKinds, 'id'].join(', ')

function readIdentifier(
  value: unknown,
  place: number,
  line: number,
  options: RowOptions,
): string | RefusedRow {
  const name = fieldNames[place]!
  const isLong = typeof value === 'string' && value.length > identifierLengthMax
  const id = isLong && isAddress(value) ? value : readId(value)
  if (id === null) return refuse(line, 'bad_id', `${name}: ${idRule}`)
  if (id === '') return refuse(line, 'no_id', `${name}: is empty`)
  const kind = place < idAt ? memberKinds[place]! : kindOf(id, options.kind)
  // An address is an address wherever it stands: it is kept nowhere.
  if (kind === 'email' || kind === 'emailSha256' || (id.includes('@') && isAddress(id))) {
    const key = kind === 'emailSha256' && !hashShape.test(id) ? '' : options.emailKey(id)
    if (key !== '') return `mail:${key}`
    const wanted = kind === 'emailSha256' ? '64 hexadecimal digits' : 'an address or its SHA-256'
    return refuse(line, 'bad_email', `${name}: must be ${wanted}, and somebody’s`)
  }
  if (isJunk(id)) return refuse(line, 'junk_id', `${name}: names nobody`)
  if (kind === 'customerId') return `cust:${id}`
  return kind === 'anonymousId' ? `anon:${id}` : `uid:${id}`
}

const hashShape = /^[0-9a-f]{64}$/i

/** What an id without a name is. */
function kindOf(text: string, said: MemberKind | ''): MemberKind {
  if (said !== '') return said
  return text.length === 64 && hashShape.test(text) ? 'emailSha256' : 'customerId'
}

/** null: it is neither. */
function readAction(value: unknown): boolean | null {
  if (value === undefined || value === null || value === '' || value === 'add') return true
  if (value === 'remove') return false
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '?'
  if (word === 'add' || word === '') return true
  return word === 'remove' || word === 'delete' ? false : null
}

const durationShape = /^(\d{1,6}(?:\.\d{1,6})?)\s*([a-z]+)$/i

/** @returns NaN for what is neither a moment nor a time from now. */
function readExpiry(value: unknown, nowMs: number): number {
  if (value === undefined || value === null || value === '') return foreverMs
  const match = typeof value === 'string' ? durationShape.exec(value.trim()) : null
  if (match === null) return readTime(value)
  const [text, amount, unit] = match as unknown as [string, string, string]
  const where = { at: 0, length: 0, path: '' }
  const quantity: Quantity = { kind: 'quantity', amount: Number(amount), unit, text, where }
  const duration = readDuration(quantity, '')
  return 'reason' in duration ? Number.NaN : nowMs + duration.threshold
}

const refuse = (line: number, refusal: RowRefusal, reason: string): RefusedRow => ({
  line,
  refusal,
  reason,
})
