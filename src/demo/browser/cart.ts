/** The visitor's cart and favourites. Each change is told to the data layer, and the page's counts follow. */
import { tell } from './layer.js'
import type { Line, Product } from './page.js'
import { find, load, save } from './page.js'

const lineCountMax = 50
const quantityMax = 20

export const cart = (): Line[] => load<Line[]>('cart', [])
export const wishlist = (): Product[] => load<Product[]>('wishlist', [])

/** Puts more of a product into the cart, or with a negative number takes some out. */
export function change(product: Product, by: number): void {
  const lines = cart()
  const before = lines.find((it) => it.product.id === product.id)?.quantity ?? 0
  const quantity = Math.max(0, Math.min(before + by, quantityMax))
  if (quantity === before || (before === 0 && lines.length >= lineCountMax)) return
  const line = { product, quantity }
  const isNew = before === 0
  const changed = isNew
    ? [...lines, line]
    : lines.map((it) => (it.product.id === product.id ? line : it))
  save(
    'cart',
    changed.filter((it) => it.quantity > 0),
  )
  const moved = Math.abs(quantity - before)
  tell(quantity > before ? 'add_to_cart' : 'remove_from_cart', [{ product, quantity: moved }])
  showCounts()
}

export function emptyCart(): void {
  save('cart', [])
  showCounts()
}

export const isWished = ({ id }: Product): boolean => wishlist().some((it) => it.id === id)

export function toggleWish(product: Product): void {
  const isOff = isWished(product)
  const others = wishlist().filter(({ id }) => id !== product.id)
  save('wishlist', isOff ? others : [...others, product].slice(-lineCountMax))
  tell(isOff ? 'remove_from_wishlist' : 'add_to_wishlist', [{ product, quantity: 1 }])
  showCounts()
}

export function showCounts(): void {
  const show = (selector: string, count: number): void => {
    const badge = find(`${selector} b`)
    if (badge === null) return
    badge.textContent = String(count)
    badge.hidden = count === 0
  }
  show(
    '[data-cart]',
    cart().reduce((sum, { quantity }) => sum + quantity, 0),
  )
  show('[data-wishlist]', wishlist().length)
}
