import { clearDevice } from './clear.js'
import { advertisingIdOf, regionOf } from './complete.js'
import { knownAgentAt, knownRegion, knownTextAt, Normal } from './json-known-texts.js'
import { after, inside, isAbsent, isObject, keyAt, Key as keys, memberOf } from './json-tape.js'
import { countAt, isNegativeAt, isSetAt, nameAt, textAt } from './json-values.js'
import type { BidRequest } from './request.js'
import { agentOf } from './user-agent.js'

const Key = keys
const Form = Normal

/**
 * @param device where it is; 0 where there is none.
 * @returns '' or the fault.
 */
export function readDevice(device: number, request: BidRequest): string {
  clearDevice(request)
  if (!isObject(device)) return ''
  let geo = 0
  let system = 0
  let sua = 0
  let ext = 0
  let ip = 0
  let ipv6 = 0
  let width = 0
  let height = 0
  let ppi = 0
  const end = after(device)
  for (let at = inside(device); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.ua:
        request.userAgent = knownAgentAt(at)
        break
      case Key.ip:
        ip = at
        break
      case Key.geo:
        geo = at
        break
      case Key.os:
        system = at
        break
      case Key.devicetype:
        request.deviceType = countAt(at)
        break
      case Key.ifa:
        request.ifa = advertisingIdOf(nameAt(at))
        break
      case Key.dnt:
        request.doNotTrack = isSetAt(at)
        break
      case Key.lmt:
        request.limitAdTracking = isSetAt(at)
        break
      case Key.w:
        width = at
        break
      case Key.h:
        height = at
        break
      case Key.ppi:
        ppi = at
        break
      case Key.sua:
        sua = at
        break
      case Key.ext:
        ext = at
        break
      case Key.ipv6:
        ipv6 = at
        break
    }
  request.ip = textAt(ip) || textAt(ipv6)
  request.os =
    platformOf(sua) ||
    platformOf(memberOf(ext, Key.sua)) ||
    knownTextAt(system, Form.system) ||
    agentOf(request.userAgent).os
  const fault = readGeo(geo, request)
  if (fault !== '') return fault
  if (isNegativeAt(width)) return 'device.w: must not be negative'
  if (isNegativeAt(height)) return 'device.h: must not be negative'
  if (isNegativeAt(ppi)) return 'device.ppi: must not be negative'
  const isAccurate = !isNegativeAt(memberOf(geo, Key.accuracy))
  return isAccurate ? '' : 'device.geo.accuracy: must not be negative'
}

function readGeo(geo: number, request: BidRequest): string {
  if (!isObject(geo)) return isAbsent(geo) ? '' : 'device.geo: must be an object'
  request.country = knownTextAt(memberOf(geo, Key.country), Form.country)
  const region = memberOf(geo, Key.region)
  if (request.country !== '' && region !== 0)
    request.region =
      knownRegion(request.country, region) || regionOf(request.country, textAt(region))
  return ''
}

/** The system that `sua` names; '' where it names none. */
function platformOf(sua: number): string {
  return sua === 0 ? '' : knownTextAt(memberOf(memberOf(sua, Key.platform), Key.brand), Form.system)
}
