/** One place for products on the page: what it waits with, what it becomes. */
import { safely } from '../tag/reading.js'
import type { Answer } from './answer.js'
import { bareBlock, fullBlock, type Look, type Watch } from './block.js'
import { make } from './element.js'
import type { Context } from './page.js'
import { watch } from './reports.js'
import { leaveUnseen } from './room.js'
import type { Wanted } from './service.js'
import { dress } from './style.js'
import { fill } from './template.js'

/** As the service has it. */
const limitMax = 24
/** A row has no more of them in view, and a grid of two rows. */
const bareCount = 8

/** For the shop's style sheet to know: `waiting`, `ready` or `empty`. */
const stateName = 'data-grosz-state'

export interface Slot {
  readonly element: HTMLElement
  /** Of its attributes: with others it is another slot. */
  readonly key: string
  readonly wanted: Wanted
  /** What the page is, since it was asked for; null before. */
  context: Context | null
  /** What it shows. */
  products: readonly string[]
  /** Within its shadow; null where the shop's template does without. */
  readonly stack: HTMLElement | null
}

/** Takes the room that products will need. What the shop wrote into the slot is seen meanwhile. */
export function openSlot(element: HTMLElement): Slot {
  const { groszSlot, limit } = element.dataset
  // Whole; 0 for what is none.
  const count = Number(limit) | 0
  const wanted = {
    slot: groszSlot || undefined,
    limit: count >= 1 ? Math.min(count, limitMax) : undefined,
  }
  element.setAttribute(stateName, 'waiting')
  return {
    element,
    key: keyOf(element),
    wanted,
    context: null,
    products: [],
    stack: templateOf(element) ? null : stackOf(element, wanted.limit || bareCount),
  }
}

function stackOf(element: HTMLElement, limit: number): HTMLElement | null {
  const shadow = element.shadowRoot || safely(() => element.attachShadow({ mode: 'open' }))
  if (!shadow) {
    console.warn('grosz: can not fill', element)
    return null
  }
  // Of before it became another: seen until it is known what comes instead.
  const earlier = shadow.querySelector<HTMLElement>('.stack')
  if (earlier) return earlier
  const look = lookOf(element)
  const bare = bareBlock(look, look.isGrid ? limit : Math.min(limit, bareCount))
  const stack = make('div', 'stack', {}, bare)
  if (hasContent(element)) {
    bare.style.visibility = 'hidden'
    stack.append(make('slot', '', {}))
  }
  dress(shadow)
  shadow.append(stack)
  return stack
}

/** @param answer null where there is none: then the slot is what the shop wrote into it, or goes. */
export function show(slot: Slot, answer: Answer | null): void {
  const { element, stack } = slot
  const { height } = element.getBoundingClientRect()
  const full = answer?.items.length ? answer : null
  if (full) fillSlot(slot, full)
  else stack?.replaceChildren(make('slot', '', {}))
  element.setAttribute(stateName, full ? 'ready' : 'empty')
  const event = { bubbles: true, detail: { answer: full } }
  element.dispatchEvent(new CustomEvent('grosz-slot', event))
  // Blank, it goes also where the shop's own style gives it room.
  const isBlank = !full && !hasContent(element)
  const leave = (): void => {
    element.style.minHeight = isBlank ? '0' : ''
  }
  const isLower = isBlank || element.getBoundingClientRect().height < height
  leaveUnseen(element, isLower ? height : 0, leave)
}

function fillSlot(slot: Slot, answer: Answer): void {
  const { element, stack } = slot
  const template = templateOf(element)
  const watchItem: Watch = (cards, { product }) => watch(cards, answer.id, product)
  slot.products = answer.items.map(({ product }) => product)
  if (stack) stack.replaceChildren(fullBlock(answer, lookOf(element), watchItem))
  else if (template) element.replaceChildren(fill(template, answer, watchItem))
}

function lookOf(element: HTMLElement): Look {
  const { layout, headingLevel, heading = '' } = element.dataset
  return {
    isGrid: layout === 'grid',
    headingLevel: /^[2-6]$/.test(headingLevel || '') ? headingLevel! : '2',
    heading,
  }
}

function templateOf({ dataset }: HTMLElement): HTMLTemplateElement | null {
  const selector = dataset['template']
  const found = selector ? safely(() => document.querySelector(selector)) : null
  return found instanceof HTMLTemplateElement ? found : null
}

const hasContent = ({ children, textContent }: Element): boolean =>
  children.length + textContent!.trim().length > 0

/** Attributes that say what is asked for, and how it is shown. */
export const observed = [
  'data-grosz-slot',
  ...'page product category query cart limit template layout heading'
    .split(' ')
    .map((name) => `data-${name}`),
]

export const keyOf = (element: Element): string =>
  observed.map((name) => element.getAttribute(name)).join('\n')
