import { escapeHtml } from '../catalogue/creative/escape.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import { bannerSections } from './gallery-banners.js'
import { audioSection, videoSection } from './gallery-media.js'
import { nativeSection } from './gallery-native.js'
import { galleryStyle } from './gallery-style.js'

/**
 * Every format with a shop's own products, made by what makes creatives for bids: banners in each
 * template and size, native ads as publishers show them, videos and spots with their documents.
 *
 * Nothing in it calls us: its links and pixels lead nowhere.
 *
 * @param shopId null for the first shop.
 * @returns an HTML page; null where there is no such shop.
 */
export function galleryPage(snapshot: Snapshot, shopId: string | null): string | null {
  const shop = shopId === null ? 0 : snapshot.shops.findIndex((it) => it.id === shopId)
  if (snapshot.shops[shop] === undefined) return null
  const row = snapshot.shopRows.find((it) => snapshot.shopOf[it] === shop)
  if (row === undefined)
    return page(
      snapshot,
      shop,
      '<p>This shop has no campaign yet, so nothing of it is shown anywhere.</p>',
    )
  const sections = {
    Banners: bannerSections(snapshot, row, shop),
    Native: nativeSection(snapshot, row, shop),
    Video: videoSection(snapshot, row, shop),
    Audio: audioSection(snapshot, row, shop),
  }
  const links = Object.keys(sections).map((name) => `<a href="#${name.toLowerCase()}">${name}</a>`)
  const content = Object.entries(sections).map(
    ([name, section]) => `<div id="${name.toLowerCase()}">${section}</div>`,
  )
  return page(snapshot, shop, `<nav>${links.join('')}</nav>${content.join('')}`)
}

function page(snapshot: Snapshot, shown: number, content: string): string {
  const shops = snapshot.shops.map(({ id, name }, index) =>
    index === shown
      ? `<b>${escapeHtml(name)}</b>`
      : `<a href="?shop=${encodeURIComponent(id)}">${escapeHtml(name)}</a>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gallery: ${escapeHtml(snapshot.shops[shown]!.name)}</title><style>${galleryStyle}</style></head><body><h1>Gallery</h1><nav>${shops.join('')}</nav>${content}</body></html>`
}
