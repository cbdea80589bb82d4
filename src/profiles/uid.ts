/** Most UTF-16 units of a uid, however it came in. */
export const uidLengthMax = 128
/** Most UTF-16 units of a shop's id. */
export const shopIdLengthMax = 64

const unpairedSurrogate = /\p{Surrogate}/u

/** Whether this may name a person. Anything else that an exchange sends is somebody unknown. */
export function isUid(text: string): boolean {
  return isName(text, uidLengthMax)
}

export function isShopId(text: string): boolean {
  return isName(text, shopIdLengthMax)
}

/**
 * 1 to `lengthMax` units, no control characters, and no half of a surrogate pair, as two names that
 * differ in those only would be one in UTF-8.
 */
function isName(text: string, lengthMax: number): boolean {
  const { length } = text
  if (length === 0 || length > lengthMax) return false
  let isAscii = true
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return false
    if (unit > 0x7f) isAscii = false
  }
  return isAscii || !unpairedSurrogate.test(text)
}
