/** What the widget itself says, mostly to those who listen to a page: in the page's language. */

export interface Words {
  readonly previous: string
  readonly next: string
  /** Before the price that no longer counts, and before the one that does. */
  readonly oldPrice: string
  readonly price: string
}

type Row = [string, string, string, string, string]

/** Language, then the words in the order above. */
const table = `en|Previous products|Next products|Previous price|Price now
pl|Poprzednie produkty|Następne produkty|Poprzednia cena|Cena teraz
de|Vorherige Produkte|Nächste Produkte|Früherer Preis|Preis jetzt
cs|Předchozí produkty|Další produkty|Původní cena|Cena nyní
sk|Predchádzajúce produkty|Ďalšie produkty|Pôvodná cena|Cena teraz
fr|Produits précédents|Produits suivants|Ancien prix|Prix actuel
es|Productos anteriores|Productos siguientes|Precio anterior|Precio actual
it|Prodotti precedenti|Prodotti successivi|Prezzo precedente|Prezzo attuale
pt|Produtos anteriores|Produtos seguintes|Preço anterior|Preço atual
nl|Vorige producten|Volgende producten|Vorige prijs|Prijs nu
hu|Előző termékek|Következő termékek|Korábbi ár|Jelenlegi ár
ro|Produse anterioare|Produse următoare|Preț anterior|Preț actual
sv|Föregående produkter|Nästa produkter|Tidigare pris|Pris nu`
  .split('\n')
  .map((line) => line.split('|'))

/** @param language as a page says it: `pl`, `de-AT`. English where there is no other. */
export function wordsOf(language: string): Words {
  const [code] = language.toLowerCase().split('-')
  const found = table.find(([name]) => name === code) || table[0]
  const [, previous, next, oldPrice, price] = found as Row
  return { previous, next, oldPrice, price }
}
