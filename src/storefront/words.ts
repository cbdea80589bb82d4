/**
 * What slots are called that the shop has given no title, and what whoever shows them says beside products, mostly to
 * those who listen to a page: in the language of the page, or else the shop's.
 */
import { controlVariant, type PageType, type Slot } from '../catalogue/slots.js'

/** What slots are called. */
const titleNames = [
  'recommended',
  'viewed',
  'popular',
  'also',
  'goes-with',
  'extras',
  'searched',
  'again',
  'instead',
] as const
/** Of buttons that move a row of products, then before the price that no longer counts, and before the one that does. */
const labelNames = ['previous', 'next', 'oldPrice', 'price'] as const
type Title = (typeof titleNames)[number]
type Word = Title | (typeof labelNames)[number]

/** Language, then the titles and the labels in the order above. */
const table =
  `en|Recommended for you|Recently viewed|Popular in this category|You may also like|Goes well with your choice|Small extras for your order|Maybe you are looking for this|Time to stock up again|Similar and in stock|Previous products|Next products|Previous price|Price now
pl|Polecane dla Ciebie|Ostatnio oglądane|Popularne w tej kategorii|Może Ci się spodobać|Pasuje do Twojego wyboru|Drobiazgi do zamówienia|Może tego szukasz|Czas uzupełnić zapasy|Podobne i dostępne|Poprzednie produkty|Następne produkty|Poprzednia cena|Cena teraz
de|Für dich empfohlen|Zuletzt angesehen|Beliebt in dieser Kategorie|Das könnte dir auch gefallen|Passt zu deiner Auswahl|Kleine Extras zur Bestellung|Vielleicht suchst du das|Zeit zum Nachkaufen|Ähnlich und auf Lager|Vorherige Produkte|Nächste Produkte|Früherer Preis|Preis jetzt
cs|Doporučujeme vám|Naposledy prohlížené|Oblíbené v této kategorii|Mohlo by se vám líbit|Hodí se k vašemu výběru|Drobnosti k objednávce|Možná hledáte toto|Čas doplnit zásoby|Podobné a skladem|Předchozí produkty|Další produkty|Původní cena|Cena nyní
sk|Odporúčame vám|Naposledy prezerané|Obľúbené v tejto kategórii|Mohlo by sa vám páčiť|Hodí sa k vášmu výberu|Drobnosti k objednávke|Možno hľadáte toto|Čas doplniť zásoby|Podobné a na sklade|Predchádzajúce produkty|Ďalšie produkty|Pôvodná cena|Cena teraz
fr|Recommandé pour vous|Vus récemment|Populaires dans cette catégorie|Vous aimerez aussi|Va bien avec votre choix|Petits plus pour votre commande|Vous cherchez peut-être ceci|À racheter bientôt|Similaires et en stock|Produits précédents|Produits suivants|Ancien prix|Prix actuel
es|Recomendado para ti|Vistos recientemente|Populares en esta categoría|También te puede gustar|Combina con tu elección|Pequeños extras para tu pedido|Quizá busques esto|Hora de reponer|Similares y disponibles|Productos anteriores|Productos siguientes|Precio anterior|Precio actual
it|Consigliati per te|Visti di recente|Popolari in questa categoria|Potrebbe piacerti anche|Si abbina alla tua scelta|Piccoli extra per il tuo ordine|Forse stai cercando questo|È ora di fare scorta|Simili e disponibili|Prodotti precedenti|Prodotti successivi|Prezzo precedente|Prezzo attuale
pt|Recomendamos|Vistos recentemente|Populares nesta categoria|Também pode gostar|Combina com a sua escolha|Pequenos extras para o seu pedido|Talvez procure isto|Hora de repor|Semelhantes e disponíveis|Produtos anteriores|Produtos seguintes|Preço anterior|Preço atual
nl|Aanbevolen voor jou|Recent bekeken|Populair in deze categorie|Misschien vind je dit ook leuk|Past bij je keuze|Kleine extra’s bij je bestelling|Misschien zoek je dit|Tijd om aan te vullen|Vergelijkbaar en op voorraad|Vorige producten|Volgende producten|Vorige prijs|Prijs nu
hu|Neked ajánljuk|Nemrég megtekintett|Népszerű ebben a kategóriában|Ez is tetszhet|Illik a választásodhoz|Apróságok a rendeléshez|Talán ezt keresed|Ideje pótolni|Hasonló és raktáron|Előző termékek|Következő termékek|Korábbi ár|Jelenlegi ár
ro|Recomandate pentru tine|Vizualizate recent|Populare în această categorie|S-ar putea să-ți placă și|Se potrivește cu alegerea ta|Mici completări pentru comanda ta|Poate cauți asta|E timpul pentru o nouă comandă|Similare și în stoc|Produse anterioare|Produse următoare|Preț anterior|Preț actual
sv|Rekommenderat för dig|Nyligen visade|Populärt i den här kategorin|Du kanske också gillar|Passar till ditt val|Små tillägg till din beställning|Kanske letar du efter detta|Dags att fylla på|Liknande och i lager|Föregående produkter|Nästa produkter|Tidigare pris|Pris nu`
    .split('\n')
    .map((line) => line.split('|'))

const words: ReadonlyMap<string, ReadonlyMap<Word, string>> = new Map(
  table.map(([language = '', ...row]) => [
    language,
    new Map([...titleNames, ...labelNames].map((name, at) => [name, row[at] ?? ''])),
  ]),
)

const ofPage: Readonly<Record<PageType, Title>> = {
  home: 'recommended',
  category: 'popular',
  product: 'also',
  cart: 'goes-with',
  search: 'searched',
  'not-found': 'recommended',
  'thank-you': 'goes-with',
  'out-of-stock': 'instead',
}

/** Of those that stand beside a page's own (recommend/choose/pages.ts). */
const ofSlot: ReadonlyMap<string, Title> = new Map([
  ['home-viewed', 'viewed'],
  ['product-complements', 'goes-with'],
  ['cart-add-ons', 'extras'],
  ['not-found-viewed', 'viewed'],
  ['thank-you-replenish', 'again'],
])

/** @param language as a page says it: `pl`, `de-AT`. */
const find = (language: string): ReadonlyMap<Word, string> | undefined =>
  words.get(language.toLowerCase().split('-', 1)[0]!)

/** The first language that there is, else English. */
const wordsOf = (languages: readonly string[]): ReadonlyMap<Word, string> =>
  languages.map(find).find((it) => it !== undefined) ?? words.get('en')!

/**
 * The slot's title, or the variant's: the shop's own, else what such a slot is called.
 *
 * @param page that it is shown on.
 * @param languages the first one that there is counts.
 */
export function titleOf(
  slot: Slot,
  variant: string,
  page: PageType,
  ...languages: readonly string[]
): string {
  const tried = slot.experiment?.variants.find(({ id }) => id === variant)
  const own = (variant === controlVariant ? undefined : tried?.title) ?? slot.title
  return own === '' ? wordsOf(languages).get(ofSlot.get(slot.id) ?? ofPage[page])! : own
}

/** The labels by name, as JSON. */
export function labelsJson(...languages: readonly string[]): string {
  const found = wordsOf(languages)
  return JSON.stringify(Object.fromEntries(labelNames.map((name) => [name, found.get(name)])))
}
