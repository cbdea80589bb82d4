/** What the demo shops' own pages say, in their languages. */
export interface ShopWords {
  readonly headline: string
  readonly claim: string
  readonly everything: string
  readonly onSale: string
  readonly lately: string
  readonly inStock: string
  readonly outOfStock: string
  readonly brand: string
  readonly productNumber: string
  readonly seeAlso: string
  readonly notFound: string
  readonly backHome: string
  /** Under every page: that nothing here is real. */
  readonly notice: string
  readonly rating: string
  readonly privacy: string
  readonly privacyText: string
}

export const polish: ShopWords = {
  headline: 'Dobrze, że wychodzisz.',
  claim: 'Buty, plecaki i kurtki na poranny bieg, weekend w górach i drogę do pracy.',
  everything: 'Wszystko',
  onSale: 'Teraz taniej',
  lately: 'Na najbliższe wyjście',
  inStock: 'Dostępny, wysyłka w 24 godziny',
  outOfStock: 'Chwilowo niedostępny',
  brand: 'Marka',
  productNumber: 'Numer produktu',
  seeAlso: 'Zobacz też',
  notFound: 'Tu nic nie ma',
  backHome: 'Wróć na stronę główną',
  notice: 'Sklep pokazowy: produkty, marki i ceny są zmyślone i niczego nie można tu kupić.',
  rating: 'Ocena kupujących',
  privacy: 'Prywatność',
  privacyText:
    'Prawdziwy sklep mówi tutaj, jakie dane zbiera, żeby dobierać reklamy, jak długo je trzyma i gdzie się temu sprzeciwić. Ten niczego o Tobie nie zapisuje.',
}

export const english: ShopWords = {
  headline: 'Things that make a room yours.',
  claim: 'Stoneware, wool and lamplight from four small workshops.',
  everything: 'Everything',
  onSale: 'Reduced for now',
  lately: 'New on the shelf',
  inStock: 'In stock, leaves us within a day',
  outOfStock: 'Sold out for now',
  brand: 'Maker',
  productNumber: 'Product number',
  seeAlso: 'Goes well with',
  notFound: 'There is nothing here',
  backHome: 'Back to the shop',
  notice:
    'A shop for show: products, makers and prices are invented and nothing can be bought here.',
  rating: 'Rated by buyers',
  privacy: 'Privacy',
  privacyText:
    'A real shop says here what it keeps to choose adverts, for how long, and where to object. This one keeps nothing about you.',
}
