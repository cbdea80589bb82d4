/**
 * By what one shop may recognise one person. All of it is the shop's own: the same customer number at
 * another shop is somebody else.
 */
export interface Identifiers {
  /** The browser's, as the shop's own tag or server gave it; '' where there is none. */
  readonly anonymousId: string
  /** The shop's number for a customer who logged in; '' where there is none. */
  readonly customerId: string
  /** `emailKey` of the address (keys.ts): never the address itself; '' where there is none. */
  readonly emailKey: string
  /**
   * What exchanges call the browser or device in bid requests: our cookie's id, `ifa:…`, `shop:…`;
   * also what click and mail tokens stood for.
   */
  readonly uids: readonly string[]
}

export const uidCountMax = 8
export const identifierLengthMax = 128

/** What identifiers are called where they stand side by side, as in `cust:42`. */
export const identifierKinds = ['anon', 'cust', 'mail', 'uid'] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** `kind:value`. */
export type Identifier = `${IdentifierKind}:${string}`

/** All identifiers that are there, those that tell most of who it is first. */
export function identifiersOf(who: Identifiers): Identifier[] {
  const list: Identifier[] = []
  if (who.customerId !== '') list.push(`cust:${who.customerId}`)
  if (who.emailKey !== '') list.push(`mail:${who.emailKey}`)
  if (who.anonymousId !== '') list.push(`anon:${who.anonymousId}`)
  for (const uid of who.uids) list.push(`uid:${uid}`)
  return list
}

/** Those of them that are among these. */
export function only(who: Identifiers, identifiers: readonly string[]): Identifiers {
  const has = (kind: IdentifierKind, value: string): boolean =>
    identifiers.includes(`${kind}:${value}`)
  return {
    anonymousId: has('anon', who.anonymousId) ? who.anonymousId : '',
    customerId: has('cust', who.customerId) ? who.customerId : '',
    emailKey: has('mail', who.emailKey) ? who.emailKey : '',
    uids: who.uids.filter((uid) => has('uid', uid)),
  }
}

/** Whether it names somebody whom the shop knows, and not only a browser. */
export function isKnownKind(identifier: string): boolean {
  return identifier.startsWith('cust:') || identifier.startsWith('mail:')
}

export const noIdentifiers: Identifiers = {
  anonymousId: '',
  customerId: '',
  emailKey: '',
  uids: [],
}
