/** What a product is in a table, worked out in the plainest way there is: what the quick one is held against. */
import { keyOf } from '../../src/base/key.js'
import { cutLengths } from '../../src/catalogue/creative/native-text.js'
import type { PieceShop } from '../../src/catalogue/product-pieces.js'
import { ProductFlag } from '../../src/catalogue/product-table.js'
import type { Product } from '../../src/catalogue/products.js'

type SignTarget = (shopKey: number, url: string) => string

export function slowPieces(shop: PieceShop, product: Product, signTarget: SignTarget) {
  const { title, priceMicros, salePriceMicros, currency } = product
  const isOnSale = salePriceMicros !== undefined && salePriceMicros < priceMicros
  const paidMicros = isOnSale ? salePriceMicros : priceMicros
  const link = slowResolve(product.link, shop.url)
  const image = slowResolve(product.image, shop.url)
  const isShown =
    product.inStock &&
    link !== null &&
    image !== null &&
    Buffer.from(link).toString('base64url').length <= 2_500
  if (!isShown) return { flags: 0, priceMicros: paidMicros, pieces: Buffer.alloc(0) }
  const price = (micros: number): string =>
    new Intl.NumberFormat(shop.language, {
      style: 'currency',
      currency,
      trailingZeroDisplay: 'stripIfInteger',
    }).format(micros / 1e6)
  const target = `.${signTarget(keyOf(shop.id), link)}.${Buffer.from(link).toString('base64url')}`
  const html = escaped(slowClean(title, 90))
  const percent = isOnSale ? Math.floor((1 - paidMicros / priceMicros) * 100) : 0
  const paid = price(paidMicros)
  const isLong = paid.length > 10
  const markup =
    `${target}" target="_blank" rel="noopener"><img src="${escaped(image)}" alt="${html}">` +
    (percent >= 5 ? `<small>−${percent}%</small>` : '') +
    `<div><span aria-hidden="true">${html}</span><b${isLong ? ' class="l"' : ''}>` +
    `${escaped(isLong ? paid.replace(/\s/g, ' ') : paid)}</b>` +
    `${isOnSale ? `<s>${escaped(price(priceMicros))}</s>` : ''}</div>`
  const piece = Buffer.from(jsonOf(markup))
  const { imageWidth: width, imageHeight: height } = product
  const isSized = width !== undefined && height !== undefined
  const own = slowText(title)
  const rating = product.rating ?? 0
  const record = slowRecord(
    image,
    isSized ? { width, height } : (shop.pictures ?? { width: 0, height: 0 }),
    isSized,
    [
      [target, false],
      [own, true],
      [image, false],
      [slowText(slowPlain(product.description ?? '')) || own, true],
      [slowText(product.brand || product.category.split(/[>›]/).at(-1)!), true],
      [price(priceMicros), false],
      [isOnSale ? paid : '', false],
      [rating < 0.05 ? '' : String(Math.round(rating * 10) / 10), false],
    ],
    piece,
  )
  const flags =
    ProductFlag.shown |
    (isOnSale ? ProductFlag.onSale : 0) |
    (slowSecure(link) && slowSecure(image) ? ProductFlag.secure : 0) |
    (record.length > 0 ? ProductFlag.native : 0)
  return { flags, priceMicros: paidMicros, pieces: Buffer.concat([piece, record]) }
}

export function slowResolve(reference: string, base: string): string | null {
  if (!URL.canParse(reference, base)) return null
  const url = new URL(reference, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  url.username = ''
  url.password = ''
  return url.href
    .replaceAll('{', '%7B')
    .replaceAll('}', '%7D')
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/%24(?=%7b)/gi, '$')
}

export function slowSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  const isHere =
    /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost'
  return protocol === 'https:' || isHere || hostname.endsWith('.localhost')
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const characterAt = (text: string, at: number): number =>
  [...graphemes.segment(text)].findLast(({ index }) => index <= at)?.index ?? 0

export function slowClean(text: string, lengthMax: number): string {
  const clean = text
    .slice(0, lengthMax * 8)
    .replace(/(?![\t-\r])\p{Cc}/gu, '')
    .replace(
      /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g,
      '',
    )
    .replace(/\p{Surrogate}|\p{Noncharacter_Code_Point}/gu, '\ufffd')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length <= lengthMax
    ? clean
    : `${clean.slice(0, characterAt(clean, lengthMax - 1)).trimEnd()}…`
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' },
  ...{ '`': '&#96;', $: '&#36;', '%': '&#37;' },
}
const escaped = (text: string): string =>
  text.replace(/[&<>"'`]|\$(?=\{)|%(?=%)/g, (it) => entities[it]!)
const jsonOf = (text: string): string => JSON.stringify(text).slice(1, -1)

export const slowPlain = (text: string): string =>
  text
    .slice(0, 5_000)
    .replace(/<[!/]?[a-z][^<>]{0,500}>|<!--.{0,2000}?-->/gis, ' ')
    .replace(
      /&(?:#(\d{1,7})|#x([\da-f]{1,5})|(amp|lt|gt|quot|apos|nbsp));/gi,
      (_, decimal?: string, hexadecimal?: string, name?: string) => {
        const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
        if (name !== undefined) return names[name.toLowerCase() as keyof typeof names]
        const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal)
        return code <= 0x10ffff ? String.fromCodePoint(code) : ''
      },
    )

export function slowText(text: string): string {
  const clean = slowClean(text.slice(0, 140 * 8), 140 * 4)
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('"', '”')
    .replace(/\$(?=\{)|%(?=%)/g, '$& ')
  const cut = slowCut(clean, 140)
  return cut === clean.length ? clean : cut === 0 ? '' : `${clean.slice(0, cut)}…`
}

export function slowCut(text: string, lengthMax: number): number {
  if (text.length <= lengthMax) return text.length
  const most = lengthMax - 1
  const space = text.lastIndexOf(' ', most)
  const start = text.slice(0, space >= most * 0.6 ? space : characterAt(text, most))
  return start.replace(/[\s,;:.!?([{/&+–—-]+$/, '').length
}

function slowRecord(
  url: string,
  { width, height }: { width: number; height: number },
  isSized: boolean,
  parts: readonly (readonly [text: string, isShortened: boolean])[],
  host: Buffer,
): Buffer {
  const types = ['jpeg', 'png', 'gif', 'webp', 'svg+xml', 'avif']
  const extension = /\.([a-z]{3,5})$/.exec(new URL(url).pathname.toLowerCase())?.[1] ?? ''
  const type = types.indexOf(({ jpg: 'jpeg', svg: 'svg+xml' } as never)[extension] ?? extension) + 1
  const cuts = parts.map(([text, isShortened]) =>
    cutLengths
      .filter((length) => isShortened && length < text.length)
      .map((length) => Buffer.byteLength(jsonOf(text.slice(0, slowCut(text, length))))),
  )
  let length = 6 + 6 * parts.length + 2 * cuts.flat().length
  const own: Buffer[] = []
  const heads = parts.map(([text], index) => {
    const json = Buffer.from(jsonOf(text))
    const same = parts.findIndex((it) => it[0] === text)
    return { json, same, index, offset: host.indexOf(json) }
  })
  for (const head of heads) {
    if (head.offset >= 0) continue
    if (head.same < head.index) head.offset = heads[head.same]!.offset
    else {
      head.offset = host.length + length
      own.push(head.json)
      length += head.json.length
    }
  }
  if (host.length + length > 0xffff) return Buffer.alloc(0)
  const u16 = (value: number): Buffer => Buffer.of(value & 0xff, value >> 8)
  return Buffer.concat([
    ...[u16(width), u16(height), Buffer.of(type | (isSized ? 0 : 0x80), parts.length)],
    ...heads.flatMap(({ json, offset, index }) => [
      ...[u16(offset), u16(json.length)],
      Buffer.of(Math.min(parts[index]![0].length, 0xff), cuts[index]!.length),
    ]),
    ...cuts.flat().map(u16),
    ...own,
  ])
}
