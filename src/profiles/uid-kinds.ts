/** Uids that aren't our own: made in the same way by what writes profiles and by what looks them up. */
import { createHash, createHmac } from 'node:crypto'
import { uidLengthMax } from './uid.js'

/** What they begin with, so that none is taken for another kind. */
const deviceKind = 'ifa:'
const sharedKind = 'eid:'
const shopKind = 'shop:'

/** The uid of a device by its advertising id. */
export function deviceUid(ifa: string): string {
  return deviceKind + ifa.toLowerCase()
}

/** The uid of whom a source of `user.eids` calls so; hashed where it would be longer than a uid may be. */
export function sharedUid(source: string, id: string): string {
  const uid = `${sharedKind}${source}:${id}`
  if (uid.length <= uidLengthMax) return uid
  return `${sharedKind}#${createHash('sha256').update(`${source}:${id}`).digest('base64url')}`
}

/**
 * The uid of one shop's own person: nobody without the shop's salt can work it out, and no other shop
 * has the same.
 *
 * @param id as the source has it, the hash of an e-mail address, say.
 */
export function shopUid(shopId: string, salt: string, id: string): string {
  return `${shopKind}${shopId}:${createHmac('sha256', salt).update(id).digest('base64url')}`
}

/** Whether it is of one of these kinds, or made to look like it. */
export function isForeignUid(uid: string): boolean {
  return uid.startsWith(deviceKind) || uid.startsWith(sharedKind) || uid.startsWith(shopKind)
}
