/**
 * The demo shops' videos and audio spots. The files lie in config/demo, and scripts/make-demo-media.mjs
 * has made them; what is said of them here is what they are.
 */
import type { ShopFileInput } from '../catalogue/model.js'

type VideoInput = NonNullable<ShopFileInput['videos']>[number]
type AudioInput = NonNullable<ShopFileInput['audios']>[number]

/** A film of a shop, each in two sizes: 1280 × 720 and 640 × 360. */
interface Film {
  readonly shopId: string
  readonly durationSeconds: number
  /** Of the large file, then of the small one. */
  readonly bitrateKbps: readonly [large: number, small: number]
}

/** A spot of a shop, as MP3 and as AAC. */
interface Spot {
  readonly shopId: string
  readonly durationSeconds: number
  readonly bitrateKbps: readonly [mp3: number, aac: number]
}

const films: readonly Film[] = [
  { shopId: 'ruszaj', durationSeconds: 15, bitrateKbps: [95, 66] },
  { shopId: 'ruszaj', durationSeconds: 6, bitrateKbps: [104, 70] },
  { shopId: 'fenrow', durationSeconds: 15, bitrateKbps: [92, 65] },
  { shopId: 'fenrow', durationSeconds: 6, bitrateKbps: [95, 66] },
]

const spots: readonly Spot[] = [
  { shopId: 'ruszaj', durationSeconds: 15, bitrateKbps: [56, 58] },
  { shopId: 'fenrow', durationSeconds: 15, bitrateKbps: [56, 57] },
]

/** People may leave a long film after this, where it is long enough to annoy. */
const skippableAfterSeconds = 5

const fileTypes = { mp4: 'video/mp4', mp3: 'audio/mpeg', m4a: 'audio/mp4' } as const

function filmNames({ shopId, durationSeconds }: Film): [large: string, small: string] {
  const name = `${shopId}-${durationSeconds}`
  return [`${name}-720.mp4`, `${name}-360.mp4`]
}

const spotNames = ({ shopId }: Spot): [mp3: string, aac: string] => [
  `${shopId}-spot.mp3`,
  `${shopId}-spot.m4a`,
]

/** Media type by name, of every file that there is: `ruszaj-15-720.mp4`. */
export const demoMediaFiles: ReadonlyMap<string, string> = new Map(
  [...films.flatMap(filmNames), ...spots.flatMap(spotNames)].map((name) => [
    name,
    fileTypes[name.slice(name.lastIndexOf('.') + 1) as keyof typeof fileTypes],
  ]),
)

/** @param baseUrl where the demo's server is reached, without a slash at the end. */
export function demoMedia(
  shopId: string,
  baseUrl: string,
): { videos: VideoInput[]; audios: AudioInput[] } {
  const url = (name: string): string => `${baseUrl}/media/${name}`
  const isOwn = (it: Film | Spot): boolean => it.shopId === shopId
  const videos = films.filter(isOwn).map((film): VideoInput => {
    const [large, small] = filmNames(film)
    const { durationSeconds, bitrateKbps } = film
    const type = fileTypes.mp4
    return {
      id: `film-${durationSeconds}`,
      durationSeconds,
      files: [
        { url: url(large), type, width: 1_280, height: 720, bitrateKbps: bitrateKbps[0] },
        { url: url(small), type, width: 640, height: 360, bitrateKbps: bitrateKbps[1] },
      ],
      ...(durationSeconds >= 15 ? { skippableAfterSeconds } : {}),
    }
  })
  const audios = spots.filter(isOwn).map((spot): AudioInput => {
    const [mp3, aac] = spotNames(spot)
    const { durationSeconds, bitrateKbps } = spot
    return {
      id: 'spot',
      durationSeconds,
      files: [
        { url: url(mp3), type: fileTypes.mp3, bitrateKbps: bitrateKbps[0] },
        { url: url(aac), type: fileTypes.m4a, bitrateKbps: bitrateKbps[1] },
      ],
    }
  })
  return { videos, audios }
}
