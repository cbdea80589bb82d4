import type { Findings } from '../findings.js'
import { readGa4, readGa4Body } from './ga4.js'
import { readOwn } from './own.js'
import { isObject, type Json, nothingShared, type RawEvent, type Shared } from './raw-event.js'
import { isSegmentCall, readSegment, type SegmentCall } from './segment.js'

export interface Reading {
  readonly events: readonly RawEvent[]
  /** Events of a kind that says nothing we need. */
  readonly ignoredCount: number
}

/**
 * Finds the events in a body, whichever dialect it is in: it is known by its shape, event by event.
 *
 * What is wrong with one event is told in `findings`, and the rest is read.
 *
 * @param body as JSON has it.
 * @param call what of Segment's the body is, where its path says so.
 * @returns a sentence where the body as a whole can't be read.
 */
export function readEvents(
  body: unknown,
  eventCountMax: number,
  findings: Findings,
  call?: SegmentCall,
): Reading | string {
  if (Array.isArray(body)) return readList(body, '', nothingShared, eventCountMax, findings)
  if (!isObject(body)) return 'must be an object or a list of objects'
  const { batch, events } = body
  const shared: Shared = { sentAt: body['sentAt'], context: body['context'] }
  if (Array.isArray(batch)) return readList(batch, 'batch', shared, eventCountMax, findings)
  if (Array.isArray(events)) {
    if (isGa4(body, events)) return readGa4List(body, events, eventCountMax, findings)
    return readList(events, 'events', shared, eventCountMax, findings)
  }
  const lists = ['batch', 'events'].find((name) => body[name] !== undefined)
  if (lists !== undefined) return `${lists}: must be a list`
  return readList([body], null, nothingShared, 1, findings, call)
}

/** @param name of the list; null for one event that is the body itself. */
function readList(
  list: readonly unknown[],
  name: string | null,
  shared: Shared,
  eventCountMax: number,
  findings: Findings,
  call?: SegmentCall,
): Reading | string {
  if (list.length > eventCountMax) return tooMany(name ?? '', eventCountMax)
  const events: RawEvent[] = []
  let ignoredCount = 0
  for (let i = 0; i < list.length; i++) {
    const where = name === null ? '' : `${name}[${i}]`
    const message = list[i]
    if (!isObject(message)) findings.fault(where, '', 'must be an object')
    else if (call === undefined && typeof message['type'] !== 'string')
      findings.fault(where, 'type', 'is missing: what happened, as "add_to_cart"')
    else {
      const event = readOne(message, where, shared, call)
      if (event === null) ignoredCount++
      else events.push(event)
    }
  }
  return { events, ignoredCount }
}

function readOne(
  message: Json,
  where: string,
  shared: Shared,
  call: SegmentCall | undefined,
): RawEvent | null {
  const type = call ?? message['type']
  return isSegmentCall(type) && (type !== 'identify' || isSegmentIdentify(message, call))
    ? readSegment(message, where, shared, type)
    : readOwn(message, where, shared)
}

/** The one name that is also a type of ours. */
const isSegmentIdentify = (message: Json, call: SegmentCall | undefined): boolean =>
  call !== undefined ||
  message['userId'] !== undefined ||
  message['traits'] !== undefined ||
  message['context'] !== undefined

function isGa4(body: Json, events: readonly unknown[]): boolean {
  if (body['client_id'] !== undefined || body['app_instance_id'] !== undefined) return true
  const [first] = events
  return isObject(first) && first['name'] !== undefined && first['type'] === undefined
}

function readGa4List(
  body: Json,
  list: readonly unknown[],
  eventCountMax: number,
  findings: Findings,
): Reading | string {
  if (list.length > eventCountMax) return tooMany('events', eventCountMax)
  const shared = readGa4Body(body)
  const events: RawEvent[] = []
  let ignoredCount = 0
  for (let i = 0; i < list.length; i++) {
    const where = `events[${i}]`
    const message = list[i]
    if (!isObject(message)) findings.fault(where, '', 'must be an object')
    else if (typeof message['name'] !== 'string') findings.fault(where, 'name', 'is missing')
    else {
      const event = readGa4(message, where, shared)
      if (event === null) ignoredCount++
      else events.push(event)
    }
  }
  return { events, ignoredCount }
}

const tooMany = (name: string, countMax: number): string =>
  `${name === '' ? '' : `${name}: `}has more than ${countMax} events: send them in several bodies`
