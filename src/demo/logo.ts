/**
 * The demo shops' logos, on a ground of their primary colours: in a banner's header one doesn't see
 * where it ends, and on a publisher's page a native ad's white letters don't vanish.
 */

/** Drawn this high; said to be twice as large, as there are native ads that want icons of 100 pixels. */
const height = 64
const widths: Readonly<Record<string, number>> = { ruszaj: 228, fenrow: 232 }
/** Of the ground, left and right of what is drawn. */
const margin = 8

const document = (name: string, ground: string, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} 0 ${widths[name]} ${height}" width="${widths[name]! * 2}" height="${height * 2}">` +
  `<rect x="${-margin}" width="${widths[name]}" height="${height}" rx="8" fill="${ground}"/>${content}</svg>`

/** A logo's own size, in pixels. */
export const logoSize = (name: string): { width: number; height: number } => ({
  width: widths[name]! * 2,
  height: height * 2,
})

/** A word whose width doesn't depend on which fonts the reader has. */
const word = (text: string, x: number, width: number, size: number, style: string): string =>
  `<text x="${x}" y="46" textLength="${width}" lengthAdjust="spacingAndGlyphs" font-size="${size}" fill="#fff" ${style}>${text}</text>`

const sans = 'font-family="Avenir Next,Montserrat,Segoe UI,Arial,sans-serif" font-weight="800"'
const serif =
  'font-family="Iowan Old Style,Palatino,Georgia,Liberation Serif,serif" font-weight="600"'

const marks = {
  ruszaj:
    '<path d="M4 50L24 14L36 34L44 22L62 50" fill="none" stroke="#fbb843" stroke-width="8" stroke-linejoin="round" stroke-linecap="round"/>',
  fenrow:
    '<path d="M8 54V30C8 16 18 8 31 8C44 8 54 16 54 30V54Z" fill="none" stroke="#f3d9b8" stroke-width="5" stroke-linejoin="round"/><path d="M31 54C22 46 22 36 31 24C40 36 40 46 31 54Z" fill="#f3d9b8"/>',
}

export const logos: Readonly<Record<string, string>> = {
  ruszaj: document('ruszaj', '#0d5c46', marks.ruszaj + word('ruszaj', 76, 132, 46, sans)),
  fenrow: document('fenrow', '#8f3f2b', marks.fenrow + word('Fenrow', 70, 142, 46, serif)),
}

/** For a browser's tab. */
const tabIcon = (ground: string, mark: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 80 80"><rect x="-8" y="-8" width="80" height="80" rx="18" fill="${ground}"/>${mark}</svg>`

export const tabIcons: Readonly<Record<string, string>> = {
  ruszaj: tabIcon('#0d5c46', marks.ruszaj),
  fenrow: tabIcon('#8f3f2b', marks.fenrow),
}
