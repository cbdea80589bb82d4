/** A shop's colours, made readable: contrast as WCAG 2.2 defines it (success criterion 1.4.3). */
import { z } from '../../base/schema.js'

/** Least contrast of text on its ground. */
const contrastMin = 4.5
const nearlyBlack = '#14171a'
const black = '#000000'
const white = '#ffffff'
const saleRed = '#c81e2b'

export const colourSchema = z
  .string()
  .regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be #rgb or #rrggbb')

/** What a shop states. Colours that can't be read on each other are replaced, never refused. */
export const coloursSchema = z.object({
  /** Call to action and accents, and the text on them. */
  primary: colourSchema,
  onPrimary: colourSchema.optional(),
  background: colourSchema.optional(),
  text: colourSchema.optional(),
  /** The ground that the logo is made for; the primary colour where it isn't said. */
  header: colourSchema.optional(),
  /** Reduced prices. */
  sale: colourSchema.optional(),
})
export type Colours = z.infer<typeof coloursSchema>

/** Red, green and blue, 0–255. */
function channels(colour: string): [number, number, number] {
  const digits = colour.slice(1)
  const full = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ]
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const a = luminance(one)
  const b = luminance(other)
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

/** `share` of `other` mixed into `colour`, as `#rrggbb`. */
export function mixed(colour: string, other: string, share: number): string {
  const into = channels(other)
  return `#${channels(colour)
    .map((value, at) => Math.round(value + (into[at]! - value) * share))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`
}

/** The first of these that can be read on the ground; else black or white, as one of them always can. */
function readableOn(ground: string, ...wanted: (string | undefined)[]): string {
  const choices = [...wanted, nearlyBlack, white, black]
  return choices.find((it) => it !== undefined && contrast(it, ground) >= contrastMin)!
}

/** Colours as a banner uses them, each text readable on its ground. */
export interface Palette {
  readonly primary: string
  readonly onPrimary: string
  readonly background: string
  /** Ground of a product, and what stands on it. */
  readonly card: string
  readonly text: string
  readonly mutedText: string
  readonly saleText: string
  readonly sale: string
  readonly onSale: string
  readonly header: string
  readonly onHeader: string
  /** A call to action that stands on the header. */
  readonly headerAction: string
  readonly onHeaderAction: string
}

export function paletteOf(colours: Colours): Palette {
  const { primary } = colours
  const background = colours.background ?? white
  const isLight = luminance(background) > 0.4
  const card = isLight ? white : mixed(background, white, 0.08)
  const text = readableOn(card, colours.text)
  const onPrimary = readableOn(primary, colours.onPrimary)
  const header = colours.header ?? primary
  const sale = colours.sale ?? saleRed
  // A button in the header's own colour would vanish: there, its two colours change places.
  const isLost = contrast(primary, header) < 1.7
  return {
    primary,
    onPrimary,
    background,
    card,
    text,
    mutedText: readableOn(card, mixed(text, card, 0.4), mixed(text, card, 0.3), text),
    saleText: readableOn(card, sale, text),
    sale,
    onSale: readableOn(sale, white),
    header,
    onHeader: readableOn(header, isLost ? onPrimary : primary, text),
    headerAction: isLost ? onPrimary : primary,
    onHeaderAction: isLost ? readableOn(onPrimary, primary) : onPrimary,
  }
}
