/** Media types that matter to us: a closed list, a bit each. Append only. */
export const mimeTypes = [
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/x-flv',
  'video/3gpp',
  'application/x-mpegurl',
  'application/dash+xml',
  'application/javascript',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/wav',
  'text/html',
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/svg+xml',
  'image/avif',
] as const
export type MimeType = (typeof mimeTypes)[number]

/** Other spellings that exchanges and shops use. */
const aliases: Readonly<Record<string, MimeType>> = {
  'video/x-m4v': 'video/mp4',
  'video/h264': 'video/mp4',
  'application/vnd.apple.mpegurl': 'application/x-mpegurl',
  'text/javascript': 'application/javascript',
  'application/x-javascript': 'application/javascript',
  'audio/mp3': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'application/xhtml+xml': 'text/html',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
}

const bits = new Map<string, number>([
  ...mimeTypes.map((type, index): [string, number] => [type, 1 << index]),
  ...Object.entries(aliases).map(([alias, type]): [string, number] => [
    alias,
    1 << mimeTypes.indexOf(type),
  ]),
])

/** Every bit: where a request names no media types, any will do. */
export const anyMime = 0x7fffffff

/**
 * Bit of a media type; 0 for one that we don't know.
 *
 * @param type as sent: any case, parameters (`; codecs=…`) are left aside, `*` and `x/*` aren't known.
 */
export function mimeBit(type: string): number {
  const exact = bits.get(type)
  if (exact !== undefined) return exact
  const semicolon = type.indexOf(';')
  return bits.get((semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase()) ?? 0
}
