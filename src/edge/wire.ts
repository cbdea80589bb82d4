/**
 * How a bid request's body is written, by its Content-Type. The answer is written the same way and
 * called what the request was called (OpenRTB 2.6, section 2.2).
 */
export const Wire = { json: 0, protobuf: 1 } as const
export type Wire = (typeof Wire)[keyof typeof Wire]

/** `application/octet-stream` is Google's name for it; the others are everybody else's. */
const wires: ReadonlyMap<string, Wire> = new Map<string, Wire>([
  ['', Wire.json],
  ['application/json', Wire.json],
  // What people's tools call JSON when nobody tells them: curl's default, a plain text.
  ['application/x-www-form-urlencoded', Wire.json],
  ['text/plain', Wire.json],
  ['application/x-protobuf', Wire.protobuf],
  ['application/protobuf', Wire.protobuf],
  ['application/octet-stream', Wire.protobuf],
])

/**
 * The wire that a media type names; null for one that we don't speak.
 *
 * @param contentType as sent: any case, parameters (`; charset=utf-8`) are left aside; '' where absent.
 */
export function wireOf(contentType: string): Wire | null {
  const exact = wires.get(contentType)
  if (exact !== undefined) return exact
  const semicolon = contentType.indexOf(';')
  const type = semicolon < 0 ? contentType : contentType.slice(0, semicolon)
  return wires.get(type.trim().toLowerCase()) ?? null
}
