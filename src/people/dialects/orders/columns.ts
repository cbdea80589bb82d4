/** Which column of a till's or an ERP's file is what, by what people call them. */

export const columnNames = [
  'order',
  'date',
  'time',
  'customer',
  'email',
  'product',
  'quantity',
  'price',
  'lineTotal',
  'orderTotal',
  'currency',
  'gift',
  'category',
  'brand',
] as const
export type ColumnName = (typeof columnNames)[number]

/**
 * Without spaces, punctuation and accents, in lower case; English, Polish, German, Czech, and what Shopify and
 * WooCommerce export. Of two columns that may be one thing, the one named first here is.
 */
const words: Readonly<Record<ColumnName, string>> = {
  order:
    'orderid order ordernumber orderno ordernr transactionid transaction transactionno receiptid receipt ' +
    'receiptno receiptnumber invoiceno invoiceid invoice invoicenumber idzamowienia nrzamowienia ' +
    'numerzamowienia zamowienie nrparagonu numerparagonu paragon bestellnummer bestellnr auftragsnummer ' +
    'belegnummer cisloobjednavky objednavka',
  date:
    'date orderdate orderedat createdat created timestamp datetime invoicedate purchasedate purchasedat ' +
    'transactiondate paidat data datazamowienia datazakupu datasprzedazy datum bestelldatum kaufdatum ' +
    'datumobjednavky',
  time: 'time hour ordertime godzina uhrzeit cas',
  customer:
    'customerid customer customerno customernumber customernr clientid client userid user loyaltyid ' +
    'loyaltycard cardnumber cardno idklienta nrklienta numerklienta klient kartaklienta kundennummer ' +
    'kundennr kundenid cislozakaznika zakaznik',
  email:
    'email mail emailaddress customeremail billingemail emailsha256 sha256email hashedemail emailhash ' +
    'adresemail emailklienta emailadresse',
  product:
    'sku productid product productsku productcode itemid item itemsku articleid article articleno stockcode ' +
    'lineitemsku idproduktu kodproduktu produkt symbol indeks artikelnummer artikelnr artikel kodzbozi ean ' +
    'gtin barcode',
  quantity:
    'quantity qty units pieces count itemquantity lineitemquantity ilosc sztuk szt liczba liczbasztuk menge ' +
    'anzahl stuck mnozstvi pocet',
  price:
    'price unitprice itemprice lineitemprice pricegross grossprice cena cenabrutto cenajednostkowa ' +
    'cenajednostkowabrutto preis einzelpreis stuckpreis cenazakus',
  lineTotal:
    'linetotal rowtotal itemtotal lineamount amount salesvalue wartosc wartoscbrutto gesamtpreis ' +
    'positionsbetrag celkemzaradek',
  orderTotal:
    'ordertotal ordervalue total totalprice grandtotal value suma sumazamowienia wartosczamowienia ' +
    'gesamtsumme bestellwert celkem',
  currency: 'currency currencycode waluta wahrung mena',
  gift: 'gift isgift present prezent naprezent geschenk darek',
  category: 'category productcategory itemcategory kategoria kategorie',
  brand: 'brand itembrand manufacturer marka producent marke hersteller znacka vyrobce',
}

const byWord: ReadonlyMap<string, { readonly name: ColumnName; readonly rank: number }> = new Map(
  columnNames.flatMap((name) =>
    words[name].split(' ').map((word, rank) => [word, { name, rank }] as const),
  ),
)

/** A header's cell as it stands in the lists above. */
function wordOf(header: string): string {
  return header
    .slice(0, 100)
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** What each column is; the place of one that isn't there is -1. */
export interface Columns {
  readonly places: Readonly<Record<ColumnName, number>>
  /** As the file calls them. */
  readonly headers: readonly string[]
}

/** @returns a sentence where what no order can do without isn't there. */
export function findColumns(headers: readonly string[]): Columns | string {
  const places = Object.fromEntries(columnNames.map((name) => [name, -1])) as Record<
    ColumnName,
    number
  >
  const ranks = new Map<ColumnName, number>()
  const found = headers.map(wordOf)
  for (const [place, word] of found.entries()) {
    const column = byWord.get(word)
    if (column === undefined || column.rank >= (ranks.get(column.name) ?? Infinity)) continue
    ranks.set(column.name, column.rank)
    places[column.name] = place
  }
  // Shopify's export has the number of the order as its name.
  if (places.order < 0 && found.includes('lineitemsku')) places.order = found.indexOf('name')
  const missing = missingOf(places)
  if (missing.length > 0)
    return `the header has no column for ${missing.join(', nor for ')}; it has ${shown(headers)}`
  return { places, headers }
}

function missingOf(places: Readonly<Record<ColumnName, number>>): string[] {
  const missing: string[] = []
  if (places.order < 0) missing.push('the order’s number (as order_id)')
  if (places.date < 0) missing.push('its date (as date)')
  if (places.customer < 0 && places.email < 0) missing.push('whose it is (as customer_id or email)')
  if (places.product < 0 && places.orderTotal < 0) missing.push('the product (as sku)')
  return missing
}

const shown = (headers: readonly string[]): string =>
  headers
    .slice(0, 30)
    .map((header) => JSON.stringify(header.slice(0, 40)))
    .join(', ')
