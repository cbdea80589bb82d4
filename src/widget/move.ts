/** Buttons that move a row on and back: for whoever has no finger on it, and for keyboards. */
import { safely } from '../tag/reading.js'
import type { Label } from './answer.js'
import { make } from './element.js'

/** How much of what is in view goes out of it. */
const stepShare = 0.9

/**
 * @param box gets the class `moves` where there is more in the row than is in view.
 * @returns the buttons.
 */
export function moveBy(
  box: HTMLElement,
  row: HTMLElement,
  label: (name: Label) => string,
): HTMLElement {
  const button = (name: string, way: Label, step: number): HTMLElement => {
    const made = make('button', `button ${name}`, { type: 'button', 'aria-label': label(way) })
    made.addEventListener('click', () => {
      const isCalm = matchMedia('(prefers-reduced-motion:reduce)').matches
      row.scrollBy({
        left: step * side(row) * row.clientWidth * stepShare,
        behavior: isCalm ? 'auto' : 'smooth',
      })
    })
    return made
  }
  const back = button('back', 'previous', -1)
  const on = button('on', 'next', 1)
  const update = (): void => {
    const far = row.scrollWidth - row.clientWidth
    const at = Math.abs(row.scrollLeft)
    box.classList.toggle('moves', far > 1)
    box.classList.toggle('rtl', side(row) < 0)
    // Disabled in earnest, a button would lose the focus of whoever has just pressed it.
    back.setAttribute('aria-disabled', `${at <= 1}`)
    on.setAttribute('aria-disabled', `${at >= far - 1}`)
  }
  row.addEventListener('scroll', update, { passive: true })
  safely(() => new ResizeObserver(update).observe(row))
  return make('div', 'buttons', {}, back, on)
}

/** -1 where the page is written from right to left. */
const side = (row: HTMLElement): number => (getComputedStyle(row).direction === 'rtl' ? -1 : 1)
