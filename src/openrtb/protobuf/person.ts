/** Who sees the impression: Device, Geo, UserAgent, User, EID. Cases are tags: `field << 3 | wire type`. */
import { clearEids } from '../clear.js'
import { addEid, advertisingIdOf, countOf } from '../complete.js'
import type { BidRequest } from '../request.js'
import { eidCountMax, idLengthMax, textLengthMax, unreadable } from '../request.js'
import type { Draft } from './draft.js'
import { caches } from './draft.js'
import type { ProtobufReader } from './reader.js'

export function readDevice(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // dnt
        request.doNotTrack = reader.bool()
        break
      case 0x12: // ua
        request.userAgent = reader.text(textLengthMax)
        break
      case 0x1a: // ip
        request.ip = reader.text(textLengthMax)
        break
      case 0x22: // geo
        readGeo(reader, request, draft)
        break
      case 0x4a: // ipv6
        draft.ipv6 = reader.text(textLengthMax)
        break
      case 0x72: // os
        draft.os = reader.cached(caches.system)
        break
      case 0x90: // devicetype
        request.deviceType = countOf(reader.int())
        break
      case 0xa2: // ifa
        request.ifa = advertisingIdOf(reader.text(idLengthMax))
        break
      case 0xb8: // lmt
        request.limitAdTracking = reader.bool()
        break
      case 0xc8: // w
        draft.screenWidth = reader.int()
        break
      case 0xd0: // h
        draft.screenHeight = reader.int()
        break
      case 0xd8: // ppi
        draft.pixelsPerInch = reader.int()
        break
      case 0xfa: // sua
        draft.platform = readPlatform(reader, draft.platform)
        break
      case 0x2152: // Google's extension, 1066
        readDeviceExt(reader, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

/** What may not be negative, once the last value is known; '' where nothing is. */
export function faultOfDevice(draft: Draft): string {
  if (draft.screenWidth < 0) return 'device.w: must not be negative'
  if (draft.screenHeight < 0) return 'device.h: must not be negative'
  if (draft.pixelsPerInch < 0) return 'device.ppi: must not be negative'
  return draft.accuracy < 0 ? 'device.geo.accuracy: must not be negative' : ''
}

function readGeo(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x1a: // country
        request.country = reader.cached(caches.country)
        break
      case 0x22: // region
        draft.region = reader.cached(caches.upperCase)
        break
      case 0x58: // accuracy
        draft.accuracy = reader.int()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readDeviceExt(reader: ProtobufReader, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    // user_agent_data: the platform has the number that it has in UserAgent.
    if (tag === 0x12) draft.googlePlatform = readPlatform(reader, draft.googlePlatform)
    else reader.skip(tag)
  }
  reader.close(end)
}

/** @param before what an earlier part of the same message said. */
function readPlatform(reader: ProtobufReader, before: string): string {
  let platform = before
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag !== 0x12) {
      reader.skip(tag)
      continue
    }
    const brandEnd = reader.open()
    while (reader.at < brandEnd) {
      const inner = reader.int()
      if (inner === 0x0a) platform = reader.cached(caches.system)
      else reader.skip(inner)
    }
    reader.close(brandEnd)
  }
  reader.close(end)
  return platform
}

export function readUser(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        request.userId = reader.text(idLengthMax)
        break
      case 0x12: // buyeruid
        request.buyerUid = reader.text(idLengthMax)
        break
      case 0x52: // consent
        draft.consent = readSignal(reader)
        break
      case 0x5a: // eids
        readEid(reader, request, draft, true)
        break
      case 0x1f7a: // Google's extension, 1007
        readUserExt(reader, request, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readUserExt(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x12) draft.extConsent = readSignal(reader)
    else if (tag === 0x2a) readEid(reader, request, draft, false)
    else reader.skip(tag)
  }
  reader.close(end)
}

/** A signal of consent: one that is too long to be read isn't one that is absent. */
export function readSignal(reader: ProtobufReader): string {
  const end = reader.open()
  const start = reader.at
  reader.at = end
  return reader.slice(start, end, textLengthMax) ?? unreadable
}

/** @param isOwn stands in `user`, which goes before what stands in its extension. */
function readEid(reader: ProtobufReader, request: BidRequest, draft: Draft, isOwn: boolean): void {
  const end = reader.open()
  const ids = draft.uidIds
  ids.length = 0
  let source = ''
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x0a) source = reader.cached(caches.lowerCase)
    else if (tag === 0x12) readUid(reader, ids)
    else reader.skip(tag)
  }
  reader.close(end)
  if (source === '' || ids.length === 0 || (draft.hasOwnEids && !isOwn)) return
  if (isOwn && !draft.hasOwnEids) {
    clearEids(request)
    draft.hasOwnEids = true
  }
  for (let i = 0; i < ids.length; i++) addEid(request, source, ids[i]!)
}

function readUid(reader: ProtobufReader, ids: string[]): void {
  let id = ''
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x0a) id = reader.text(idLengthMax)
    else reader.skip(tag)
  }
  reader.close(end)
  if (id !== '' && ids.length < eidCountMax) ids.push(id)
}
