import { isJunk } from '../base/junk-id.js'
import { isUid } from '../profiles/uid.js'
import { deviceUid, shopUid } from '../profiles/uid-kinds.js'
import type { RawEvent } from './dialects/raw-event.js'
import type { Consent } from './event.js'
import type { Findings } from './findings.js'
import type { Identifiers } from './identifiers.js'
import { uidCountMax } from './identifiers.js'
import { emailHash, emailKeyOfHash, isAddress, readPersonToken } from './keys.js'
import { idRule, readId } from './values.js'

export interface WhoContext {
  readonly shopId: string
  readonly secret: Buffer
  /** Where exchanges may send the shop's own people under ids of a source; null where they don't. */
  readonly eids: { readonly salt: string } | null
  /** The id in our cookie; '' where the browser has none, or it was a server that sent the event. */
  readonly cookieUid: string
  /** It is a new one, that the browser gets if an event that it sent allows it. */
  readonly isCookieNew: boolean
  readonly nowMs: number
  readonly findings: Findings
}

/**
 * Whom an event names. Ids that name nobody are left out and counted; addresses are hashed here, and nothing
 * that comes after has them.
 *
 * An address where a number of a customer or browser should be is taken for the address that it is.
 * Whoever doesn't agree to adverts is not called by anything that exchanges know, but where the event says
 * just that: those who are to be left alone have to be found.
 */
export function whoOf(raw: RawEvent, consent: Consent | null, context: WhoContext): Identifiers {
  const { findings, secret } = context
  let customerId = idOf(raw, 'customerId', findings)
  let anonymousId = idOf(raw, 'anonymousId', findings)
  let hash = hashOf(raw, findings)
  if (isAddress(customerId)) {
    if (hash === '') hash = emailHash(customerId)
    customerId = ''
  }
  if (isAddress(anonymousId)) {
    if (hash === '') hash = emailHash(anonymousId)
    anonymousId = ''
  }
  let emailKey = hash === '' ? '' : emailKeyOfHash(secret, hash)
  const token = tokenOf(raw.mailToken, 'mail', context)
  if (customerId === '' && token.startsWith('cust:')) customerId = token.slice(5)
  if (emailKey === '' && token.startsWith('mail:')) emailKey = token.slice(5)
  const isForExchanges = consent?.ads !== false || raw.type === 'consent'
  const uids = isForExchanges ? uidsOf(raw, consent, customerId, hash, context) : noUids
  return { anonymousId, customerId, emailKey, uids }
}

const noUids: readonly string[] = []

function uidsOf(
  raw: RawEvent,
  consent: Consent | null,
  customerId: string,
  hash: string,
  context: WhoContext,
): readonly string[] {
  const { cookieUid, isCookieNew, eids, shopId, findings } = context
  const uids: string[] = []
  const add = (uid: string): void => {
    if (isUid(uid) && !uids.includes(uid) && uids.length < uidCountMax) uids.push(uid)
  }
  // A cookie may only be read where somebody has agreed to it, or just takes that back.
  const isTakenBack = raw.type === 'consent' && consent !== null && !isCookieNew
  if (cookieUid !== '' && (consent?.ads === true || isTakenBack)) add(cookieUid)
  const clicked = tokenOf(raw.clickToken, 'click', context)
  if (clicked !== '') add(clicked)
  const ifa = idOf(raw, 'ifa', findings)
  if (ifa !== '') add(deviceUid(ifa))
  if (eids !== null) {
    if (hash !== '') add(shopUid(shopId, eids.salt, hash))
    if (customerId !== '') add(shopUid(shopId, eids.salt, customerId))
  }
  return uids.length === 0 ? noUids : uids
}

function idOf(
  raw: RawEvent,
  name: 'customerId' | 'anonymousId' | 'ifa',
  findings: Findings,
): string {
  const id = readId(raw[name])
  if (id === null) {
    findings.fault(raw.where, raw.dialect.fields[name], idRule)
    return ''
  }
  if (id === '' || !isJunk(id)) return id
  findings.junkIdCount++
  return ''
}

/** @returns the SHA-256 of the event's address; '' where it has none. */
function hashOf(raw: RawEvent, findings: Findings): string {
  const { email } = raw
  if (email === undefined || email === null || email === '') return ''
  if (typeof email !== 'string') {
    findings.fault(raw.where, raw.dialect.fields.email, 'must be text')
    return ''
  }
  const hash = emailHash(email)
  if (hash === '') findings.junkIdCount++
  return hash
}

/** What a token stands for; '' where it is none of ours, or of another kind, or too old. */
function tokenOf(token: unknown, kind: 'click' | 'mail', { secret, nowMs }: WhoContext): string {
  if (typeof token !== 'string' || token === '') return ''
  const read = readPersonToken(secret, token, nowMs)
  return read?.kind === kind ? read.value : ''
}
