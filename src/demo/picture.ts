/** Pictures of products, drawn rather than photographed, so that the demo needs nobody's images. */
import { bags } from './drawings-bags.js'
import { clothes } from './drawings-clothes.js'
import { home } from './drawings-home.js'
import { outdoor } from './drawings-outdoor.js'
import { shoes } from './drawings-shoes.js'
import { shadesOf } from './shades.js'

const drawings = { ...shoes, ...bags, ...clothes, ...outdoor, ...home }

export type PictureKind = keyof typeof drawings
export const pictureKinds = Object.keys(drawings) as PictureKind[]

/** A colour that products come in: what it looks like, and what goes with it. */
export interface Colourway {
  readonly main: string
  readonly accent: string
}

/** Width and height that every picture says it has, in pixels; as large as native ads ask for. */
export const pictureSide = 1_200

/** @returns an SVG document of `pictureSide` each way on a clear ground, as shops cut their products out. */
export function drawPicture(kind: PictureKind, { main, accent }: Colourway): string {
  const shades = shadesOf(main, accent)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="${pictureSide}" height="${pictureSide}"><defs>` +
    `<linearGradient id="lit" x1="0" y1="0" x2=".75" y2="1"><stop offset="0" stop-color="${shades.light}"/><stop offset=".55" stop-color="${main}"/><stop offset="1" stop-color="${shades.dark}"/></linearGradient>` +
    '<linearGradient id="gleam" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".38"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient>' +
    '<radialGradient id="round" cx=".36" cy=".28" r=".85"><stop offset="0" stop-color="#fff" stop-opacity=".45"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#0b0f14" stop-opacity=".42"/></radialGradient>' +
    '<radialGradient id="floor"><stop offset="0" stop-color="#0b0f14" stop-opacity=".26"/><stop offset="1" stop-color="#0b0f14" stop-opacity="0"/></radialGradient></defs>' +
    `<ellipse cx="120" cy="207" rx="106" ry="15" fill="url(#floor)"/>${drawings[kind](shades)}</svg>`
  )
}
