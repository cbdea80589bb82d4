/**
 * Messages on their way to the collector. None leaves before the collector has said that it has it: what
 * a page that is left couldn't deliver, the next one does. Messages that come twice count once there.
 *
 * Each page has its own in memory, and a copy in the storage that all pages of the shop share, in an entry
 * of its own, as tabs don't wait for one another. What lies in other entries was left behind.
 */
import type { Message } from './message.js'
import { randomId, safely } from './reading.js'

const messageCountMax = 100
const batchCountMax = 20
/** Characters. A page that is being left may have 64 KiB under way, and a character is up to three bytes. */
const batchLengthMax = 20_000
/** What happens at once is sent together; a bid that depends on it may be asked for within a second. */
const gatherMs = 100
const retryMinMs = 2_000
const retryMaxMs = 60_000

let entryPrefix = ''
let entryName = ''
let address = ''
let messages: Message[] = []
let isBusy = false
let timer = 0
let retryMs = retryMinMs
/** Ids of messages that have been handed to the browser, and no answer has come. */
let underWay: string[] = []

/**
 * @param name that entries in the storage begin with.
 * @param url of the collector's endpoint.
 */
export function openOutbox(name: string, url: string): void {
  entryPrefix = name
  entryName = name + randomId()
  address = url
  addEventListener('online', send)
  addEventListener('pagehide', sendLast)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') sendLast()
  })
}

export function post(message: Message): void {
  keepOnly([...messages, message])
  sendIn(gatherMs)
}

/**
 * Takes over what earlier pages left. Of a page that is still open it is a copy, and comes twice.
 *
 * @param isKept what else there is, of this page too, is thrown away.
 */
export function takeOver(isKept: (message: Message) => boolean): void {
  const left = (safely(() => Object.keys(localStorage)) || [])
    .filter((name) => name.startsWith(entryPrefix) && name !== entryName)
    .flatMap((name) => safely(() => takeEntry(name)) || [])
  keepOnly([...left, ...messages].filter(isKept))
  if (messages.length > 0) sendIn(gatherMs)
}

function takeEntry(name: string): Message[] {
  const text = localStorage.getItem(name)!
  localStorage.removeItem(name)
  return (JSON.parse(text) as Message[]).filter((it) => typeof it.messageId === 'string')
}

/** From now on there are these, or the latest of them. */
function keepOnly(list: readonly Message[]): void {
  messages = list.slice(-messageCountMax)
  safely(() => {
    if (messages.length > 0) localStorage.setItem(entryName, JSON.stringify(messages))
    else localStorage.removeItem(entryName)
  })
}

function sendIn(delayMs: number): void {
  clearTimeout(timer)
  timer = setTimeout(send, delayMs)
}

interface Batch {
  readonly ids: readonly string[]
  readonly body: string
}

/** The oldest of them, as many as go together; null where there are none. */
function batchOf(list: readonly Message[]): Batch | null {
  let count = 0
  for (let length = 0; count < list.length && count < batchCountMax; count++) {
    length += JSON.stringify(list[count]).length
    if (length > batchLengthMax && count > 0) break
  }
  if (count === 0) return null
  const events = list.slice(0, count)
  return {
    ids: events.map((it) => it.messageId),
    body: JSON.stringify({ events, sentAt: new Date().toISOString() }),
  }
}

async function send(): Promise<void> {
  const batch = isBusy ? null : batchOf(messages)
  if (batch === null) return
  isBusy = true
  underWay = [...batch.ids]
  const isDone = await deliver(batch)
  isBusy = false
  underWay = []
  retryMs = isDone ? retryMinMs : Math.min(retryMs * 2, retryMaxMs)
  if (isDone) keepOnly(messages.filter((it) => !batch.ids.includes(it.messageId)))
  if (messages.length > 0) sendIn(isDone ? 0 : retryMs)
}

/**
 * As plain text, which browsers send without asking first whether they may.
 *
 * @returns false where it is worth trying again.
 */
async function deliver({ body }: Batch): Promise<boolean> {
  try {
    const keepalive = body.length <= batchLengthMax
    const { status } = await fetch(address, {
      method: 'POST',
      body,
      keepalive,
      credentials: 'include',
    })
    return status < 500 && status !== 408 && status !== 429
  } catch {
    return false
  }
}

/** The page may be gone in a moment: nobody will hear the answer. */
function sendLast(): void {
  for (;;) {
    const batch = batchOf(messages.filter((it) => !underWay.includes(it.messageId)))
    if (batch === null) return
    underWay.push(...batch.ids)
    if (!safely(() => navigator.sendBeacon(address, batch.body))) deliver(batch)
  }
}
