import { mixed } from '../catalogue/creative/colour.js'

/** A product's colours: one main and one accent, and what light and shadow make of them. */
export interface Shades {
  readonly main: string
  readonly light: string
  readonly dark: string
  readonly deep: string
  readonly accent: string
  readonly accentDark: string
}

export function shadesOf(main: string, accent: string): Shades {
  return {
    main,
    light: mixed(main, '#ffffff', 0.28),
    dark: mixed(main, '#0b0f14', 0.26),
    deep: mixed(main, '#0b0f14', 0.52),
    accent,
    accentDark: mixed(accent, '#0b0f14', 0.28),
  }
}

/** Draws a product on a ground of 240 × 240, light from the top left, standing on y ≈ 204. */
export type Drawing = (shades: Shades) => string

/** Stitching along a path. */
export const seam = (path: string, colour: string): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-dasharray="4 3" stroke-linecap="round" opacity=".8"/>`

export const line = (path: string, colour: string, width: number): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`

export const shape = (path: string, fill: string): string => `<path d="${path}" fill="${fill}"/>`

/** The main colour lit from the top left; every picture defines it once. */
export const lit = 'url(#lit)'
/** A white gleam that fades downwards. */
export const gleam = 'url(#gleam)'
