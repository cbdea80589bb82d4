/** `user`, `regs` and the chain of sellers in `source`, with what older versions have in `ext`. */
import { clearEids, clearRegulations, clearSchain, clearUser } from './clear.js'
import { addEid, addSchainNode } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { Normal, readKnownName, readKnownText } from './json-known-texts.js'
import { endItems, enter, firstItem, isItem, next, nextItem, skip } from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { isAbsent, readCount, readFlag, readName, readSections, readSignal } from './json-values.js'
import { requestFault } from './parse-faults.js'
import type { BidRequest } from './request.js'

const Key = keyNumbers
const Form = Normal
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const openBracket = 91
const quote = 34
const found = scanned

const oddUserExtension = requestFault('user.ext: must be an object')
const oddConsent = requestFault('user.consent: must be a string')
const oddExtensionConsent = requestFault('user.ext.consent: must be a string')
const oddRegsExtension = requestFault('regs.ext: must be an object')

let userFaultBits = 0
let regsFaultBits = 0

/** Bits of the faults of the last `user` read. */
export function userFaults(): number {
  return userFaultBits
}

/** Bits of the faults of the last `regs` read. */
export function regsFaults(): number {
  return regsFaultBits
}

/** Where older versions have a value that newer ones have outside of `ext`; 0 for nowhere. */
let consentAt = 0
let eidsAt = 0

/** @param at an opening brace. */
export function readUser(at: number, request: BidRequest): number {
  clearUser(request)
  userFaultBits = 0
  consentAt = 0
  eidsAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.id:
        at = readName(at)
        request.userId = found.text
        break
      case Key.buyeruid:
        at = readName(at)
        request.buyerUid = found.text
        break
      case Key.consent:
        checkConsent(at, oddConsent)
        at = readSignal(at)
        request.tcString = found.text
        break
      case Key.eids:
        clearEids(request)
        at = readEids(at, request)
        break
      case Key.ext:
        at = readUserExtension(at)
        break
      default:
        at = skip(at)
    }
  }
  if (request.tcString === '' && consentAt !== 0) {
    readSignal(consentAt)
    request.tcString = found.text
  }
  if (request.eidIds.length === 0 && eidsAt !== 0) readEids(eidsAt, request)
  return at
}

function checkConsent(at: number, fault: number): void {
  if (bytes[at] === quote || isAbsent(at)) userFaultBits &= ~fault
  else userFaultBits |= fault
}

function readUserExtension(at: number): number {
  consentAt = 0
  eidsAt = 0
  userFaultBits &= ~(oddUserExtension | oddExtensionConsent)
  if (bytes[at] !== openBrace) {
    if (!isAbsent(at)) userFaultBits |= oddUserExtension
    return skip(at)
  }
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.consent) {
      checkConsent(at, oddExtensionConsent)
      consentAt = at
    } else if (key === Key.eids) eidsAt = at
    at = skip(at)
  }
  return at
}

function readEids(at: number, request: BidRequest): number {
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at = bytes[at] === openBrace ? readEid(at, request) : skip(at)
  return endItems(at)
}

function readEid(at: number, request: BidRequest): number {
  let source = ''
  let uidsAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.source) {
      at = readKnownText(at, Form.lower)
      source = found.text
    } else {
      if (key === Key.uids) uidsAt = at
      at = skip(at)
    }
  }
  if (source !== '' && uidsAt !== 0 && bytes[uidsAt] === openBracket)
    for (let uid = firstItem(uidsAt); isItem(uid); uid = nextItem(uid))
      uid = bytes[uid] === openBrace ? readUid(uid, request, source) : skip(uid)
  return at
}

function readUid(at: number, request: BidRequest, source: string): number {
  let id = ''
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === Key.id) {
      at = readName(at)
      id = found.text
    } else at = skip(at)
  }
  addEid(request, source, id)
  return at
}

/** What `regs.ext` says, for where `regs` itself doesn't. */
let oldGdpr = -1
let oldUsPrivacy = ''
let oldGpp = ''
let oldSections = 0

/** @param at an opening brace. */
export function readRegulations(at: number, request: BidRequest): number {
  clearRegulations(request)
  regsFaultBits = 0
  oldGdpr = -1
  oldUsPrivacy = ''
  oldGpp = ''
  oldSections = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.coppa:
        at = readFlag(at)
        request.coppa = found.flag === 1
        break
      case Key.gdpr:
        at = readFlag(at)
        request.gdpr = found.flag
        break
      case Key.us_privacy:
        at = readSignal(at)
        request.usPrivacy = found.text
        break
      case Key.gpp:
        at = readSignal(at)
        request.gpp = found.text
        break
      case Key.gpp_sid:
        at = readSections(at)
        request.gppSections = found.bits
        break
      case Key.ext:
        at = readRegulationsExtension(at, request)
        break
      default:
        at = skip(at)
    }
  }
  if (request.gdpr === -1) request.gdpr = oldGdpr === 1 ? 1 : oldGdpr === 0 ? 0 : -1
  if (request.usPrivacy === '') request.usPrivacy = oldUsPrivacy
  if (request.gpp === '') request.gpp = oldGpp
  if (request.gppSections === 0) request.gppSections = oldSections
  return at
}

function readRegulationsExtension(at: number, request: BidRequest): number {
  oldGdpr = -1
  oldUsPrivacy = ''
  oldGpp = ''
  oldSections = 0
  request.globalPrivacyControl = false
  request.dsaRequired = 0
  request.dsaPublisherRenders = 0
  regsFaultBits &= ~oddRegsExtension
  if (bytes[at] !== openBrace) {
    if (!isAbsent(at)) regsFaultBits |= oddRegsExtension
    return skip(at)
  }
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.gdpr:
        at = readFlag(at)
        oldGdpr = found.flag
        break
      case Key.us_privacy:
        at = readSignal(at)
        oldUsPrivacy = found.text
        break
      case Key.gpp:
        at = readSignal(at)
        oldGpp = found.text
        break
      case Key.gpp_sid:
        at = readSections(at)
        oldSections = found.bits
        break
      case Key.gpc:
        at = readFlag(at)
        request.globalPrivacyControl = found.flag === 1
        break
      case Key.dsa:
        at = readDsa(at, request)
        break
      default:
        at = skip(at)
    }
  }
  return at
}

function readDsa(at: number, request: BidRequest): number {
  request.dsaRequired = 0
  request.dsaPublisherRenders = 0
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.dsarequired) {
      at = readCount(at)
      request.dsaRequired = found.count
    } else if (key === Key.pubrender) {
      at = readCount(at)
      request.dsaPublisherRenders = found.count
    } else at = skip(at)
  }
  return at
}

/** A chain of sellers, wherever it stood. @param at an opening brace; gone over before. */
export function readSchain(at: number, request: BidRequest): void {
  clearSchain(request)
  request.schainComplete = 0
  let nodesAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.complete) {
      at = readFlag(at)
      request.schainComplete = found.flag === 1 ? 1 : 0
    } else {
      if (key === Key.nodes) nodesAt = at
      at = skip(at)
    }
  }
  if (nodesAt === 0 || bytes[nodesAt] !== openBracket) return
  for (let node = firstItem(nodesAt); isItem(node); node = nextItem(node))
    node = bytes[node] === openBrace ? readNode(node, request) : skip(node)
}

function readNode(at: number, request: BidRequest): number {
  let system = ''
  let seller = ''
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.asi) {
      at = readKnownText(at, Form.lower)
      system = found.text
    } else if (key === Key.sid) {
      at = readKnownName(at)
      seller = found.text
    } else at = skip(at)
  }
  addSchainNode(request, system, seller)
  return at
}
