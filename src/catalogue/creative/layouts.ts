/** Every size with every number of products, compiled once when the program starts. */
import { bannerSizes, productSlotCountMax } from '../sizes.js'
import { arrange } from './arrangement.js'
import { jsonPiece } from './escape.js'
import { styleSheet } from './style-sheet.js'

/** How a size with a number of products is written. */
export interface Layout {
  /** Style, and the opening of the banner up to where the brand's attributes go. */
  readonly opening: Buffer
  /** What is shown: what was asked for, as far as the size has room. */
  readonly productCount: number
  /** Each product has its own call to action; else the header has the only one. */
  readonly actionInProduct: boolean
}

const stride = productSlotCountMax + 1

const layouts: readonly Layout[] = bannerSizes.flatMap((size) =>
  Array.from({ length: stride }, (_, count) => {
    const productCount = Math.min(count, size.productCountMax)
    const arrangement = arrange(size, productCount)
    const style = styleSheet(arrangement)
    return {
      opening: jsonPiece(`<style>${style}</style><div class="gz"`),
      productCount,
      actionInProduct: !['header', 'foot'].includes(arrangement.action),
    }
  }),
)

/** @param productCount any; more than the size has room for counts as its most. */
export function layoutOf(sizeIndex: number, productCount: number): Layout {
  return layouts[sizeIndex * stride + Math.min(productCount, productSlotCountMax)]!
}
