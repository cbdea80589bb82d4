/** A demo shop's script: what its pages do, and what they tell the data layer. */
import { cart, change, isWished, showCounts, toggleWish } from './cart.js'
import { askForConsent, identify } from './consent.js'
import { grosz, tell, tellList } from './layer.js'
import { showAccount, showCart, showCheckout, showThanks, showWishlist } from './own-pages.js'
import { category, find, findAll, kind, productOf, query } from './page.js'

const toastMs = 2_200

askForConsent()
showCounts()
const pages: Readonly<Record<string, () => void>> = {
  product: showProduct,
  category: () => tellList('view_item_list', listed(), { item_list_name: category }),
  search: () => tellList('view_search_results', listed(), { search_term: query }),
  cart: () => {
    showCart()
    tell('view_cart', cart())
  },
  wishlist: showWishlist,
  checkout: showCheckout,
  thanks: showThanks,
  account: showAccount,
}
pages[kind]?.()

/** The products that a list begins with: as many as anybody looks at. */
function listed() {
  return findAll('.card').slice(0, 24).map(productOf)
}

function showProduct(): void {
  const article = find('article')!
  const product = productOf(article)
  const line = { product, quantity: 1 }
  tell('view_item', [line])
  find('[data-add]')?.addEventListener('click', () => {
    change(product, 1)
    toast('added')
  })
  const heart = find('[data-wish]')
  if (heart !== null) {
    const [on, off] = [heart.getAttribute('aria-label')!, heart.dataset['off']!]
    const show = (): void => {
      heart.setAttribute('aria-pressed', String(isWished(product)))
      heart.setAttribute('aria-label', isWished(product) ? off : on)
    }
    heart.addEventListener('click', () => {
      toggleWish(product)
      show()
    })
    show()
  }
  const form = find<HTMLFormElement>('.notify')
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    identify('', String(new FormData(form).get('email')))
    grosz('event', 'back_in_stock', { items: [{ item_id: product.id }] })
    form.replaceChildren(form.dataset['notify']!)
  })
}

/** Says something for a moment, on the screen and to screen readers. */
function toast(name: string): void {
  const element = find('.toast')!
  element.textContent = element.dataset[name] ?? ''
  element.classList.add('on')
  setTimeout(() => element.classList.remove('on'), toastMs)
}
