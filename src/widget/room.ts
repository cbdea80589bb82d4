/**
 * Lets a slot become lower without moving what is in view: only once it has gone out of view below, or above
 * where the browser keeps the rest in its place (scroll anchoring).
 */
import { safely } from '../tag/reading.js'

const held = new WeakMap<Element, () => void>()
let leaving: IntersectionObserver | null = null

/**
 * @param slot whose room may go; it keeps its height until then.
 * @param height that it had before, in pixels; 0 where it needs none of it kept, and goes at once.
 * @param leave gives the height back to the page.
 */
export function leaveUnseen(slot: HTMLElement, height: number, leave: () => void): void {
  leaving ||= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const isAbove = boundingClientRect.bottom <= 0
      const isAnchored = safely(() => CSS.supports('overflow-anchor', 'auto'))
      if (isIntersecting || (isAbove && !isAnchored)) continue
      leaving!.unobserve(target)
      held.get(target)!()
    }
  })
  // Of an answer before.
  leaving.unobserve(slot)
  if (height === 0) {
    leave()
    return
  }
  slot.style.minHeight = `${height}px`
  held.set(slot, leave)
  leaving.observe(slot)
}
