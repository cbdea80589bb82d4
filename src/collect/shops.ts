import { type ShopFile, shopSchema } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { failureOf } from './changes.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { tagged, unmet } from './etag.js'
import { itemBytesMax } from './items.js'
import { pageBy, pageOf, pageQuery } from './paging.js'
import { partEndpoints } from './parts.js'
import type { Place } from './place.js'
import { shopPlace } from './place.js'

export interface ShopEndpointsOptions {
  readonly directory: ShopDirectory
  /** A shop was taken away: its keys are to be revoked, and what is known of its people to go. */
  readonly onRemoved: (shopId: string) => Promise<void>
}

const tag = 'shops'
const example = {
  id: 'kram',
  name: 'Kram',
  domain: 'kram.example',
  url: 'https://kram.example/',
  currency: 'PLN',
  timeZone: 'Europe/Warsaw',
  language: 'pl',
  logo: '/logo.svg',
  colours: { primary: '#0b5d3b', onPrimary: '#ffffff', background: '#ffffff', text: '#1a1a1a' },
  callToAction: 'Zobacz',
  categories: ['IAB22'],
}
const schema = shopSchema.meta({ title: 'Shop', examples: [example] })
const summarySchema = shopSchema.pick({ id: true, name: true, domain: true, currency: true })

/** What an operator has agreed with a shop: whom it may say it is, how it pays, whose ids it may use. */
const agreedFields = ['domain', 'currency', 'eids'] as const
const wholeShop = shopPlace(Object.keys(shopSchema.shape) as (keyof ShopFile['shop'])[])

/** @returns a refusal where a shop's own key changes what only an operator may; null where it doesn't. */
export function refuseAgreed(call: Call, before: object, after: object): Answer | null {
  if (call.key?.role === 'operator') return null
  const [was, is] = [before, after] as Readonly<Record<string, unknown>>[]
  const changed = agreedFields.filter(
    (name) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name]),
  )
  if (changed.length === 0) return null
  return refusal(
    403,
    'shop: some of it only an operator may change',
    changed.map((where) => ({ where, reason: 'is agreed with the operator' })),
  )
}

/** A shop's salt lets whoever has it find its people by an address: only who may change it sees it. */
const isTrusted = (call: Call): boolean =>
  call.key?.role === 'admin' || call.key?.role === 'operator'

const placeFor = (call: Call): Place => ({
  ...wholeShop,
  shown(file) {
    const { eids, ...others } = file.shop
    return isTrusted(call)
      ? file.shop
      : { ...others, ...(eids && { eids: { source: eids.source } }) }
  },
})

/** Shops themselves: an operator's to make and take away, each admin's to change their own. */
export function shopEndpoints(options: ShopEndpointsOptions): Endpoint[] {
  const { directory } = options
  return [
    {
      method: 'GET',
      path: '/v1/shops',
      operationId: 'listShops',
      tag,
      summary: 'Lists all shops, by id.',
      access: ['operator'],
      isAboutNoShop: true,
      query: pageQuery,
      body: { kind: 'none' },
      responses: { 200: { description: 'A page of them.', schema: pageOf(summarySchema) } },
      handle: (call) => {
        const { items, next } = pageBy(call, directory.ids, (id) => id)
        const shops = items.flatMap((id) => directory.get(id)?.shop ?? [])
        return tagged(call, {
          items: shops.map(({ id, name, domain, currency }) => ({ id, name, domain, currency })),
          next,
        })
      },
    },
    {
      method: 'POST',
      path: '/v1/shops',
      operationId: 'createShop',
      tag,
      summary: 'Makes a shop, without campaigns. Make it a key next, with POST /v1/keys.',
      access: ['operator'],
      isAboutNoShop: true,
      body: { kind: 'json', schema, bytesMax: itemBytesMax },
      responses: {
        201: { description: 'The shop, with its ETag.', schema },
        409: { description: 'There is one with this id.' },
      },
      handle: async (call) => {
        const shop = call.json as ShopFile['shop']
        const made = await directory.create({ shop, campaigns: [] })
        if (!made.ok) return failureOf(made, 'shop')
        return tagged(call, made.file.shop, 201)
      },
    },
    ...partEndpoints(directory, {
      name: 'Shop',
      path: '/v1/shop',
      tag,
      what: 'the shop that the key is for',
      schema,
      writers: ['admin'],
      place: placeFor,
      refuse: (call, before, after) => refuseAgreed(call, before ?? {}, after ?? {}),
    }),
    {
      method: 'DELETE',
      path: '/v1/shop',
      operationId: 'deleteShop',
      tag,
      summary:
        'Takes a shop away (with If-Match): its campaigns, its keys, what is known of its people.',
      description: 'What it was charged stays in the ledger.',
      access: ['operator'],
      body: { kind: 'none' },
      responses: {
        204: { description: 'It is gone.' },
        412: { description: 'Somebody has changed it since.' },
        428: { description: 'If-Match is missing.' },
      },
      handle: (call) => removeShop(call, options),
    },
  ]
}

async function removeShop(
  call: Call,
  { directory, onRemoved }: ShopEndpointsOptions,
): Promise<Answer> {
  let declined: Answer | null = null
  const removed = await directory.remove(call.shopId, (file) => {
    declined = unmet(call, placeFor(call).shown(file))
    return declined === null
  })
  if (declined !== null) return declined
  if (!removed.ok) return failureOf(removed)
  await onRemoved(call.shopId)
  return { status: 204 }
}
