/** What a slot shows where the shop brings no template: a heading and a row, or a grid, of products. */
import type { Answer, Item, Label } from './answer.js'
import { make } from './element.js'
import { moveBy } from './move.js'

export interface Look {
  readonly isGrid: boolean
  /** 2 to 6. */
  readonly headingLevel: string
  /** The page's own; '' for the service's. */
  readonly heading: string
}

/** Is handed what shows a product. */
export type Watch = (cards: readonly Element[], item: Item) => void

/** The room that products will have: as high as they are. Says nothing to anybody. */
export function bareBlock({ isGrid }: Look, count: number): HTMLElement {
  const cards = Array.from({ length: count }, () =>
    make(
      'li',
      'item',
      {},
      make('a', 'card', {}, make('span', 'image', {}), make('span', 'name', {}), priceOf()),
    ),
  )
  const top = make('div', 'top', {})
  return make(
    'div',
    isGrid ? 'box grid' : 'box',
    { 'aria-hidden': 'true' },
    top,
    make('ul', 'row', {}, ...cards),
  )
}

export function fullBlock(answer: Answer, look: Look, watchItem: Watch): HTMLElement {
  const { label } = answer
  const cards = answer.items.map((item) => {
    const card = make('li', 'item', {}, cardOf(item, label))
    watchItem([card], item)
    return card
  })
  // Without its dots, VoiceOver takes a list for none.
  const row = make('ul', 'row', { role: 'list' }, ...cards)
  const top = make('div', 'top', {})
  const title = look.heading || answer.title
  if (title) top.append(make(`h${look.headingLevel}` as 'h2', 'title', { id: 'title' }, title))
  const name = look.isGrid ? 'box grid' : 'box'
  const box = make('section', name, { 'aria-labelledby': 'title' }, top, row)
  if (!look.isGrid) top.append(moveBy(box, row, label))
  return box
}

function cardOf(
  { title, url, image, price, oldPrice }: Item,
  label: (name: Label) => string,
): HTMLElement {
  const frame = make('span', 'image', {})
  if (image) {
    // The address comes last, or it would be fetched at once.
    const picture = make('img', '', { alt: '', loading: 'lazy', src: image })
    // Better none than a browser's sign for a broken one.
    picture.addEventListener('error', () => picture.remove())
    frame.append(picture)
  }
  const hint = (name: Label): Node => make('span', 'hidden', {}, ` ${label(name)}: `)
  return make(
    'a',
    'card',
    { href: url },
    frame,
    make('span', 'name', {}, title),
    oldPrice
      ? priceOf(hint('oldPrice'), make('s', 'old', {}, oldPrice), hint('price'), now(price))
      : priceOf(now(price)),
  )
}

const now = (price: string): Node => make('b', 'now', {}, price)
const priceOf = (...parts: readonly (Node | string)[]): Node => make('span', 'price', {}, ...parts)
