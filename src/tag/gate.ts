/**
 * Between what happens on the page and what is told of it: until it is known whether the person agrees,
 * messages wait in memory; once it is, they go, or are gone.
 */
import { findBrowserId, forgetBrowserId, makeBrowserId } from './browser-id.js'
import type { Consent } from './consent.js'
import type { Message } from './message.js'
import { newMessage } from './message.js'
import { post, takeOver } from './outbox.js'
import type { Tokens } from './tokens.js'

const waitingCountMax = 100

const waiting: Message[] = []
/** null until it is known. */
let consent: Consent | null = null
let storeName = ''
let tokens: Tokens = {}

/**
 * @param name of the browser's id where it is kept: the shop's, so that two shops' tags share nothing.
 * @param brought what the page's address brought along; goes with the first message.
 */
export function openGate(name: string, brought: Tokens): void {
  storeName = name
  tokens = brought
}

export function take(message: Message): void {
  if (consent === null) {
    waiting.push(message)
    // The latest say most of what the person wants.
    if (waiting.length > waitingCountMax) waiting.shift()
  } else if (isUseful(consent)) {
    const anonymousId = findBrowserId(storeName) || makeBrowserId(storeName)
    post({ ...message, ...tokens, anonymousId, consent })
    tokens = {}
  }
}

/** The person has decided, or what they decided on another page has become known. */
export function decide(wanted: Consent): void {
  const { prerendering } = document as { prerendering?: boolean }
  // A page that the browser prepares may never be looked at.
  if (prerendering) document.addEventListener('prerenderingchange', () => settle(wanted))
  else settle(wanted)
}

function settle(wanted: Consent): void {
  const before = consent
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean }
  consent = { ...wanted, ads: wanted.ads && globalPrivacyControl !== true }
  if (isUseful(consent)) {
    const { ads, personalization } = consent
    if (before && (before.ads !== ads || before.personalization !== personalization))
      take(newMessage('consent'))
    takeOver(() => true)
    for (const message of waiting.splice(0)) take(message)
  } else withdraw(consent)
}

function withdraw(refused: Consent): void {
  waiting.length = 0
  tokens = {}
  takeOver(({ consent: sentWith }) => !!sentWith && !isUseful(sentWith))
  const anonymousId = findBrowserId(storeName)
  forgetBrowserId(storeName)
  // What the collector has of them lies under this id, which it hears of for the last time.
  if (anonymousId) post({ ...newMessage('consent'), anonymousId, consent: refused })
}

/** Whoever uses this browser next is somebody else. */
export function reset(): void {
  forgetBrowserId(storeName)
}

const isUseful = ({ ads, personalization }: Consent): boolean => ads || personalization
