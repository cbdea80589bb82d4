/**
 * The demo shops' pages about the visitor: cart, favourites, checkout, account. What is theirs is known to
 * their browser alone, so these are frames that the shop's script fills in.
 */
import { escapeHtml } from '../catalogue/creative/escape.js'
import { linkTo, type Page } from './page-frame.js'
import type { DemoShop } from './shops.js'

const field = (name: string, label: string, attributes: string): string =>
  `<p><label for="${name}">${escapeHtml(label)}</label><input id="${name}" name="${name}" ${attributes}></p>`

const back = ({ path, words }: DemoShop): string =>
  `<p><a class="more" href="${path}">${escapeHtml(words.backHome)}</a></p>`

export function cartPage(shop: DemoShop): Page {
  const { words } = shop
  const step = (name: string, sign: string, label: string): string =>
    `<button type="button" data-${name} aria-label="${escapeHtml(label)}">${sign}</button>`
  return {
    kind: 'cart',
    title: words.cart,
    content: `<div class="in"><h1>${escapeHtml(words.cart)}</h1>
<div data-empty hidden><p>${escapeHtml(words.cartEmpty)}</p>${back(shop)}</div>
<div class="cart" data-full hidden><ul class="lines"></ul>${summary(shop)}</div>
<template><li class="line"><a data-link tabindex="-1" aria-hidden="true"><img alt="" width="96" height="96"></a><a class="title" data-link></a>
<div class="count">${step('fewer', '−', words.fewer)}<output></output>${step('more', '+', words.more)}</div>
<b class="price"></b><button type="button" class="quiet" data-remove>${escapeHtml(words.remove)}</button></li></template></div>`,
    // What is in the cart, the shop's script says.
    slots: [{ id: 'cart' }],
  }
}

const summary = (shop: DemoShop): string => {
  const { words } = shop
  return `<aside class="sum"><dl><dt>${escapeHtml(words.delivery)}</dt><dd>${escapeHtml(words.freeDelivery)}</dd><dt>${escapeHtml(words.total)}</dt><dd data-total></dd></dl>
<a class="button" href="${linkTo(shop, 'checkout')}">${escapeHtml(words.checkout)}</a></aside>`
}

export function wishlistPage(shop: DemoShop): Page {
  const { words } = shop
  return {
    kind: 'wishlist',
    title: words.wishlist,
    content: `<div class="in"><h1>${escapeHtml(words.wishlist)}</h1>
<div data-empty hidden><p>${escapeHtml(words.wishlistEmpty)}</p>${back(shop)}</div><div class="grid" data-full hidden></div>
<template><div class="card"><a data-link tabindex="-1" aria-hidden="true"><img alt="" width="240" height="240"></a><a class="title" data-link></a><b class="price"></b>
<button type="button" class="quiet" data-remove>${escapeHtml(words.remove)}</button></div></template></div>`,
  }
}

export function checkoutPage(shop: DemoShop): Page {
  const { words } = shop
  const required = 'required maxlength="100"'
  return {
    kind: 'checkout',
    title: words.yourOrder,
    content: `<div class="in"><h1>${escapeHtml(words.yourOrder)}</h1>
<div data-empty hidden><p>${escapeHtml(words.cartEmpty)}</p>${back(shop)}</div>
<div class="cart" data-full hidden><form class="form" data-next="${linkTo(shop, 'thanks')}">
${field('name', words.name, `autocomplete="name" ${required}`)}
${field('email', words.email, `type="email" autocomplete="email" ${required}`)}
${field('street', words.street, `autocomplete="street-address" ${required}`)}
<div class="two">${field('postcode', words.postcode, `autocomplete="postal-code" ${required}`)}${field('city', words.city, `autocomplete="address-level2" ${required}`)}</div>
<p><label class="check"><input type="checkbox" name="gift"> ${escapeHtml(words.isGift)}</label></p>
<button class="button">${escapeHtml(words.pay)}</button></form>
<aside class="sum"><ul></ul><dl><dt>${escapeHtml(words.delivery)}</dt><dd>${escapeHtml(words.freeDelivery)}</dd><dt>${escapeHtml(words.total)}</dt><dd data-total></dd></dl></aside></div></div>`,
  }
}

export function thanksPage(shop: DemoShop): Page {
  const { words } = shop
  return {
    kind: 'thanks',
    title: words.thanks,
    content: `<div class="in"><div class="thanks"><div data-empty hidden><h1>${escapeHtml(words.noOrder)}</h1></div>
<div data-full hidden><h1>${escapeHtml(words.thanks)}</h1><p>${escapeHtml(words.orderNumber)} <b data-order></b>, <b data-total></b></p>
<p>${escapeHtml(words.thanksText)}</p></div>${back(shop)}</div></div>`,
    // What was bought, too.
    slots: [{ id: 'thank-you' }],
  }
}

export function accountPage(shop: DemoShop): Page {
  const { words } = shop
  return {
    kind: 'account',
    title: words.account,
    content: `<div class="in"><div class="narrow"><h1>${escapeHtml(words.account)}</h1>
<div data-known hidden><p>${escapeHtml(words.loggedInAs)} <b data-who></b></p><button type="button" class="button" data-log-out>${escapeHtml(words.logOut)}</button></div>
<form class="form" data-stranger hidden><p>${escapeHtml(words.logInText)}</p>
${field('customer', words.customerNumber, 'maxlength="64" inputmode="numeric" autocomplete="username"')}
${field('email', words.email, 'type="email" maxlength="100" autocomplete="email"')}
<button class="button">${escapeHtml(words.logIn)}</button></form></div></div>`,
  }
}

/** What native ads' privacy links lead to. */
export function privacyPage({ words }: DemoShop): Page {
  return {
    kind: 'other',
    title: words.privacy,
    content: `<div class="in"><div class="narrow"><h1>${escapeHtml(words.privacy)}</h1><p>${escapeHtml(words.privacyText)}</p></div></div>`,
  }
}

export function notFoundPage(shop: DemoShop): Page {
  const { words } = shop
  return {
    kind: 'other',
    title: words.notFound,
    content: `<div class="in"><h1>${escapeHtml(words.notFound)}</h1>${back(shop)}</div>`,
    slots: [{ id: 'not-found' }],
  }
}
