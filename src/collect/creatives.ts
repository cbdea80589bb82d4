import type { z } from '../base/schema.js'
import { audioSchema, videoSchema } from '../catalogue/media.js'
import { shopSchema } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Endpoint } from './endpoint.js'
import { itemEndpoints } from './items.js'
import { partEndpoints } from './parts.js'
import { shopPlace } from './place.js'

const videoExample = {
  id: 'spring-15s',
  durationSeconds: 15,
  files: [
    {
      url: 'https://shop.example/films/spring-15s.mp4',
      type: 'video/mp4',
      width: 1280,
      height: 720,
      bitrateKbps: 1_800,
    },
  ],
  link: '/spring',
}
const audioExample = {
  id: 'spring-spot',
  durationSeconds: 20,
  files: [{ url: 'https://shop.example/spots/spring.mp3', type: 'audio/mpeg', bitrateKbps: 128 }],
}
const lookExample = {
  logo: '/logo.svg',
  colours: { primary: '#0b5d3b', onPrimary: '#ffffff', background: '#ffffff', text: '#1a1a1a' },
  callToAction: 'See it',
}

/** How a shop's banners and native ads look: what of the shop goes into each of them. */
const lookFields = {
  logo: true,
  logoSize: true,
  colours: true,
  callToAction: true,
  pictures: true,
  payer: true,
  privacyUrl: true,
} as const
const lookSchema: z.ZodType = shopSchema.pick(lookFields)

/** What a shop's adverts are made of, besides its products: its look, its videos and its spots. */
export function creativeEndpoints(directory: ShopDirectory): Endpoint[] {
  const tag = 'creatives'
  const place = shopPlace(Object.keys(lookFields) as (keyof typeof lookFields)[])
  return [
    ...itemEndpoints(directory, {
      list: 'videos',
      name: 'video',
      path: '/v1/creatives/videos',
      tag,
      plural: 'videos',
      schema: videoSchema.meta({ title: 'Video', examples: [videoExample] }),
    }),
    ...itemEndpoints(directory, {
      list: 'audios',
      name: 'audio',
      path: '/v1/creatives/audios',
      tag,
      plural: 'audio spots',
      schema: audioSchema.meta({ title: 'AudioSpot', examples: [audioExample] }),
    }),
    ...partEndpoints(directory, {
      name: 'Look',
      path: '/v1/creatives/look',
      tag,
      what: 'how the shop’s adverts look',
      schema: lookSchema.meta({ title: 'Look', examples: [lookExample] }),
      place: () => place,
    }),
  ]
}
