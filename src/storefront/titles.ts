/** What slots are called that the shop has given no title: in the language of the page, or else the shop's. */
import { controlVariant, type PageType, type Slot } from '../catalogue/slots.js'

/** Of what each row below has a title, in this order. */
const kinds = [
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
type Kind = (typeof kinds)[number]

/** Language, then the titles in the order above. */
const table =
  `en|Recommended for you|Recently viewed|Popular in this category|You may also like|Goes well with your choice|Small extras for your order|Maybe you are looking for this|Time to stock up again|Similar and in stock
pl|Polecane dla Ciebie|Ostatnio oglądane|Popularne w tej kategorii|Może Ci się spodobać|Pasuje do Twojego wyboru|Drobiazgi do zamówienia|Może tego szukasz|Czas uzupełnić zapasy|Podobne i dostępne
de|Für dich empfohlen|Zuletzt angesehen|Beliebt in dieser Kategorie|Das könnte dir auch gefallen|Passt zu deiner Auswahl|Kleine Extras zur Bestellung|Vielleicht suchst du das|Zeit zum Nachkaufen|Ähnlich und auf Lager
cs|Doporučujeme vám|Naposledy prohlížené|Oblíbené v této kategorii|Mohlo by se vám líbit|Hodí se k vašemu výběru|Drobnosti k objednávce|Možná hledáte toto|Čas doplnit zásoby|Podobné a skladem
sk|Odporúčame vám|Naposledy prezerané|Obľúbené v tejto kategórii|Mohlo by sa vám páčiť|Hodí sa k vášmu výberu|Drobnosti k objednávke|Možno hľadáte toto|Čas doplniť zásoby|Podobné a na sklade
fr|Recommandé pour vous|Vus récemment|Populaires dans cette catégorie|Vous aimerez aussi|Va bien avec votre choix|Petits plus pour votre commande|Vous cherchez peut-être ceci|À racheter bientôt|Similaires et en stock
es|Recomendado para ti|Vistos recientemente|Populares en esta categoría|También te puede gustar|Combina con tu elección|Pequeños extras para tu pedido|Quizá busques esto|Hora de reponer|Similares y disponibles
it|Consigliati per te|Visti di recente|Popolari in questa categoria|Potrebbe piacerti anche|Si abbina alla tua scelta|Piccoli extra per il tuo ordine|Forse stai cercando questo|È ora di fare scorta|Simili e disponibili
pt|Recomendamos|Vistos recentemente|Populares nesta categoria|Também pode gostar|Combina com a sua escolha|Pequenos extras para o seu pedido|Talvez procure isto|Hora de repor|Semelhantes e disponíveis
nl|Aanbevolen voor jou|Recent bekeken|Populair in deze categorie|Misschien vind je dit ook leuk|Past bij je keuze|Kleine extra’s bij je bestelling|Misschien zoek je dit|Tijd om aan te vullen|Vergelijkbaar en op voorraad
hu|Neked ajánljuk|Nemrég megtekintett|Népszerű ebben a kategóriában|Ez is tetszhet|Illik a választásodhoz|Apróságok a rendeléshez|Talán ezt keresed|Ideje pótolni|Hasonló és raktáron
ro|Recomandate pentru tine|Vizualizate recent|Populare în această categorie|S-ar putea să-ți placă și|Se potrivește cu alegerea ta|Mici completări pentru comanda ta|Poate cauți asta|E timpul pentru o nouă comandă|Similare și în stoc
sv|Rekommenderat för dig|Nyligen visade|Populärt i den här kategorin|Du kanske också gillar|Passar till ditt val|Små tillägg till din beställning|Kanske letar du efter detta|Dags att fylla på|Liknande och i lager`
    .split('\n')
    .map((line) => line.split('|'))

const titles: ReadonlyMap<string, ReadonlyMap<Kind, string>> = new Map(
  table.map(([language = '', ...row]) => [
    language,
    new Map(kinds.map((kind, at) => [kind, row[at] ?? ''])),
  ]),
)

const ofPage: Readonly<Record<PageType, Kind>> = {
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
const ofSlot: ReadonlyMap<string, Kind> = new Map([
  ['home-viewed', 'viewed'],
  ['product-complements', 'goes-with'],
  ['cart-add-ons', 'extras'],
  ['not-found-viewed', 'viewed'],
  ['thank-you-replenish', 'again'],
])

/**
 * The slot's title, or the variant's: the shop's own, else what such a slot is called.
 *
 * @param page that it is shown on.
 * @param languages as pages and shops say them, `pl` or `de-AT`; the first one that there is counts, else English.
 */
export function titleOf(
  slot: Slot,
  variant: string,
  page: PageType,
  ...languages: readonly string[]
): string {
  const tried = slot.experiment?.variants.find(({ id }) => id === variant)
  const own = (variant === controlVariant ? undefined : tried?.title) ?? slot.title
  if (own !== '') return own
  const language = languages.map(codeOf).find((it) => titles.has(it)) ?? 'en'
  return titles.get(language)!.get(ofSlot.get(slot.id) ?? ofPage[page])!
}

const codeOf = (language: string): string => language.toLowerCase().split('-', 1)[0]!
