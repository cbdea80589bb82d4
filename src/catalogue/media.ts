import { z } from '../base/schema.js'
import { isClickable } from './creative/link.js'
import { resolveHttp } from './creative/url.js'

/** What creatives may be, by `bid.mtype`'s numbers (OpenRTB 2.6, list 5.x "creative markup types"). */
export const CreativeFormat = { banner: 1, video: 2, audio: 3, native: 4 } as const
export const creativeFormats = ['banner', 'video', 'audio', 'native'] as const

/** What kind of player a video is in, and where in the content; a name's number is its place and one. */
export const videoPlacements = ['instream', 'accompanying', 'interstitial', 'standalone'] as const
export const videoPositions = ['pre', 'mid', 'post'] as const
/** With 0 for what isn't known. */
export const videoPlacementCount = videoPlacements.length + 1
export const videoPositionCount = videoPositions.length + 1

/** One number for both. */
export const videoSlot = (placement: number, position: number): number =>
  placement * videoPositionCount + position

const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000)
const identifier = z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : -')
const language = z.string().regex(/^[a-z]{2}$/)
const durationSeconds = z.number().int().min(1).max(600)
const bitrateKbps = z.number().int().min(1).max(100_000)
/** Absolute or relative to the shop's url, and short enough for a click on it to come back to us. */
const link = z.string().min(1).max(2_000).refine(isFollowable, {
  message: 'must be an http(s) URL or relative to the shop, and not too long',
})
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
    link: link.optional(),
    /** The shop's language where it isn't said; `xx` has none. */
    language: language.optional(),
    /** People may skip the video after this, wherever it plays; the player has to draw the button. */
    skippableAfterSeconds: z.number().int().min(0).max(600).optional(),
    /** 16 stands for a skip button that is part of the video itself. */
    attributes: z.array(attribute).max(23).default([]),
    apis: z.array(api).max(9).default([]),
  })
  .refine((video) => video.files.length > 0, { message: 'must have files', path: ['files'] })
  .refine((video) => (video.skippableAfterSeconds ?? 0) < video.durationSeconds, {
    message: 'must be less than durationSeconds',
    path: ['skippableAfterSeconds'],
  })

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
  link: link.optional(),
  language: language.optional(),
  attributes: z.array(attribute).max(23).default([]),
})

export type Video = z.output<typeof videoSchema>
export type Audio = z.output<typeof audioSchema>

/** Relative references are resolved against the shop's url, so any base shows whether one is sound. */
function isFollowable(reference: string): boolean {
  const url = resolveHttp(reference, 'https://shop.invalid/')
  return url !== null && isClickable(url)
}
