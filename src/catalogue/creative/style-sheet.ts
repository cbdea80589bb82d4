import type { Arrangement } from './arrangement.js'
import { lineHeight } from './arrangement.js'

/**
 * The style of one size with one number of products. Colours come from the brand as custom
 * properties: `--a` action, `--o` on it, `--b` background, `--c` card, `--t` text, `--m` muted text,
 * `--h` header, `--n` on it, `--x` action in the header, `--y` on it, `--r` sale price, `--s` sale badge, `--z` on it.
 *
 * Elements: `.h` header link, `.p` product link; in both, `b` the call to action (`.l` a long one). In a product: picture,
 * `small` badge, `div` text with `span` title, `b` price (`.l` one of many digits), `s` old price.
 * Works in quirks mode too: exchanges decide about the doctype.
 */
export function styleSheet(a: Arrangement): string {
  return [
    'body{margin:0}',
    '.gz,.gz *{box-sizing:border-box}',
    `.gz{position:relative;display:grid;grid:${grid(a)};gap:${a.gap}px;padding:${a.gap}px;` +
      `width:${a.width}px;height:${a.height}px;max-width:100%;overflow:hidden;background:var(--b);` +
      `color:var(--t);font:${a.titleSize}px/${lineHeight} -apple-system,Segoe UI,Roboto,Arial,sans-serif}`,
    `.gz a{position:relative;display:flex;overflow:hidden;align-items:center;` +
      `border-radius:${a.radius}px;color:inherit;text-decoration:none}`,
    header(a),
    action(a),
    ...(a.productCount > 0 ? product(a) : []),
    '.gz>img{position:absolute;opacity:0}',
  ].join('')
}

function grid(a: Arrangement): string {
  if (a.productCount === 0) return '1fr/1fr'
  const tracks = (count: number): string => (count === 1 ? '1fr' : `repeat(${count},1fr)`)
  if (!a.headerOnTop) return `1fr/${a.header}px ${tracks(a.columns)}`
  const foot = a.foot > 0 ? ` ${a.foot}px` : ''
  return `${a.header}px ${tracks(a.rows)}${foot}/${tracks(a.columns)}`
}

function header(a: Arrangement): string {
  const isAlone = a.productCount === 0
  // The call to action at the foot stands outside of the header whose link holds it.
  const position = a.action === 'foot' ? 'position:static;' : ''
  const across = !isAlone && a.headerOnTop && a.columns > 1 ? 'grid-column:1/-1;' : ''
  const direction = a.headerInRow ? '' : 'flex-direction:column;'
  const justify =
    a.action !== 'header' ? 'center' : a.headerInRow && !isAlone ? 'space-between' : 'space-evenly'
  return (
    `.gz .h{${position}${across}${direction}justify-content:${justify};gap:4px;` +
    `padding:2px ${a.headerOnTop ? 10 : 8}px;background:var(--h);color:var(--n)}` +
    `.h img{min-width:0;max-width:100%;height:${a.logoHeight}px;object-fit:contain}`
  )
}

function action(a: Arrangement): string {
  const colours =
    a.action === 'header'
      ? 'background:var(--x);color:var(--y)'
      : 'background:var(--a);color:var(--o)'
  return (
    `.gz a>b{flex:none;overflow:hidden;max-width:100%;${colours};font-size:${a.actionSize}px;` +
    `line-height:1.2;text-align:center;${actionShape(a)}}.gz a:hover>b{filter:brightness(1.1)}` +
    `.gz a>.l{font-size:${Math.max(10, Math.round(a.actionSize * 0.85))}px}`
  )
}

function actionShape(a: Arrangement): string {
  const padding =
    a.height < 70 ? '.3em .5em' : a.header < 110 && !a.headerOnTop ? '.4em .7em' : '.55em .9em'
  const pill = `padding:${padding};border-radius:18px`
  switch (a.action) {
    case 'foot':
      return (
        `position:absolute;right:${a.gap}px;bottom:${a.gap}px;left:${a.gap}px;display:grid;` +
        `place-items:center;height:${a.foot}px;padding:2px 6px;border-radius:${a.radius}px`
      )
    case 'bar':
      return `${pill};grid-column:1/-1;justify-self:stretch`
    case 'after':
      return `${pill};max-width:${a.buttonWidthMax}px;margin-inline-end:${a.padding}px`
    case 'header':
      // A header of one line has no room for a second one.
      return a.headerInRow
        ? `${pill};max-width:62%;text-overflow:ellipsis;white-space:nowrap`
        : pill
    case 'under':
      return pill
  }
}

function product(a: Arrangement): string[] {
  const p = a.padding
  const hasOwn = a.action === 'under' || a.action === 'bar'
  const isGrid = hasOwn && !a.pictureAbove
  // In a grid, picture and text share the first row; the button's place is its own.
  const flow = !isGrid
    ? `gap:${p}px`
    : a.action === 'bar'
      ? `display:grid;grid:1fr auto/auto 1fr;gap:${p}px`
      : `display:grid;grid:3fr 2fr/auto 1fr;gap:${p}px;justify-items:start`
  const picture = isGrid && a.action === 'under' ? ';grid-row:1/3' : ''
  const text = isGrid && a.action === 'under' ? ';align-self:end' : ''
  // Beside others, products begin at the same line; alone in its row, one stands in the middle.
  const column = `flex-direction:column;align-items:stretch;${a.columns > 1 ? '' : 'justify-content:center;'}`
  return [
    `.gz .p{${a.pictureAbove ? column : ''}${flow};padding:${p}px;background:var(--c)}`,
    `.p img{flex:none;width:${a.pictureWidth}px;height:${a.pictureHeight}px;object-fit:contain;` +
      `border-radius:${Math.max(3, a.radius - 3)}px;background:#fff${picture}}`,
    ...(a.pictureAbove ? [] : [`.p div{flex:1;min-width:0${text}}`]),
    `.p span{display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;` +
      `-webkit-line-clamp:${a.titleLineCount};overflow-wrap:anywhere` +
      // So that prices side by side stand on one line.
      (a.pictureAbove && a.columns > 1 ? `;height:${a.titleLineCount * lineHeight}em}` : '}'),
    `.p div b{font-size:${a.priceSize}px;white-space:nowrap}.p b:has(+s){color:var(--r)}`,
    // A price is never cut: one of many digits is set smaller, and breaks where even that is too wide.
    `.p div .l{font-size:${Math.max(11, Math.round(a.priceSize * 0.74))}px;white-space:normal}`,
    `.p s{${a.oldPriceBelow ? 'display:block' : 'margin-inline-start:6px'};color:var(--m);font-size:.85em}`,
    a.hasBadge
      ? `.p small{position:absolute;inset-inline-start:${p}px;top:${p}px;padding:0 5px;border-radius:9px;` +
        `background:var(--s);color:var(--z);font:bold 11px/18px Arial}`
      : '.p small{display:none}',
  ]
}
