/** Whether a product can be bought now, in the words of all dialects. What can't be is never advertised. */

/** Lower case, letters and digits only. */
const inStock = new Set(
  `instock available availablefororder availableforsale onstock limitedavailability limitedstock lowstock instoreonly onlineonly
   yes y true t on ano tak ja oui si sí da skladem naskladě auflager lieferbar sofortlieferbar enstock disponible
   disponibile dostępny dostepny dostępna dostępne wmagazynie вналичии внаявності доступен stokta stoktavar`.split(
    /\s+/,
  ),
)
const outOfStock = new Set(
  `outofstock outstock outofsock soldout sold notavailable unavailable notinstock nostock discontinued backorder backordered
   onbackorder preorder presale comingsoon pending archived draft madetoorder reserved no n false f off ne nie nein non
   nedostupné vyprodáno ausverkauft nichtlieferbar niedostępny niedostepny brak épuisé rupturedestock agotado esaurito
   нетвналичии недоступен подзаказ tükendi`.split(/\s+/),
)

/**
 * @param text a word, a schema.org address that ends in one, or how many there are.
 * @returns null where nobody knows.
 */
export function readAvailability(text: string): boolean | null {
  const last = text.slice(text.lastIndexOf('/') + 1).toLowerCase()
  if (/^-?\d+(?:[.,]\d+)?$/.test(last)) return Number(last.replace(',', '.')) > 0
  const word = last.replace(/[^\p{L}\p{N}]/gu, '')
  if (inStock.has(word)) return true
  return outOfStock.has(word) ? false : null
}

/** Heureka's and Ceneo's: what takes longer to send is made, ordered or only promised (Ceneo: 90, 99, 110). */
const deliveryDaysMax = 30

/**
 * @param text in how many days it is sent, or the day on which it can be had.
 * @returns null where neither is said.
 */
export function readDelivery(text: string, nowMs: number): boolean | null {
  if (/^\d{1,4}$/.test(text)) return Number(text) <= deliveryDaysMax
  const dayMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.slice(0, 10)) : Number.NaN
  return Number.isNaN(dayMs) ? null : dayMs <= nowMs
}
