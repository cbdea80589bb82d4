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

/** What shows a product is watched for. */
interface Card {
  readonly answer: string
  readonly product: string
  timer: number
  isSeen?: true
  isClicked?: true
}

const cards = new WeakMap<Element, Card>()
let observer: IntersectionObserver | null = null
let waiting: Happening[] = []
let sending = 0

/** @param elements that together show a product, with whatever leads to it. */
export function watch(elements: readonly Element[], answer: string, product: string): void {
  const card: Card = { answer, product, timer: 0 }
  observer ||= open()
  for (const element of elements) {
    cards.set(element, card)
    observer.observe(element)
    const onClick = (event: Event): void => {
      // Of the other buttons, the middle one opens a tab.
      if (event.type === 'auxclick' && (event as MouseEvent).button !== 1) return
      if (event.composedPath().some((it) => it instanceof HTMLAnchorElement)) clicked(card)
    }
    element.addEventListener('click', onClick)
    element.addEventListener('auxclick', onClick)
  }
}

const isHidden = (): boolean => document.visibilityState === 'hidden'

function open(): IntersectionObserver {
  document.addEventListener('visibilitychange', () => {
    if (isHidden()) send()
  })
  addEventListener('pagehide', send)
  return new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        const card = cards.get(target)!
        clearTimeout(card.timer)
        if (intersectionRatio >= seenShare) begin(card)
      }
    },
    { threshold: seenShare },
  )
}

function begin(card: Card): void {
  card.timer = setTimeout(() => {
    // Whoever comes back to the tab has a second from then, at most.
    if (isHidden()) begin(card)
    else seen(card)
  }, seenMs)
}

function seen(card: Card): void {
  if (card.isSeen) return
  card.isSeen = true
  tell('view', card)
  if (waiting.length >= batchCountMax) send()
  else sending ||= setTimeout(send, gatherMs)
}

function clicked(card: Card): void {
  if (card.isClicked) return
  card.isClicked = true
  // Whoever clicks has seen it, be it for less than a second.
  seen(card)
  tell('click', card)
  send()
}

function tell(type: 'view' | 'click', { answer, product }: Card): void {
  waiting.push({ answer, type, product })
}

function send(): void {
  clearTimeout(sending)
  sending = 0
  if (waiting.length) report(waiting)
  waiting = []
}
