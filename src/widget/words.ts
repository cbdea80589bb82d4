/** What the widget itself says, mostly to those who listen to a page: in the page's language. */

export interface Words {
  /** Where neither the shop nor the service has one. */
  readonly heading: string
  readonly previous: string
  readonly next: string
  /** Before the price that no longer counts, and before the one that does. */
  readonly oldPrice: string
  readonly price: string
}

type Row = [string, string, string, string, string, string]

/** Language, then the words in the order above. */
const table = `en|You may also like|Previous products|Next products|Previous price|Price now
pl|Może Ci się spodobać|Poprzednie produkty|Następne produkty|Poprzednia cena|Cena teraz
de|Das könnte dir auch gefallen|Vorherige Produkte|Nächste Produkte|Früherer Preis|Preis jetzt
cs|Mohlo by se vám líbit|Předchozí produkty|Další produkty|Původní cena|Cena nyní
sk|Mohlo by sa vám páčiť|Predchádzajúce produkty|Ďalšie produkty|Pôvodná cena|Cena teraz
fr|Vous aimerez aussi|Produits précédents|Produits suivants|Ancien prix|Prix actuel
es|También te puede gustar|Productos anteriores|Productos siguientes|Precio anterior|Precio actual
it|Potrebbe piacerti anche|Prodotti precedenti|Prodotti successivi|Prezzo precedente|Prezzo attuale
pt|Também pode gostar|Produtos anteriores|Produtos seguintes|Preço anterior|Preço atual
nl|Misschien vind je dit ook leuk|Vorige producten|Volgende producten|Vorige prijs|Prijs nu
hu|Ez is tetszhet|Előző termékek|Következő termékek|Korábbi ár|Jelenlegi ár
ro|S-ar putea să-ți placă și|Produse anterioare|Produse următoare|Preț anterior|Preț actual
sv|Du kanske också gillar|Föregående produkter|Nästa produkter|Tidigare pris|Pris nu`
  .split('\n')
  .map((line) => line.split('|'))

/** @param language as a page says it: `pl`, `de-AT`. English where there is no other. */
export function wordsOf(language: string): Words {
  const [code] = language.toLowerCase().split('-')
  const found = table.find(([name]) => name === code) || table[0]
  const [, heading, previous, next, oldPrice, price] = found as Row
  return { heading, previous, next, oldPrice, price }
}
