/** Fills in the pages that are about the visitor. */
import { cart, change, emptyCart, toggleWish, wishlist } from './cart.js'
import { identify } from './consent.js'
import { grosz, tell } from './layer.js'
import { find, type Line, load, money, type Product, save, showFull, total } from './page.js'

/** The page's template once more, with a product's picture, name and links. */
function filled(product: Product): HTMLElement {
  const template = find<HTMLTemplateElement>('template')!
  const element = template.content.firstElementChild!.cloneNode(true) as HTMLElement
  for (const link of element.querySelectorAll<HTMLAnchorElement>('[data-link]'))
    link.href = product.link
  const image = find<HTMLImageElement>('img', element)!
  image.src = product.image
  find('.title', element)!.textContent = product.title
  return element
}

const onClick = (within: ParentNode, selector: string, action: () => void): void =>
  find(selector, within)?.addEventListener('click', action)

export function showCart(): void {
  const lines = cart()
  showFull(lines.length > 0)
  find('[data-total]')!.textContent = money(total(lines))
  find('.lines')!.replaceChildren(...lines.map(cartLine))
  tellSlot('cart', lines)
}

/** Says to the page's recommendations which products they are to go with. */
function tellSlot(attribute: 'cart' | 'product', lines: readonly Line[]): void {
  const slot = find('[data-grosz-slot]')
  if (slot !== null) slot.dataset[attribute] = lines.map(({ product }) => product.id).join(',')
}

function cartLine({ product, quantity }: Line): HTMLElement {
  const element = filled(product)
  find('output', element)!.textContent = String(quantity)
  find('.price', element)!.textContent = money(product.price * quantity)
  const by = (count: number, focused: string) => () => {
    change(product, count)
    showCart()
    // The page was made anew: whoever goes by keys is to find themselves where they were.
    find(`[data-id="${product.id}"] ${focused}`)?.focus()
  }
  element.dataset['id'] = product.id
  onClick(element, '[data-fewer]', by(-1, '[data-fewer]'))
  onClick(element, '[data-more]', by(1, '[data-more]'))
  onClick(element, '[data-remove]', by(-quantity, ''))
  return element
}

export function showWishlist(): void {
  const products = wishlist()
  showFull(products.length > 0)
  const cards = products.map((product) => {
    const element = filled(product)
    find('.price', element)!.textContent = money(product.price)
    onClick(element, '[data-remove]', () => {
      toggleWish(product)
      showWishlist()
    })
    return element
  })
  find('.grid')!.replaceChildren(...cards)
}

interface Order {
  readonly number: string
  readonly lines: readonly Line[]
  readonly isGift: boolean
}

export function showCheckout(): void {
  const lines = cart()
  showFull(lines.length > 0)
  find('[data-total]')!.textContent = money(total(lines))
  const entries = lines.map(({ product, quantity }) => {
    const entry = document.createElement('li')
    entry.textContent = `${quantity} × ${product.title}`
    return entry
  })
  find('.sum ul')!.replaceChildren(...entries)
  if (lines.length > 0) tell('begin_checkout', lines)
  const form = find<HTMLFormElement>('.form')!
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const answers = new FormData(form)
    const number = `Z-${Date.now().toString(36).toUpperCase()}`
    identify(load('customer', ''), String(answers.get('email') ?? ''))
    save('order', { number, lines: cart(), isGift: answers.get('gift') !== null } satisfies Order)
    emptyCart()
    location.href = form.dataset['next']!
  })
}

/** The order that was just made; told of once, however often the page is looked at. */
export function showThanks(): void {
  const order = load<Order | null>('order', null)
  showFull(order !== null)
  if (order === null) return
  const { number, lines, isGift } = order
  find('[data-order]')!.textContent = number
  find('[data-full] [data-total]')!.textContent = money(total(lines))
  tellSlot('product', lines)
  if (load('told', '') !== number)
    tell('purchase', lines, { transaction_id: number, ...(isGift ? { gift: true } : {}) })
  save('told', number)
}

export function showAccount(): void {
  const who = load<string>('who', '')
  const form = find<HTMLFormElement>('[data-stranger]')!
  form.hidden = who !== ''
  find('[data-known]')!.hidden = who === ''
  find('[data-who]')!.textContent = who
  onClick(document, '[data-log-out]', () => {
    for (const name of ['who', 'customer']) save(name, null)
    grosz('reset')
    location.reload()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const answers = new FormData(form)
    const customer = String(answers.get('customer')).trim()
    const email = String(answers.get('email')).trim()
    if (customer === '' && email === '') return
    identify(customer, email)
    save('customer', customer)
    save('who', customer === '' ? email : customer)
    showAccount()
  })
}
