/** Which laws apply and through whom the request came: Regs, Source, SupplyChain. Cases are tags. */
import { clearSchain } from '../clear.js'
import { addSchainNode, gppSectionBit } from '../complete.js'
import type { BidRequest } from '../request.js'
import type { Draft } from './draft.js'
import { caches } from './draft.js'
import { readSignal } from './person.js'
import type { ProtobufReader } from './reader.js'

export function readRegulations(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // coppa
        request.coppa = reader.bool()
        break
      case 0x12: // gpp
        request.gpp = readSignal(reader)
        break
      case 0x18: // gpp_sid
        request.gppSections |= gppSectionBit(reader.int())
        break
      case 0x1a: // gpp_sid, packed
        readSections(reader, request)
        break
      case 0x20: // gdpr
        request.gdpr = reader.bool() ? 1 : 0
        break
      case 0x2a: // us_privacy
        request.usPrivacy = readSignal(reader)
        break
      case 0x1f4a: // Google's extension, 1001
        readRegulationsExt(reader, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readSections(reader: ProtobufReader, request: BidRequest): void {
  const end = reader.open()
  while (reader.at < end) request.gppSections |= gppSectionBit(reader.int())
  reader.close(end)
}

function readRegulationsExt(reader: ProtobufReader, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) draft.extGdpr = reader.bool() ? 1 : 0
    else reader.skip(tag)
  }
  reader.close(end)
}

const extensionRank = 1
const ownRank = 2

export function readSource(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x22: // schain
        readSchain(reader, request, draft, ownRank)
        break
      case 0x211a: // Google's extension, 1059
        readSourceExt(reader, request, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readSourceExt(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x1a) readSchain(reader, request, draft, extensionRank)
    else reader.skip(tag)
  }
  reader.close(end)
}

function readSchain(reader: ProtobufReader, request: BidRequest, draft: Draft, rank: number): void {
  const end = reader.open()
  if (rank < draft.schainRank) {
    reader.at = end
    return
  }
  if (rank > draft.schainRank) {
    clearSchain(request)
    request.schainComplete = 0
    draft.schainRank = rank
  }
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // complete
        request.schainComplete = reader.bool() ? 1 : 0
        break
      case 0x12: // nodes
        readNode(reader, request)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readNode(reader: ProtobufReader, request: BidRequest): void {
  let system = ''
  let seller = ''
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x0a) system = reader.cached(caches.lowerCase)
    else if (tag === 0x12) seller = reader.cached(caches.name)
    else reader.skip(tag)
  }
  reader.close(end)
  addSchainNode(request, system, seller)
}
