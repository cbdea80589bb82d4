/** Places where products are recommended, as the recommender has them by default. */
export type SlotName =
  | 'home'
  | 'category'
  | 'product'
  | 'product-complements'
  | 'out-of-stock'
  | 'cart'
  | 'search'
  | 'not-found'
  | 'thank-you'

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
  readonly search: string
  readonly searchHint: string
  /** Before what was searched for. */
  readonly results: string
  readonly noResults: string
  /** For keyboards and screen readers. */
  readonly skip: string
  readonly account: string
  readonly wishlist: string
  readonly cart: string
  readonly addToCart: string
  /** Said aloud, and shown for a moment. */
  readonly added: string
  readonly toWishlist: string
  readonly offWishlist: string
  readonly wishlistEmpty: string
  /** Over the form for what is out of stock. */
  readonly notifyMe: string
  readonly notify: string
  readonly notified: string
  readonly cartEmpty: string
  readonly fewer: string
  readonly more: string
  readonly remove: string
  readonly total: string
  readonly delivery: string
  readonly freeDelivery: string
  readonly checkout: string
  readonly yourOrder: string
  readonly name: string
  readonly email: string
  readonly street: string
  readonly postcode: string
  readonly city: string
  readonly isGift: string
  readonly pay: string
  readonly thanks: string
  readonly orderNumber: string
  readonly thanksText: string
  readonly noOrder: string
  readonly logIn: string
  readonly logInText: string
  readonly customerNumber: string
  readonly logOut: string
  /** Before a number or an address. */
  readonly loggedInAs: string
  readonly consentTitle: string
  readonly consentText: string
  readonly consentAll: string
  readonly consentNone: string
  readonly consentChoose: string
  readonly consentSave: string
  readonly consentAds: string
  readonly consentPersonal: string
  readonly consentAgain: string
  /** Above products that are recommended. */
  readonly recommended: Readonly<Record<SlotName, string>>
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
    'Prawdziwy sklep mówi tutaj, jakie dane zbiera, żeby dobierać reklamy, jak długo je trzyma i gdzie się temu sprzeciwić. Ten jest na niby, ale pyta naprawdę: bez Twojej zgody pamięta tylko koszyk, i to we własnej przeglądarce.',
  search: 'Szukaj',
  searchHint: 'Czego szukasz?',
  results: 'Wyniki dla',
  noResults: 'Nic takiego nie mamy. Spróbuj krótszego słowa.',
  skip: 'Przejdź do treści',
  account: 'Konto',
  wishlist: 'Ulubione',
  cart: 'Koszyk',
  addToCart: 'Dodaj do koszyka',
  added: 'Dodano do koszyka',
  toWishlist: 'Dodaj do ulubionych',
  offWishlist: 'Usuń z ulubionych',
  wishlistEmpty: 'Nie masz jeszcze ulubionych. Serce przy produkcie go tu doda.',
  notifyMe: 'Napiszemy, kiedy wróci',
  notify: 'Powiadom mnie',
  notified: 'Dobrze, napiszemy, gdy tylko wróci.',
  cartEmpty: 'Koszyk jest pusty.',
  fewer: 'O jeden mniej',
  more: 'O jeden więcej',
  remove: 'Usuń',
  total: 'Razem',
  delivery: 'Dostawa',
  freeDelivery: 'gratis',
  checkout: 'Przejdź do kasy',
  yourOrder: 'Twoje zamówienie',
  name: 'Imię i nazwisko',
  email: 'E-mail',
  street: 'Ulica i numer',
  postcode: 'Kod pocztowy',
  city: 'Miejscowość',
  isGift: 'To prezent dla kogoś',
  pay: 'Zamawiam (na niby)',
  thanks: 'Dziękujemy!',
  orderNumber: 'Numer zamówienia',
  thanksText: 'Nic do Ciebie nie przyjdzie: to sklep pokazowy.',
  noOrder: 'Nie ma tu żadnego zamówienia.',
  logIn: 'Zaloguj się',
  logInText: 'Bez hasła, bo to na niby: wystarczy numer klienta, e-mail albo jedno i drugie.',
  customerNumber: 'Numer klienta',
  logOut: 'Wyloguj się',
  loggedInAs: 'Witaj,',
  consentTitle: 'Ciasteczka? Ty decydujesz.',
  consentText:
    'Za Twoją zgodą zapamiętamy, co oglądasz i co masz w koszyku, żeby pokazywać Ci to, co Cię interesuje, u nas i w reklamach. Możesz to w każdej chwili zmienić na dole strony.',
  consentAll: 'Zgadzam się',
  consentNone: 'Nie zgadzam się',
  consentChoose: 'Wybieram',
  consentSave: 'Zapisz wybór',
  consentAds: 'Reklamy dobrane do tego, co tu oglądam',
  consentPersonal: 'Propozycje dla mnie w tym sklepie i w wiadomościach od niego',
  consentAgain: 'Ustawienia ciasteczek',
  recommended: {
    home: 'Na Twój następny ruch',
    category: 'Najchętniej oglądane tutaj',
    product: 'Inni oglądali też',
    'product-complements': 'Pasuje do tego',
    'out-of-stock': 'Podobne, od ręki',
    cart: 'Przyda się do tego',
    search: 'Może szukasz tego?',
    'not-found': 'Za to jest to',
    'thank-you': 'Do kompletu',
  },
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
    'A real shop says here what it keeps to choose adverts, for how long, and where to object. This one is pretend, but asks in earnest: without your consent it remembers your basket alone, and only in your own browser.',
  search: 'Search',
  searchHint: 'What are you looking for?',
  results: 'Results for',
  noResults: 'We have nothing like that. Try a shorter word.',
  skip: 'Skip to the content',
  account: 'Account',
  wishlist: 'Favourites',
  cart: 'Basket',
  addToCart: 'Add to basket',
  added: 'Added to your basket',
  toWishlist: 'Add to favourites',
  offWishlist: 'Remove from favourites',
  wishlistEmpty: 'Nothing here yet. The heart beside a product puts it here.',
  notifyMe: 'We write when it is back',
  notify: 'Let me know',
  notified: 'We will write as soon as it is back.',
  cartEmpty: 'Your basket is empty.',
  fewer: 'One less',
  more: 'One more',
  remove: 'Remove',
  total: 'Total',
  delivery: 'Delivery',
  freeDelivery: 'free',
  checkout: 'Go to checkout',
  yourOrder: 'Your order',
  name: 'Name',
  email: 'E-mail',
  street: 'Street and number',
  postcode: 'Postcode',
  city: 'Town',
  isGift: 'It is a present for somebody',
  pay: 'Order (pretend)',
  thanks: 'Thank you!',
  orderNumber: 'Order number',
  thanksText: 'Nothing will be sent to you: this is a shop for show.',
  noOrder: 'There is no order here.',
  logIn: 'Log in',
  logInText: 'No password, as it is pretend: a customer number, an e-mail address, or both.',
  customerNumber: 'Customer number',
  logOut: 'Log out',
  loggedInAs: 'Hello,',
  consentTitle: 'Cookies? You decide.',
  consentText:
    'If you agree, we remember what you look at and what is in your basket, to show you what you care about, here and in adverts. You can change your mind at the foot of any page.',
  consentAll: 'Agree',
  consentNone: 'Refuse',
  consentChoose: 'Choose',
  consentSave: 'Save my choice',
  consentAds: 'Adverts chosen by what I look at here',
  consentPersonal: 'Suggestions for me in this shop and in its mails',
  consentAgain: 'Cookie settings',
  recommended: {
    home: 'Picked for your rooms',
    category: 'Most looked at here',
    product: 'Others also looked at',
    'product-complements': 'Goes with it',
    'out-of-stock': 'Much like it, and in stock',
    cart: 'Goes with your basket',
    search: 'Perhaps one of these?',
    'not-found': 'But there is this',
    'thank-you': 'To complete the set',
  },
}
