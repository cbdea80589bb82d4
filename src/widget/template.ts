/** Shows an answer in the shop's own markup: a `<template>` of its page. See docs/widget.md. */
import { own, textOf } from '../tag/reading.js'
import type { Answer, Item } from './answer.js'
import type { Watch } from './block.js'

const fieldLengthMax = 2_000

/**
 * The template filled in. Its element with `data-grosz-each` comes once for each product; without one, all of
 * the template does.
 */
export function fill(
  template: HTMLTemplateElement,
  answer: Answer,
  watchItem: Watch,
): DocumentFragment {
  const whole = document.importNode(template.content, true)
  const each = whole.querySelector('[data-grosz-each]')
  const place = document.createComment('')
  if (each) each.replaceWith(place)
  else {
    whole.textContent = ''
    whole.appendChild(place)
  }
  bindAll(whole, answer)
  for (const item of answer.items) {
    const piece = document.createDocumentFragment()
    piece.appendChild(document.importNode(each || template.content, true))
    bindAll(piece, item)
    watchItem(Array.from(piece.children), item)
    place.before(piece)
  }
  place.remove()
  return whole
}

/** Text stays text, and an address is one of the web's: see answer.ts. */
function bindAll(root: DocumentFragment, values: Answer | Item): void {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    const { groszText, groszIf } = element.dataset
    const fieldOf = (name: string): string => textOf(own(values, name), fieldLengthMax) || ''
    if (groszIf !== undefined && !fieldOf(groszIf)) element.remove()
    // What is in these would run, or restyle the page.
    else if (groszText !== undefined && !/^(script|style)$/i.test(element.localName))
      element.textContent = fieldOf(groszText)
    if ('groszHref' in element.dataset && element instanceof HTMLAnchorElement)
      element.href = fieldOf('url')
    if ('groszSrc' in element.dataset && element instanceof HTMLImageElement) {
      if (fieldOf('image')) element.src = fieldOf('image')
      else element.remove()
      // Its name is beside it.
      if (!element.hasAttribute('alt')) element.alt = ''
    }
  }
}
