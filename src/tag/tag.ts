/**
 * The shop's tag: `<script async src="https://…/tag.js?shop=<id>"></script>`. Tells the collector what
 * happens on the page, once the person has agreed. See docs/tag.md.
 *
 * Everything in this folder is one page's; the build makes one script of it, which leaves nothing behind
 * but `grosz`.
 */
import { googleConsent, listenToTcf } from './consent.js'
import { hear } from './data-layer.js'
import { decide, openGate, reset, take } from './gate.js'
import { messageOf, newMessage } from './message.js'
import { openOutbox } from './outbox.js'
import { forgetPerson, identify } from './person.js'
import { own, safely } from './reading.js'
import { takeTokens } from './tokens.js'

/** The page's `grosz(command, …)`: a queue until a tag is there. */
interface Grosz {
  (...call: unknown[]): void
  /** Calls of before. */
  q?: unknown
  /** Shops whose tags listen. */
  shops?: readonly string[]
}

declare global {
  interface Window {
    dataLayer?: unknown
    grosz?: Grosz
    __tcfapi?: (command: string, version: number, callback: (data: unknown) => void) => void
  }
  /** From the collector: our id in the TCF's list of vendors, 0 where we aren't in it. */
  const TCF_VENDOR_ID: number
}

/** For a data layer or a consent manager that comes after us: half a minute. */
const lookAgainMs = 500
const lookAgainCount = 60
const callCountMax = 1_000

let viewed = ''
let isTcfHeard = false

const script = document.currentScript
if (script instanceof HTMLScriptElement) safely(() => start(new URL(script.src)))

/** @param source the script's address, which has the shop's id; the collector is where it comes from. */
function start(source: URL): void {
  const shop = source.searchParams.get('shop')
  const found = own(window.grosz, 'shops')
  const others: readonly string[] = Array.isArray(found) ? found : []
  if (!shop || others.includes(shop)) return
  const id = encodeURIComponent(shop)
  const storeName = `_grosz_${id}`
  openOutbox(`${storeName}_out_`, new URL(`v1/events?shop=${id}`, source).href)
  openGate(storeName, takeTokens())
  viewed = location.href
  take(newMessage('page_view'))
  answerCalls([...others, shop])
  look(lookAgainCount)
  // By then all scripts that the page itself has have run.
  document.addEventListener('DOMContentLoaded', () => safely(() => look(0)))
}

/** Stands in for the page's queue; another shop's tag that did so before goes on hearing of all calls. */
function answerCalls(shops: readonly string[]): void {
  const before = window.grosz
  const queue = own(before, 'q')
  const grosz: Grosz = (...call) => {
    if (shops.length > 1) before!(...call)
    safely(() => obey(call))
  }
  grosz.q = queue
  grosz.shops = shops
  window.grosz = grosz
  const count = Math.min(Number(own(queue, 'length') || 0), callCountMax)
  for (let at = 0; at < count; at++) safely(() => obey(own(queue, at)))
}

function obey(call: unknown): void {
  const [command, first, second] = [own(call, 0), own(call, 1), own(call, 2)]
  if (command === 'event') tell(first, [second]) || warn('event', first)
  else if (command === 'identify')
    identify(own(first, 'customerId'), own(first, 'email'), own(first, 'emailSha256'))
  else if (command === 'consent')
    decide({
      ads: own(first, 'ads') === true,
      personalization: own(first, 'personalization') === true,
    })
  else if (command === 'reset') {
    reset()
    forgetPerson()
  } else warn('command', command)
}

/** To the shop's developer, who sees it at once. */
function warn(kind: string, name: unknown): void {
  console.warn(`grosz: unknown ${kind}`, name)
}

/** @returns false for what isn't an event of ours. */
function tell(name: unknown, holders: readonly unknown[]): boolean {
  const message = messageOf(name, holders)
  if (message !== null) take(message)
  return message !== null
}

/** For what of the page there is to listen to. */
function look(timesLeft: number): void {
  hear({
    event(name, holders) {
      // Ours has told of this page already.
      if (name === 'page_view' && viewed === location.href) return
      if (name === 'page_view') viewed = location.href
      tell(name, holders)
    },
    consent(mode, settings) {
      const consent = googleConsent(mode, settings)
      if (consent !== null) decide(consent)
    },
    person(customerId, userData) {
      identify(customerId, own(userData, 'email'), own(userData, 'sha256_email_address'))
    },
  })
  if (TCF_VENDOR_ID > 0 && !isTcfHeard) isTcfHeard = listenToTcf(TCF_VENDOR_ID, decide)
  if (timesLeft > 0) setTimeout(() => safely(() => look(timesLeft - 1)), lookAgainMs)
}
