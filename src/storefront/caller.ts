/** For which shop a request is, and about whom. */
import { isJunk } from '../base/junk-id.js'
import { identifierLengthMax } from '../people/identifiers.js'
import type { Fields } from './question.js'
import type { KeyHolder, KnownPerson, Storefront, StorefrontShop } from './shop.js'

export interface Caller {
  readonly shop: StorefrontShop
  /** `anon:…` or `cust:…`; '' for nobody, or somebody who said no: then nothing of them may be used or kept. */
  readonly identifier: string
  /** null where the shop doesn't know them yet. */
  readonly person: KnownPerson | null
}

/** The shop that a request is for, and what it may say there. */
export interface AskedShop {
  readonly shop: StorefrontShop
  /** By a server of the shop's, which may ask as often as it likes. */
  readonly hasKey: boolean
  readonly mayNamePeople: boolean
}

export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: 400 | 401 | 403 | 404; readonly fault: string }

export interface CallerOptions {
  readonly storefront: Storefront
  /** Whose key it is; null where nobody's. */
  findKey(secret: string): KeyHolder | null
  /** What is known of somebody couldn't be read: they are taken for nobody. */
  onFault(error: unknown): void
}

const refuse = <T>(status: 400 | 401 | 403 | 404, fault: string): Found<T> => ({
  ok: false,
  status,
  fault,
})

/**
 * Reads nothing of people yet.
 *
 * @param secret of `Authorization: Bearer`; '' where none was sent.
 */
export function findShop(
  fields: Fields,
  secret: string,
  { storefront, findKey }: CallerOptions,
): Found<AskedShop> {
  const asked = last(fields, 'shop')
  let shopId = asked
  let mayNamePeople = false
  if (secret !== '') {
    const key = findKey(secret)
    if (key === null) return refuse(401, 'authorization: the key is unknown, or has ended')
    if (key.shopId !== '' && asked !== '' && key.shopId !== asked)
      return refuse(403, 'shop: the key is another shop’s')
    if (key.shopId !== '') shopId = key.shopId
    mayNamePeople = key.mayNamePeople
  }
  if (shopId === '') return refuse(400, 'shop: say which, as in ?shop=<id>')
  const shop = storefront.shop(shopId)
  if (shop === null) return refuse(404, 'shop: is unknown')
  return { ok: true, value: { shop, hasKey: secret !== '', mayNamePeople } }
}

/**
 * Pages name the tag's own id of the browser (`person`), and nobody else. A server with a key may name a customer by
 * the shop's number instead (`customer`).
 */
export function findCaller(
  { shop, hasKey, mayNamePeople }: AskedShop,
  fields: Fields,
  { storefront, onFault }: CallerOptions,
): Found<Caller> {
  const customer = last(fields, 'customer')
  if (customer !== '' && !hasKey) return refuse(401, 'customer: needs a key')
  if (customer !== '' && !mayNamePeople)
    return refuse(403, 'customer: this key may not ask about people')
  const identifier =
    customer === '' ? identifierOf('anon', last(fields, 'person')) : identifierOf('cust', customer)
  try {
    return { ok: true, value: callerOf(shop, identifier, storefront) }
  } catch (error) {
    onFault(error)
    return { ok: true, value: { shop, identifier: '', person: null } }
  }
}

/** @param identifier '' for nobody. @throws whatever reading of them throws. */
export function callerOf(shop: StorefrontShop, identifier: string, storefront: Storefront): Caller {
  const person = identifier === '' ? null : storefront.person(shop.id, identifier)
  const mayKnow = person?.slice.consent?.personalization ?? true
  return mayKnow ? { shop, identifier, person } : { shop, identifier: '', person: null }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys of stores have them in between
const control = /[\u0000-\u001f\u007f]/

/** '' for what names nobody. */
export const identifierOf = (kind: 'anon' | 'cust', id: string): string =>
  id.length > identifierLengthMax || isJunk(id) || control.test(id) ? '' : `${kind}:${id}`

const last = (fields: Fields, name: string): string => fields.get(name)?.at(-1)?.trim() ?? ''
