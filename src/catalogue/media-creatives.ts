import { isSecureUrl, resolveHttp } from './creative/url.js'
import type { MediaFile } from './creative/vast-pieces.js'
import type { Audio, Video } from './media.js'
import type { ShopFile } from './model.js'

/** A video or a spot of a shop's, URLs absolute. */
export interface Creative {
  readonly kind: 'video' | 'audio'
  readonly shop: ShopFile['shop']
  readonly shopIndex: number
  readonly media: Video | Audio
  readonly files: readonly MediaFile[]
  readonly link: string
  /** '' where it plays its own files. */
  readonly tagUrl: string
}

/** A shop's videos, then its spots, in the order of its file. */
export function creativesOf({ shop, videos, audios }: ShopFile, shopIndex: number): Creative[] {
  const absolute = (reference: string): string => resolveHttp(reference, shop.url)!
  const common = (
    media: Video | Audio,
  ): Pick<Creative, 'shop' | 'shopIndex' | 'media' | 'link'> => ({
    shop,
    shopIndex,
    media,
    link: absolute(media.link ?? shop.url),
  })
  return [
    ...videos.map(
      (video): Creative => ({
        ...common(video),
        kind: 'video',
        files: video.files.map((file) => ({ ...file, url: absolute(file.url) })),
        tagUrl: video.tagUrl === undefined ? '' : absolute(video.tagUrl),
      }),
    ),
    ...audios.map(
      (audio): Creative => ({
        ...common(audio),
        kind: 'audio',
        files: audio.files.map((file) => ({
          ...file,
          url: absolute(file.url),
          width: 0,
          height: 0,
        })),
        tagUrl: '',
      }),
    ),
  ]
}

/** Whether all that its VAST document leads to may be used on a page served over https. */
export function isSecure({ files, link, tagUrl }: Creative): boolean {
  const urls = tagUrl === '' ? [link, ...files.map(({ url }) => url)] : [link, tagUrl]
  return urls.every(isSecureUrl)
}
