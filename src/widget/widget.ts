/**
 * The shop's recommendations: `<script async src="https://…/widget.js?shop=<id>"></script>`. Fills what has
 * `data-grosz-slot` with products for it. See docs/widget.md.
 *
 * Everything in this folder is one page's; the build makes one script of it, which leaves nothing behind but
 * `groszWidget`.
 */
import { own, safely } from '../tag/reading.js'
import { answersOf, listOf } from './answer.js'
import { contextOf, isComplete } from './page.js'
import { ask, openService } from './service.js'
import { keyOf, observed, openSlot, type Slot, show } from './slot.js'

declare global {
  interface Window {
    /** Shops whose widgets are at work on the page. */
    groszWidget?: readonly string[]
  }
}

/** On one page, and in one question. */
const slotCountMax = 20
const excludeCountMax = 50
/** What a page's own script changes at once is looked at once. */
const scanMs = 50
/** Slots are filled before they come into view. */
const nearMargin = '600px 0px'

const slots = new Map<Element, Slot>()
let near: IntersectionObserver
let shop = ''
let isScanDue = false

const script = document.currentScript
if (script instanceof HTMLScriptElement) safely(() => start(new URL(script.src)))

/** @param source the script's address, which has the shop's id; the service is where it comes from. */
function start(source: URL): void {
  shop = openService(source)
  const known = listOf(own(window, 'groszWidget')) as readonly string[]
  if (!shop || known.includes(shop)) return
  window.groszWidget = [...known, shop]
  near = new IntersectionObserver((entries) => safely(() => come(entries)), {
    rootMargin: nearMargin,
  })
  new MutationObserver(scanSoon).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: observed,
  })
  // By then all scripts that the page itself has have run.
  document.addEventListener('DOMContentLoaded', () => safely(scan))
  scan()
}

function scanSoon(): void {
  if (isScanDue) return
  isScanDue = true
  setTimeout(() => {
    isScanDue = false
    safely(scan)
  }, scanMs)
}

/** Takes what is a slot now, and isn't yet one of ours; lets those go that have left the page. */
function scan(): void {
  for (const [element, { key }] of slots)
    if (!element.isConnected || key !== keyOf(element)) forget(element)
  for (const element of document.querySelectorAll<HTMLElement>('[data-grosz-slot]')) {
    if (slots.size >= slotCountMax) return
    if (slots.has(element) || isOthers(element)) continue
    if (document.readyState === 'loading' && !isComplete(element)) continue
    slots.set(element, openSlot(element))
    near.observe(element)
  }
}

/** A page may have two shops' widgets: whose a slot is, it says, or the first has it. */
function isOthers(element: HTMLElement & { groszShop?: string }): boolean {
  const owner = element.dataset['shop'] || element.groszShop || shop
  element.groszShop = owner
  return owner !== shop
}

function forget(element: Element): void {
  near.unobserve(element)
  slots.delete(element)
}

/** One that comes near brings along all that are of the same page: so no product is on it twice. */
function come(entries: readonly IntersectionObserverEntry[]): void {
  if (!entries.some((it) => it.isIntersecting && slots.has(it.target))) return
  const groups = new Map<string, Slot[]>()
  for (const slot of slots.values()) {
    if (slot.context) continue
    near.unobserve(slot.element)
    slot.context = contextOf(slot.element)
    const context = JSON.stringify(slot.context)
    groups.set(context, [...(groups.get(context) || []), slot])
  }
  for (const group of groups.values()) fetchFor(group)
}

async function fetchFor(group: readonly Slot[]): Promise<void> {
  const context = group[0]!.context!
  const text = JSON.stringify(context)
  const shown = [...slots.values()]
    .filter((it) => JSON.stringify(it.context) === text)
    .flatMap((it) => it.products)
    .slice(0, excludeCountMax)
  const wanted = group.map((it) => it.wanted)
  const body = await ask(context, wanted, shown)
  const answers = answersOf(body, context.language || 'en')
  group.forEach((slot, at) => {
    // It may have become another meanwhile.
    if (slots.get(slot.element) === slot) safely(() => show(slot, answers[at] || null))
  })
}
