import { clearNative } from '../clear.js'
import { load, root } from '../json-tape.js'
import { readNativeRequest } from '../native-request.js'
import type { NativeOffer } from '../offers.js'

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
  clearNative(offer)
  if (load(bytes.subarray(start, end)) === '') readNativeRequest(root, version, offer)
}
