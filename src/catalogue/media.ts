import { z } from '../base/schema.js'

/** What creatives may be, by `bid.mtype`'s numbers (OpenRTB 2.6, list 5.x "creative markup types"). */
export const CreativeFormat = { banner: 1, video: 2, audio: 3, native: 4 } as const
export const creativeFormats = ['banner', 'video', 'audio', 'native'] as const

const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000)
const identifier = z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : -')
const language = z.string().regex(/^[a-z]{2}$/)
const durationSeconds = z.number().int().min(1).max(600)
const bitrateKbps = z.number().int().min(1).max(100_000)
/** OpenRTB's list of creative attributes: 1 audio plays by itself … 23 full motion. */
const attribute = z.number().int().min(1).max(23)
/** OpenRTB's list of API frameworks that the creative can't do without: 1 VPAID 1.0 … 9 SIMID 1.1. */
const api = z.number().int().min(1).max(9)

const fileCountMax = 16

/** A video of a shop's: files that we play ourselves, or somebody else's VAST tag that we wrap. */
export const videoSchema = z
  .strictObject({
    id: identifier,
    durationSeconds,
    files: z
      .array(
        z.strictObject({
          url: httpUrl,
          type: z.enum(['video/mp4', 'video/webm', 'video/ogg', 'video/3gpp']),
          width: z.number().int().min(1).max(8_192),
          height: z.number().int().min(1).max(8_192),
          bitrateKbps,
        }),
      )
      .max(fileCountMax)
      .default([]),
    /** URL of the VAST document to wrap; its files are what `files` says, for matching only. */
    tagUrl: httpUrl.optional(),
    /** Where a click leads; the shop's home where it isn't said. */
    link: z.string().min(1).max(2_000).optional(),
    /** The shop's language where it isn't said; `xx` has none. */
    language: language.optional(),
    /** The video itself can be skipped after this. */
    skippableAfterSeconds: z.number().int().min(0).max(600).optional(),
    attributes: z.array(attribute).max(23).default([]),
    apis: z.array(api).max(9).default([]),
  })
  .refine((video) => video.files.length > 0, { message: 'must have files', path: ['files'] })

/** A spot of a shop's for radio, podcasts and the like. */
export const audioSchema = z.strictObject({
  id: identifier,
  durationSeconds,
  files: z
    .array(
      z.strictObject({
        url: httpUrl,
        type: z.enum(['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav']),
        bitrateKbps,
      }),
    )
    .min(1)
    .max(fileCountMax),
  link: z.string().min(1).max(2_000).optional(),
  language: language.optional(),
  attributes: z.array(attribute).max(23).default([]),
})

export type Video = z.output<typeof videoSchema>
export type Audio = z.output<typeof audioSchema>
