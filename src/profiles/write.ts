import { keyOf } from '../base/key.js'
import { checkSlice, type Slice } from './slice.js'
import { encodeSlice } from './slice-codec.js'
import { isUid } from './uid.js'

/** One shop's slice of one person, checked and encoded, on its way into a store. */
export interface SliceWrite {
  readonly uid: string
  readonly shopId: string
  readonly shopKey: number
  /** null takes the slice out. */
  readonly encoded: Buffer | null
}

/** @throws Error that names the field where `uid` or `slice` is out of bounds. */
export function sliceWrite(uid: string, shopId: string, slice: Slice | null): SliceWrite {
  if (!isUid(uid)) throw new Error('uid: must be 1 to 128 characters, none of them control')
  const shopKey = keyOf(shopId)
  if (slice === null) return { uid, shopId, shopKey, encoded: null }
  const checked = checkSlice(slice)
  if (!checked.ok) throw new Error(checked.faults.join('; '))
  return { uid, shopId, shopKey, encoded: encodeSlice(checked.value) }
}
