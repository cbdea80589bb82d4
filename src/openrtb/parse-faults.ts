/**
 * What is wrong with a request, as bits: a name that comes twice counts as it came last, so a fault
 * may be taken back. The first that stays is what the exchange's engineer is told.
 */
import { idLengthMax, impressionCountMax } from './request.js'

const requestFaults = [
  'id: must be a string',
  'id: must not be empty',
  `id: is longer than ${idLengthMax}`,
  'imp: must be an array',
  'imp: must not be empty',
  `imp: has more than ${impressionCountMax} elements`,
  'at: must not be negative',
  'tmax: must not be negative',
  'site: must be an object',
  'app: must be an object',
  'dooh: must be an object',
  'device: must be an object',
  'device.geo: must be an object',
  'device.w: must not be negative',
  'device.h: must not be negative',
  'device.ppi: must not be negative',
  'device.geo.accuracy: must not be negative',
  'user: must be an object',
  'user.ext: must be an object',
  'user.consent: must be a string',
  'user.ext.consent: must be a string',
  'regs: must be an object',
  'regs.ext: must be an object',
  'source: must be an object',
] as const

const impressionFaults = [
  ': must be an object',
  '.id: must be a string',
  '.id: must not be empty',
  `.id: is longer than ${idLengthMax}`,
  '.banner: must be an object',
  '.video: must be an object',
  '.audio: must be an object',
  '.native: must be an object',
  '.pmp: must be an object',
  '.banner.w: must not be negative',
  '.banner.h: must not be negative',
  '.banner.format: wmin, wratio and hratio must not be negative',
  '.video.w: must not be negative',
  '.video.h: must not be negative',
  '.video.minduration: must not be negative',
  '.video.maxduration: must not be negative',
  '.video.minbitrate: must not be negative',
  '.video.maxbitrate: must not be negative',
  '.video.sequence: must not be negative',
  '.video.maxseq: must not be negative',
  '.audio.w: must not be negative',
  '.audio.h: must not be negative',
  '.audio.minduration: must not be negative',
  '.audio.maxduration: must not be negative',
  '.audio.minbitrate: must not be negative',
  '.audio.maxbitrate: must not be negative',
  '.audio.sequence: must not be negative',
  '.audio.maxseq: must not be negative',
] as const

const bitOfText = (faults: readonly string[], text: string): number => {
  const index = faults.indexOf(text)
  if (index < 0) throw new Error(`no fault reads ${text}`)
  return 1 << index
}
export const requestFault = (text: (typeof requestFaults)[number]): number =>
  bitOfText(requestFaults, text)
export const impressionFault = (text: (typeof impressionFaults)[number]): number =>
  bitOfText(impressionFaults, text)

/** @param bits at least one. */
export function firstRequestFault(bits: number): string {
  return requestFaults[31 - Math.clz32(bits & -bits)]!
}

/** @param bits at least one. */
export function firstImpressionFault(bits: number, index: number): string {
  return `imp[${index}]${impressionFaults[31 - Math.clz32(bits & -bits)]!}`
}
