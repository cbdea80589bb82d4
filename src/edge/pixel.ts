/** A picture that shows nothing: the smallest GIF that every browser takes. */
export const pixel = Buffer.from(
  'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'base64',
)

/** Asked for again each time: what matters is the asking. */
export const pixelHeaders = [
  ['Content-Type', 'image/gif'],
  ['Cache-Control', 'no-store'],
] as const
