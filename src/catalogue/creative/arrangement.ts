import type { BannerSize } from '../sizes.js'

/**
 * Where everything stands in one size with one number of products; lengths in pixels. A banner is a
 * grid of rounded tiles, `gap` apart and as far from the edge: a header with the logo, and a tile
 * per product.
 */
export interface Arrangement {
  readonly width: number
  readonly height: number
  readonly productCount: number
  readonly gap: number
  readonly radius: number
  /** The header lies above the products, else before them. */
  readonly headerOnTop: boolean
  /** Height of a header on top, width of one at the start. */
  readonly header: number
  /** Logo and call to action side by side in the header, else one under the other. */
  readonly headerInRow: boolean
  readonly logoHeight: number
  readonly columns: number
  readonly rows: number
  /** A product's picture stands above its text, else before it. */
  readonly pictureAbove: boolean
  readonly pictureWidth: number
  readonly pictureHeight: number
  /** Between a tile's edge and what is in it, and between picture and text. */
  readonly padding: number
  readonly titleSize: number
  readonly titleLineCount: number
  readonly priceSize: number
  /** The old price has a line of its own, else follows the price. */
  readonly oldPriceBelow: boolean
  /** How much cheaper is said on the picture. */
  readonly hasBadge: boolean
  readonly action: ActionPlace
  readonly actionSize: number
  /** Of a call to action after the text, which breaks its lines there; 0 elsewhere. */
  readonly buttonWidthMax: number
  /** Height of the row for a call to action at the foot; 0 where it stands elsewhere. */
  readonly foot: number
}

/**
 * Where the call to action stands: after the one product's text, under it, in a bar below product and
 * text; or else once for all products, in the header or at the foot.
 */
export type ActionPlace = 'after' | 'under' | 'bar' | 'header' | 'foot'

/** In units of the size of the type. */
export const lineHeight = 1.25
/** Height of a button, in units of the size of its type. */
export const buttonLine = 2.3
/** Width of a price such as `1299,99 zł` in a wide bold face, in units of its size. */
const priceWidth = 6.3

/** @param productCount 0 to the size's `productCountMax`. */
export function arrange(size: BannerSize, productCount: number): Arrangement {
  const { width, height, layout } = size
  const isStrip = layout === 'strip'
  const headerOnTop = layout === 'card' || layout === 'tower'
  const gap = isStrip ? within(height / 18, 3, 5) : within(Math.min(width, height) / 40, 6, 14)
  const action = actionPlace(size, productCount)
  const foot = action === 'foot' ? within(height / 14, 34, 64) : 0
  const header = headerExtent(size)
  const columns = columnCount(size, productCount)
  const rows = Math.max(1, Math.ceil(productCount / columns))

  const across = width - 2 * gap - (headerOnTop ? 0 : header + gap)
  const down = height - 2 * gap - (headerOnTop ? header + gap : 0) - (foot > 0 ? foot + gap : 0)
  const tile = {
    width: (across - (columns - 1) * gap) / columns,
    height: (down - (rows - 1) * gap) / rows,
  }
  const isAlone = productCount === 0
  return {
    width,
    height,
    productCount,
    gap,
    radius: isStrip ? within(height / 9, 5, 10) : within(gap * 1.5, 9, 18),
    headerOnTop,
    header,
    headerInRow: isAlone ? isStrip : headerOnTop,
    // A header that is alone has room for a larger logo.
    logoHeight: isAlone
      ? within(Math.min(height / 2.6, width / 5), 14, 64)
      : headerOnTop
        ? within(header * 0.54, 18, 44)
        : within(Math.min(header / 4.4, height * 0.3), 14, 44),
    columns,
    rows,
    ...(isStrip
      ? inStrip(tile, height, action, header)
      : inTile(tile, action, headerOnTop ? header : header / 4)),
    ...(isAlone || foot > 0
      ? { actionSize: within(Math.min(width / 12, isAlone ? 17 : foot / 2.5), 11, 18) }
      : {}),
    action,
    foot,
  }
}

type Inside = Pick<
  Arrangement,
  | 'pictureAbove'
  | 'pictureWidth'
  | 'pictureHeight'
  | 'padding'
  | 'titleSize'
  | 'titleLineCount'
  | 'priceSize'
  | 'oldPriceBelow'
  | 'hasBadge'
  | 'actionSize'
  | 'buttonWidthMax'
>

interface Tile {
  readonly width: number
  readonly height: number
}

function inStrip(tile: Tile, height: number, action: ActionPlace, header: number): Inside {
  const padding = within(height / 18, 2, 5)
  const picture = Math.floor(tile.height - 2 * padding)
  const isFlat = height < 70
  const isAfter = action === 'after'
  const actionSize = isAfter ? within(height / 6.8, 11, 14) : within(header / 11, 11, 13)
  const buttonWidth = isAfter ? Math.min(actionSize * 11.5, tile.width / 2.5) : 0
  const textWidth = tile.width - picture - 3 * padding - buttonWidth
  const titleSize = within(Math.min(height / 5.6, textWidth / 9), 11, 16)
  const priceSize = within(Math.min(height / 5, textWidth / priceWidth), 12, 18)
  return {
    pictureAbove: false,
    pictureWidth: picture,
    pictureHeight: picture,
    padding,
    titleSize,
    titleLineCount: isFlat ? 1 : 2,
    priceSize,
    oldPriceBelow: !isFlat && textWidth < priceSize * priceWidth * 1.75,
    hasBadge: !isFlat,
    actionSize,
    buttonWidthMax: Math.floor(buttonWidth),
  }
}

function inTile(tile: Tile, action: ActionPlace, header: number): Inside {
  const padding = within(Math.min(tile.width, tile.height) / 20, 5, 16)
  const pictureAbove = tile.height > tile.width * 0.96
  const wantedSize = Math.sqrt(tile.height) * (pictureAbove ? 1 : 1.15)
  const actionSize = within(Math.min(wantedSize, header / 2.9), 11, 18)
  const buttonHeight =
    action === 'bar' || (action === 'under' && pictureAbove) ? actionSize * buttonLine + padding : 0
  const room = tile.height - 2 * padding - buttonHeight
  const besideWidth = Math.floor(Math.min(room, tile.width * 0.48))
  const textWidth = pictureAbove ? tile.width - 2 * padding : tile.width - besideWidth - 3 * padding

  const titleSize = within(Math.min(wantedSize, textWidth / 7.6), 11, 22)
  const priceSize = within(Math.min(titleSize * 1.35, textWidth / priceWidth), 12, 30)
  const oldPriceBelow = textWidth < priceSize * priceWidth * 1.75
  const prices = priceSize * lineHeight * (oldPriceBelow ? 1.8 : 1)
  const line = titleSize * lineHeight
  const inside = {
    pictureAbove,
    padding,
    titleSize,
    priceSize,
    oldPriceBelow,
    hasBadge: true,
    actionSize,
    buttonWidthMax: 0,
  }
  if (!pictureAbove) {
    const textHeight = action === 'under' ? tile.height * 0.58 - padding : room
    return {
      ...inside,
      pictureWidth: besideWidth,
      pictureHeight: Math.floor(room),
      titleLineCount: within(Math.floor((textHeight - prices) / line), 1, 4),
    }
  }
  const textRoom = room - padding - prices
  // A picture that isn't wider than high has enough; what is left is for the title.
  const spareLineCount = Math.floor((textRoom - tile.width * 1.15) / line)
  const titleLineCount =
    spareLineCount > 2 && tile.width < 160
      ? Math.min(4, spareLineCount)
      : textRoom - 2 * line > 54
        ? 2
        : 1
  return {
    ...inside,
    pictureWidth: Math.floor(tile.width - 2 * padding),
    pictureHeight: Math.floor(Math.min(textRoom - titleLineCount * line, tile.width * 1.25)),
    titleLineCount,
  }
}

function columnCount({ layout, width }: BannerSize, productCount: number): number {
  if (layout === 'tower') return width > 600 && productCount > 2 ? 2 : 1
  return layout === 'card' && productCount === 4 ? 2 : Math.max(1, productCount)
}

function headerExtent({ width, height, layout }: BannerSize): number {
  if (layout === 'strip') return within(width / 5.6, height < 70 ? 56 : 96, 150)
  if (layout === 'panel') return within(width / 4.6, 150, 200)
  return layout === 'tower' ? within(height / 11, 40, 84) : within(height / 6.5, 34, 84)
}

function actionPlace({ width, height, layout }: BannerSize, productCount: number): ActionPlace {
  if (productCount === 0) return 'header'
  if (layout === 'tower') return 'foot'
  if (productCount > 1) return 'header'
  if (layout === 'strip') return width / height > 4 ? 'after' : 'header'
  return layout === 'panel' ? 'under' : 'bar'
}

/** The whole number nearest to `value` that lies within these. */
const within = (value: number, least: number, most: number): number =>
  Math.round(Math.max(least, Math.min(most, value)))
