import { clearNative } from '../clear.js'
import { skip, space, wasTooDeep } from '../json-scan.js'
import { load, memoryBytes, textStart } from '../json-text.js'
import { readNative } from '../native-request.js'
import type { NativeOffer } from '../offers.js'

const openBrace = 123
const closeBrace = 125

/** What stands before the request, by its carrier's version, so that both can be scanned as JSON has them. */
const openings: ReadonlyMap<number, Buffer> = new Map([
  [0, Buffer.from('{"request":')],
  [10, Buffer.from('{"ver":"1.0","request":')],
  [11, Buffer.from('{"ver":"1.1","request":')],
  [12, Buffer.from('{"ver":"1.2","request":')],
])

/** Kept from one request to the next, as long as the longest that was seen. */
let carrier = Buffer.alloc(4_096)

/**
 * Reads a native request that is JSON in a protobuf field, as `parse` reads it in JSON.
 *
 * @param bytes   the text is `bytes[start, end)`.
 * @param version of the carrier (`native.ver`) as in `NativeOffer`, 0 where it names none.
 * @param offer   overwritten whole; not offered where the text can't be read.
 */
export function readNativeText(
  bytes: Buffer,
  start: number,
  end: number,
  version: number,
  offer: NativeOffer,
): void {
  const opening = openings.get(version)!
  const length = opening.length + (end - start) + 1
  if (carrier.length < length) carrier = Buffer.allocUnsafeSlow(length * 2)
  carrier.set(opening, 0)
  bytes.copy(carrier, opening.length, start, end)
  carrier[length - 1] = closeBrace
  const textEnd = load(carrier.subarray(0, length))
  const request = space(textStart + opening.length)
  // The text is one object and nothing else: what would end the carrier early isn't within it.
  const isObject = memoryBytes[request] === openBrace && space(skip(request)) === textEnd - 1
  if (!isObject || readNative(textStart, offer) !== textEnd) clearNative(offer)
  // Nested too deep is one more that can't be read.
  wasTooDeep()
}
