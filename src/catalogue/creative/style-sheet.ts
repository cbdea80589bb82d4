import type { BannerSize } from '../sizes.js'
import type { Arrangement } from './arrangement.js'
import { buttonLine, lineHeight } from './arrangement.js'

/**
 * The style of one size with one number of products. Colours come from the brand as custom
 * properties: `--a` action, `--o` on it, `--b` background, `--c` card, `--t` text, `--m` muted text,
 * `--h` header, `--n` on it, `--x` action in the header, `--y` on it, `--r` sale price, `--s` sale badge, `--z` on it.
 *
 * Elements: `.h` header link, `.p` product link with picture, `em` badge, `b` title, `i` price,
 * `.l` one of many
 * digits, `s` old price; `u` call to action. Works in quirks mode too: exchanges decide about the doctype.
 */
export function styleSheet(size: BannerSize, productCount: number, a: Arrangement): string {
  return [
    'body{margin:0}',
    '.gz,.gz *{box-sizing:border-box}',
    `.gz{position:relative;display:grid;grid:${grid(a, productCount)};gap:${a.gap}px;padding:${a.gap}px;` +
      `width:${size.width}px;height:${size.height}px;max-width:100%;overflow:hidden;` +
      `background:var(--b);color:var(--t);font:${a.titleSize}px/${lineHeight} -apple-system,Segoe UI,Roboto,Arial,sans-serif}`,
    `.gz a{position:relative;display:flex;overflow:hidden;align-items:center;` +
      `border-radius:${a.radius}px;color:inherit;text-decoration:none}`,
    ...header(size, productCount, a),
    action(a),
    ...(productCount > 0 ? product(a) : []),
    '.gz>img{position:absolute;opacity:0}',
  ].join('')
}

function grid(a: Arrangement, productCount: number): string {
  if (productCount === 0) return '1fr/1fr'
  const tracks = (count: number): string => (count === 1 ? '1fr' : `repeat(${count},1fr)`)
  if (!a.headerOnTop) return `1fr/${a.header}px ${tracks(a.columns)}`
  const foot = a.foot > 0 ? ` ${a.foot}px` : ''
  return `${a.header}px ${tracks(a.rows)}${foot}/${tracks(a.columns)}`
}

function header(size: BannerSize, productCount: number, a: Arrangement): string[] {
  const isRow = a.headerOnTop && productCount > 0
  const place =
    (isRow && a.columns > 1 ? 'grid-column:1/-1;' : '') + (isRow ? '' : 'flex-direction:column;')
  const isShared = a.action === 'header' || (a.action === 'foot' && productCount === 0)
  const justify = !isShared ? 'center' : isRow ? 'space-between' : 'space-evenly'
  // The call to action at the foot stands outside of the header whose link holds it.
  const position = a.action === 'foot' ? 'position:static;' : ''
  // A header that is alone has room for a larger logo.
  const logoHeight = productCount === 0 ? Math.round(Math.min(size.height / 3, 64)) : a.logoHeight
  return [
    `.gz .h{${position}${place}justify-content:${justify};gap:4px;` +
      `padding:2px ${a.headerOnTop ? 10 : 8}px;background:var(--h);color:var(--n)}`,
    `.h img{min-width:0;max-width:100%;height:${logoHeight}px;object-fit:contain}`,
  ]
}

function action(a: Arrangement): string {
  const isOnHeader = a.action === 'header'
  const colours = isOnHeader
    ? 'background:var(--x);color:var(--y)'
    : 'background:var(--a);color:var(--o)'
  const pill = `padding:0 ${Math.round(a.actionSize * 0.9)}px;border-radius:99px;line-height:${buttonLine}`
  const place =
    a.action === 'foot'
      ? `position:absolute;right:${a.gap}px;bottom:${a.gap}px;left:${a.gap}px;` +
        `border-radius:${a.radius}px;line-height:${a.foot}px`
      : a.action === 'bar'
        ? `${pill};grid-column:1/-1;justify-self:stretch`
        : pill
  return (
    `.gz u{flex:none;overflow:hidden;max-width:100%;${colours};${place};font-size:${a.actionSize}px;` +
    'font-weight:600;text-align:center;text-decoration:none;text-overflow:ellipsis;white-space:nowrap}' +
    '.gz a:hover u{filter:brightness(1.1)}'
  )
}

function product(a: Arrangement): string[] {
  const p = a.padding
  const hasOwn = a.action === 'under' || a.action === 'bar'
  const isGrid = hasOwn && !a.pictureAbove
  const between = a.pictureAbove ? p : p * 2
  // In a grid, picture and text share the first row; the button's place is its own.
  const flow = !isGrid
    ? `gap:${between}px`
    : a.action === 'bar'
      ? `display:grid;grid:1fr auto/auto 1fr;gap:${p}px ${between}px`
      : `display:grid;grid:3fr 2fr/auto 1fr;gap:${p}px ${between}px;justify-items:start`
  const picture = isGrid && a.action === 'under' ? ';grid-row:1/3' : ''
  const text = isGrid && a.action === 'under' ? ';align-self:end' : ''
  const column = 'flex-direction:column;align-items:stretch;'
  return [
    `.gz .p{${a.pictureAbove ? column : ''}${flow};padding:${p}px;background:var(--c)}`,
    `.p img{flex:none;width:${a.pictureWidth}px;height:${a.pictureHeight}px;object-fit:contain;` +
      `border-radius:${Math.max(3, a.radius - 3)}px;background:#fff${picture}}`,
    ...(a.pictureAbove ? [] : [`.p span{flex:1;min-width:0${text}}`]),
    `.p b{display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;` +
      `-webkit-line-clamp:${a.titleLineCount};font-weight:400;overflow-wrap:anywhere` +
      // So that prices side by side stand on one line.
      (a.pictureAbove ? `;height:${a.titleLineCount * lineHeight}em}` : '}'),
    `.p i{font-size:${a.priceSize}px;white-space:nowrap}.p i:has(+s){color:var(--r)}`,
    '.p i,em{font-style:normal;font-weight:700}',
    // A price is never cut: one of many digits is set smaller, and breaks where even that is too wide.
    `.p .l{font-size:${Math.max(11, Math.round(a.priceSize * 0.74))}px;white-space:normal}`,
    `.p s{${a.oldPriceBelow ? 'display:block' : 'margin-inline-start:6px'};color:var(--m);font-size:.85em}`,
    `.p em{position:absolute;inset-inline-start:${p}px;top:${p}px;padding:0 5px;border-radius:99px;` +
      `background:var(--s);color:var(--z);font-size:11px;line-height:18px}`,
  ]
}
