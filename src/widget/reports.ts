/**
 * Tells the service which of its products were seen and which were clicked: each once per answer. Seen is what
 * was at least half in view for a second, in a tab that is itself in view.
 */
import { type Happening, report } from './service.js'

const seenShare = 0.5
const seenMs = 1_000
/** What is seen together is told together. */
const gatherMs = 500
const batchCountMax = 50

/** What cards are watched for. */
interface Card {
  readonly answer: string
  readonly product: string
  timer: number
  isSeen: boolean
  isClicked: boolean
}

const cards = new WeakMap<Element, Card>()
/** Those that are to be seen yet. */
const unseen = new Set<Element>()
let observer: IntersectionObserver | null = null
let waiting: Happening[] = []
let timer = 0

/** @param elements that together show a product, with whatever leads to it. */
export function watch(elements: readonly Element[], answer: string, product: string): void {
  const card: Card = { answer, product, timer: 0, isSeen: false, isClicked: false }
  observer ||= open()
  for (const element of elements) {
    cards.set(element, card)
    unseen.add(element)
    observer.observe(element)
    const onClick = (event: Event): void => {
      // Of the other buttons, the middle one opens a tab.
      if (event.type === 'auxclick' && (event as MouseEvent).button !== 1) return
      if (event.composedPath().some((it) => it instanceof HTMLAnchorElement)) clicked(element)
    }
    element.addEventListener('click', onClick)
    element.addEventListener('auxclick', onClick)
  }
}

function open(): IntersectionObserver {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      for (const element of unseen) stop(element)
      send()
    } else for (const element of unseen) look(element)
  })
  addEventListener('pagehide', send)
  return new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        stop(target)
        if (intersectionRatio >= seenShare) begin(target)
      }
    },
    { threshold: seenShare },
  )
}

/** Anew, as if it had just come. */
function look(element: Element): void {
  observer!.unobserve(element)
  if (element.isConnected) observer!.observe(element)
  else unseen.delete(element)
}

function stop(element: Element): void {
  clearTimeout(cards.get(element)!.timer)
}

function begin(element: Element): void {
  const card = cards.get(element)!
  card.timer = setTimeout(() => {
    if (document.visibilityState === 'hidden') return
    seen(element, card)
    if (waiting.length >= batchCountMax) send()
    else if (!timer) timer = setTimeout(send, gatherMs)
  }, seenMs)
}

function seen(element: Element, card: Card): void {
  observer!.unobserve(element)
  unseen.delete(element)
  if (card.isSeen) return
  card.isSeen = true
  waiting.push({ answer: card.answer, type: 'view', product: card.product })
}

function clicked(element: Element): void {
  const card = cards.get(element)!
  if (card.isClicked) return
  card.isClicked = true
  // Whoever clicks has seen it, be it for less than a second.
  seen(element, card)
  waiting.push({ answer: card.answer, type: 'click', product: card.product })
  send()
}

function send(): void {
  clearTimeout(timer)
  timer = 0
  if (waiting.length > 0) report(waiting)
  waiting = []
}
