/** What an exchange has agreed upon with a bidder beyond OpenRTB; bids are judged by it. */
export interface ExchangeHabits {
  /** More than one bid for an impression is taken: one for each deal, and one without. */
  readonly multiBid: boolean
  /** Where a native answer stands: text in `adm`, an object in `adm`, or an object in `adm_native`. */
  readonly nativeForm: 'text' | 'object' | 'adm_native'
  /** Within `{"native": …}`: as the request came, always or never. */
  readonly nativeWrapped: 'as-asked' | 'always' | 'never'
  /** Which notice URLs a bid has to carry. */
  readonly notices: { readonly win: boolean; readonly bill: boolean; readonly loss: boolean }
  /** Its macro for the clearing price; OpenRTB's own unless it encrypts prices. */
  readonly priceMacro: string
  /** Its macro that stands before click links; '' where it has none. */
  readonly clickMacro: string
}

export const habitsDefault: ExchangeHabits = {
  multiBid: false,
  nativeForm: 'text',
  nativeWrapped: 'as-asked',
  notices: { win: true, bill: true, loss: true },
  priceMacro: '${AUCTION_PRICE}',
  clickMacro: '',
}
