/** `user`, `regs` and the chain of sellers in `source`, with what older versions have in `ext`. */
import { clearEids, clearRegulations, clearUser } from './clear.js'
import { addEid, addSchainNode } from './complete.js'
import { knownNameAt, knownTextAt, Normal } from './json-known-texts.js'
import {
  after,
  inside,
  isAbsent,
  isList,
  isObject,
  keyAt,
  Key as keys,
  memberOf,
} from './json-tape.js'
import { countAt, flagAt, isSetAt, isTextAt, nameAt, sectionsAt, signalAt } from './json-values.js'
import type { BidRequest } from './request.js'
import { eidCountMax, schainNodeCountMax } from './request.js'

const Key = keys
const Form = Normal

/**
 * @param user where it is; 0 where there is none.
 * @returns '' or the fault.
 */
export function readUser(user: number, request: BidRequest): string {
  clearUser(request)
  if (!isObject(user)) return ''
  let consent = 0
  let eids = 0
  let ext = 0
  const end = after(user)
  for (let at = inside(user); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.id:
        request.userId = nameAt(at)
        break
      case Key.buyeruid:
        request.buyerUid = nameAt(at)
        break
      case Key.consent:
        consent = at
        break
      case Key.eids:
        eids = at
        break
      case Key.ext:
        ext = at
        break
    }
  if (!isObject(ext) && !isAbsent(ext)) return 'user.ext: must be an object'
  const oldConsent = memberOf(ext, Key.consent)
  if (!isTextAt(consent) && !isAbsent(consent)) return 'user.consent: must be a string'
  if (!isTextAt(oldConsent) && !isAbsent(oldConsent)) return 'user.ext.consent: must be a string'
  request.tcString = signalAt(consent) || signalAt(oldConsent)
  readEids(eids, request)
  if (request.eidIds.length === 0) readEids(memberOf(ext, Key.eids), request)
  return ''
}

function readEids(eids: number, request: BidRequest): void {
  if (!isList(eids)) return
  clearEids(request)
  const end = after(eids)
  for (let eid = inside(eids); eid < end; eid = after(eid)) {
    if (request.eidIds.length === eidCountMax) return
    const source = knownTextAt(memberOf(eid, Key.source), Form.lower)
    const uids = memberOf(eid, Key.uids)
    if (source === '' || !isList(uids)) continue
    const uidsEnd = after(uids)
    for (let uid = inside(uids); uid < uidsEnd; uid = after(uid)) {
      if (request.eidIds.length === eidCountMax) return
      addEid(request, source, nameAt(memberOf(uid, Key.id)))
    }
  }
}

/**
 * @param regs where it is; 0 where there is none.
 * @returns '' or the fault.
 */
export function readRegulations(regs: number, request: BidRequest): string {
  clearRegulations(request)
  if (!isObject(regs)) return ''
  let ext = 0
  const end = after(regs)
  for (let at = inside(regs); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.coppa:
        request.coppa = isSetAt(at)
        break
      case Key.gdpr:
        request.gdpr = flagAt(at)
        break
      case Key.us_privacy:
        request.usPrivacy = signalAt(at)
        break
      case Key.gpp:
        request.gpp = signalAt(at)
        break
      case Key.gpp_sid:
        request.gppSections = sectionsAt(at)
        break
      case Key.ext:
        ext = at
        break
    }
  if (isObject(ext)) readRegulationsExtension(ext, request)
  return isObject(ext) || isAbsent(ext) ? '' : 'regs.ext: must be an object'
}

/** What `regs` itself says goes first. */
function readRegulationsExtension(ext: number, request: BidRequest): void {
  if (request.gdpr === -1) request.gdpr = flagAt(memberOf(ext, Key.gdpr))
  if (request.usPrivacy === '') request.usPrivacy = signalAt(memberOf(ext, Key.us_privacy))
  if (request.gpp === '') request.gpp = signalAt(memberOf(ext, Key.gpp))
  if (request.gppSections === 0) request.gppSections = sectionsAt(memberOf(ext, Key.gpp_sid))
  request.globalPrivacyControl = isSetAt(memberOf(ext, Key.gpc))
  const dsa = memberOf(ext, Key.dsa)
  request.dsaRequired = countAt(memberOf(dsa, Key.dsarequired))
  request.dsaPublisherRenders = countAt(memberOf(dsa, Key.pubrender))
}

/** A chain of sellers, wherever it stood; an object. */
export function readSchain(schain: number, request: BidRequest): void {
  request.schainComplete = isSetAt(memberOf(schain, Key.complete)) ? 1 : 0
  const nodes = memberOf(schain, Key.nodes)
  if (!isList(nodes)) return
  const end = after(nodes)
  for (let node = inside(nodes); node < end; node = after(node))
    if (isObject(node) && request.schainSystems.length < schainNodeCountMax)
      addSchainNode(
        request,
        knownTextAt(memberOf(node, Key.asi), Form.lower),
        knownNameAt(memberOf(node, Key.sid)),
      )
}
