/** What feeds call the things that we want to know of a product. */

/**
 * For each of our words those of the dialects, best first: where a row has several, the first one counts.
 *
 * In lower case, without `_`, `-` and spaces, and without a prefix for Google's namespace. What stands in
 * something else is named by its path, attributes as well: `<image><url>` is `image/url`.
 */
const names = {
  id: 'id itemid productid merchandid offerid articleid variantid vehicleid compid sku itemcode productcode code symbol idproduktu',
  title:
    'title name productname product designation itemname producttitle nazwa tytul tytuł nazwaproduktu bezeichnung produktname nom titre nombre titulo titolo nome nazev název nazov názov',
  link: 'link url producturl itemurl productlink permalink deeplink link/href offers/url canonicalurl linkdoproduktu adres produkturl lien enlace odkaz',
  image:
    'imagelink imageurl imgurl picture pictureurl mainimage mainimageurl image/url image/src image/link image featuredimage imgs/main/url imgs/main images/image/url images/image images/src images/url images imagesrc img photo photourl foto zdjecie zdjęcie linkdozdjecia bild bildurl obrazek urlimage thumbnail thumbnailurl additionalimagelink additionalimages',
  price:
    'price price/value price/amount pricevat priceinclvat pricegross grossprice bruttoprice currentprice offers/price cena cenabrutto preis prix precio prezzo',
  salePrice:
    'saleprice specialprice discountprice discountedprice promoprice promotionprice offerprice cenapromocyjna aktionspreis',
  oldPrice:
    'oldprice priceold regularprice pricebeforediscount priceregular compareatprice listprice previousprice originalprice wasprice standardprice cenaregularna staracena',
  priceMicros: 'pricemicros',
  salePriceMicros: 'salepricemicros',
  saleDates: 'salepriceeffectivedate',
  currency:
    'currency currencyid currencycode pricecurrency price/currency offers/pricecurrency waluta waehrung währung',
  availability:
    'availability instock stockstatus availabilitystatus available isavailable offers/availability sellableonline dostepnosc dostępność verfugbarkeit verfügbarkeit disponibilite disponibilité disponibilidad',
  quantity:
    'quantity stockquantity inventory inventoryquantity qty stock stockqty stockdetail quantitytosellonfacebook count ilosc ilość menge',
  deliveryDays: 'deliverydate avail',
  expires: 'expirationdate',
  category:
    'producttype categorytext categorypath category categoryname categories/category categories/name categories cat kategoria kategorie catégorie categoria',
  categoryId: 'categoryid',
  googleCategory: 'googleproductcategory googlecategory fbproductcategory',
  group: 'itemgroupid',
  // These name a group of variants in some dialects only.
  groupId: 'groupid',
  ownGroup: 'group',
  brand:
    'brand brand/name manufacturer manufacturer/name vendor producer producent marka marke hersteller marque marca fabricante vyrobce výrobce make',
  description:
    'description desc longdescription productdescription bodyhtml body content summary shortdescription opis beschreibung descripcion descripción descrizione popis',
  rating:
    'rating averagerating productrating ratingvalue rating/value rating/rate aggregaterating/ratingvalue',
  cost: 'costofgoodssold costprice purchaseprice costperitem wholesaleprice',
  marginShare: 'marginshare',
  imageWidth: 'imagewidth image/width',
  imageHeight: 'imageheight image/height',
  // Of which Yandex's offers without a name are told.
  typePrefix: 'typeprefix',
  model: 'model',
} as const satisfies Record<string, string>

export type Field = keyof typeof names

/** What a name of theirs means; the smaller `rank` counts. */
export interface KnownName {
  readonly field: Field
  readonly rank: number
}

const known = new Map<string, KnownName>()
for (const [field, words] of Object.entries(names) as [Field, string][])
  for (const [rank, word] of words.split(' ').entries()) known.set(word, { field, rank })

/** Names as they were asked for; bounded, as a feed may have any number of them. */
const asked = new Map<string, KnownName | null>()
const askedCountMax = 2_000

/** @param name a column, or a path of tags or keys; as written: `g:image_link`, `image[0].url`, `Product Name`. */
export function knownName(name: string): KnownName | null {
  const before = asked.get(name)
  if (before !== undefined) return before
  const plain = name
    .slice(0, 200)
    .toLowerCase()
    .trim()
    .replace(/^g:/, '')
    .replace(/\[\d+\]/g, '')
    .replace(/\./g, '/')
    .replace(/[\s_-]+/g, '')
  const found = known.get(plain) ?? null
  if (asked.size < askedCountMax) asked.set(name, found)
  return found
}

/** What a row says, by our words. The best name that has a text counts; of the same name, the first. */
export class Fields {
  readonly #texts = new Map<Field, string>()
  readonly #ranks = new Map<Field, number>()

  /** @returns '' where it isn't said. */
  get(field: Field): string {
    return this.#texts.get(field) ?? ''
  }

  add({ field, rank }: KnownName, text: string): void {
    const trimmed = text.trim()
    if (trimmed === '' || rank >= (this.#ranks.get(field) ?? Number.POSITIVE_INFINITY)) return
    this.#texts.set(field, trimmed)
    this.#ranks.set(field, rank)
  }

  copy(): Fields {
    const copy = new Fields()
    for (const [field, text] of this.#texts) copy.set(field, text)
    return copy
  }

  /** Whatever was said before. */
  set(field: Field, text: string): void {
    this.#texts.set(field, text)
    this.#ranks.set(field, -1)
  }
}

/** A row as its file has it, before anybody asked whether it is a product. */
export interface RawRow {
  readonly line: number
  /** null where it can't be read. */
  readonly fields: Fields | null
  /** Why it can't be; '' where it can. */
  readonly fault: '' | 'too_long' | 'malformed'
  /** For a person, where there is a fault. */
  readonly reason: string
}

export const readable = (line: number, fields: Fields): RawRow => ({
  line,
  fields,
  fault: '',
  reason: '',
})
export const malformed = (line: number, reason: string): RawRow => ({
  line,
  fields: null,
  fault: 'malformed',
  reason,
})
export const tooLong = (line: number, rowBytesMax: number): RawRow => ({
  line,
  fields: null,
  fault: 'too_long',
  reason: `the row is longer than ${rowBytesMax} bytes`,
})
