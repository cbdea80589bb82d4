import { keyOf } from '../base/key.js'
import { checkSlice, type Slice } from './slice.js'
import { encodeSlice } from './slice-codec.js'
import { isShopId, isUid, shopIdLengthMax, uidLengthMax } from './uid.js'

/** One shop's slice of one person, checked and encoded, on its way into a store. */
export interface SliceWrite {
  readonly uid: string
  readonly shopId: string
  readonly shopKey: number
  /** null takes the slice out. */
  readonly encoded: Buffer | null
}

/** A slice as a store holds it. */
export interface StoredSlice {
  readonly uid: string
  readonly shopId: string
  readonly encoded: Buffer
}

/** @throws Error that names the field where `uid`, `shopId` or `slice` is out of bounds. */
export function sliceWrite(uid: string, shopId: string, slice: Slice): SliceWrite {
  return { ...sliceRemoval(uid, shopId), encoded: encoded(slice) }
}

/** Encoding refuses what is out of bounds; only then is it worth the while to find out what. */
function encoded(slice: Slice): Buffer {
  try {
    return encodeSlice(slice)
  } catch (error) {
    const checked = checkSlice(slice)
    throw checked.ok ? error : new Error(checked.faults.join('; '))
  }
}

/** @throws Error that names the field where `uid` or `shopId` is out of bounds. */
export function sliceRemoval(uid: string, shopId: string): SliceWrite {
  if (!isUid(uid)) throw new Error(`uid: ${mustBe(uidLengthMax)}`)
  if (!isShopId(shopId)) throw new Error(`shopId: ${mustBe(shopIdLengthMax)}`)
  return { uid, shopId, shopKey: keyOf(shopId), encoded: null }
}

const mustBe = (lengthMax: number): string =>
  `must be 1 to ${lengthMax} characters, none of them control`
