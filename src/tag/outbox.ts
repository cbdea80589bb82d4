/**
 * Messages on their way to the collector. None leaves before the collector has said that it has it: what
 * a page that is left couldn't deliver, the next one does. Messages that come twice count once there.
 *
 * Kept in the page's storage, which all tabs of the shop share, and where that is closed in memory.
 */
import type { Message } from './message.js'
import { safely } from './reading.js'

const messageCountMax = 100
const batchCountMax = 20
/** Characters. A page that is being left may have 64 KiB under way, and a character is up to three bytes. */
const batchLengthMax = 20_000
/** What happens at once is sent together; a bid that depends on it may be asked for within a second. */
const gatherMs = 200
const retryMinMs = 2_000
const retryMaxMs = 60_000

let key = ''
let address = ''
let inMemory: Message[] = []
let isStored = true
let isBusy = false
let timer = 0
let retryMs = retryMinMs
/** Ids of messages that have been handed to the browser, and no answer has come. */
let underWay: string[] = []

/**
 * @param name of the stored entry.
 * @param url of the collector's endpoint.
 */
export function openOutbox(name: string, url: string): void {
  key = name
  address = url
  addEventListener('online', send)
  addEventListener('pagehide', sendLast)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') sendLast()
  })
}

export function post(message: Message): void {
  write([...read(), message].slice(-messageCountMax))
  sendIn(gatherMs)
}

/** Leaves only what `isKept`. */
export function clearOutbox(isKept: (message: Message) => boolean): void {
  write(read().filter(isKept))
}

/** What an earlier page left is sent with the next message, or now. */
export function sendRest(): void {
  if (read().length > 0) sendIn(gatherMs)
}

function read(): Message[] {
  if (!isStored) return inMemory
  try {
    const list = JSON.parse(localStorage.getItem(key) || '[]') as Message[]
    return Array.isArray(list) ? list.filter((it) => typeof it.messageId === 'string') : []
  } catch {
    isStored = false
    return inMemory
  }
}

function write(messages: Message[]): void {
  inMemory = messages
  if (!isStored) return
  try {
    if (messages.length > 0) localStorage.setItem(key, JSON.stringify(messages))
    else localStorage.removeItem(key)
  } catch {
    isStored = false
  }
}

function sendIn(delayMs: number): void {
  clearTimeout(timer)
  timer = setTimeout(send, delayMs)
}

interface Batch {
  readonly ids: readonly string[]
  readonly body: string
}

/** The oldest messages, as many as go together; null where there are none. */
function batchOf(messages: readonly Message[]): Batch | null {
  let count = 0
  for (let length = 0; count < messages.length && count < batchCountMax; count++) {
    length += JSON.stringify(messages[count]).length
    if (length > batchLengthMax && count > 0) break
  }
  if (count === 0) return null
  const events = messages.slice(0, count)
  return {
    ids: events.map((it) => it.messageId),
    body: JSON.stringify({ events, sentAt: new Date().toISOString() }),
  }
}

async function send(): Promise<void> {
  const batch = isBusy ? null : batchOf(read())
  if (batch === null) return
  isBusy = true
  underWay = [...batch.ids]
  const isDone = await deliver(batch)
  isBusy = false
  underWay = []
  retryMs = isDone ? retryMinMs : Math.min(retryMs * 2, retryMaxMs)
  if (isDone) write(read().filter((it) => !batch.ids.includes(it.messageId)))
  if (read().length > 0) sendIn(isDone ? gatherMs : retryMs)
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
    const batch = batchOf(read().filter((it) => !underWay.includes(it.messageId)))
    if (batch === null) return
    underWay.push(...batch.ids)
    if (!safely(() => navigator.sendBeacon(address, batch.body))) deliver(batch)
  }
}
