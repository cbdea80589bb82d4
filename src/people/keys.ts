/** What of people leaves the shop's hands is known to us by keys that are worth nothing at another shop. */
import {
  type Cipher,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type Decipher,
  timingSafeEqual,
} from 'node:crypto'
import { isJunk, junkIds } from '../base/junk-id.js'

const keyFor = (secret: Buffer, purpose: string): Buffer =>
  createHmac('sha256', secret).update(purpose).digest()

/** A shop's own secret: nothing made with it can be compared with anything of another shop. 32 bytes. */
export function shopSecretOf(installationSecret: Buffer, shopId: string): Buffer {
  return keyFor(installationSecret, `shop people ${shopId}`)
}

/** Block by block: nothing that came before has a part in what comes out. */
const mailAlgorithm = 'aes-256-ecb'

interface ShopKeys {
  /** Kept open, as making one takes longer than all that it does. */
  readonly mailCipher: Cipher
  readonly mailDecipher: Decipher
  readonly tokenTag: Buffer
  readonly tokenCipher: Buffer
}

const keysBySecret = new WeakMap<Buffer, ShopKeys>()

/** Drawn once for each secret, as long as its buffer is there. */
function keysOf(shopSecret: Buffer): ShopKeys {
  let keys = keysBySecret.get(shopSecret)
  if (keys === undefined) {
    const mail = keyFor(shopSecret, 'mail')
    keys = {
      mailCipher: createCipheriv(mailAlgorithm, mail, null).setAutoPadding(false),
      mailDecipher: createDecipheriv(mailAlgorithm, mail, null).setAutoPadding(false),
      tokenTag: keyFor(shopSecret, 'person token tag'),
      tokenCipher: keyFor(shopSecret, 'person token cipher'),
    }
    keysBySecret.set(shopSecret, keys)
  }
  return keys
}

/** RFC 5321: 64 octets before the sign, 255 after it. */
const addressPattern = /^[^\s@]{1,64}@[^\s@]{1,255}$/
const addressLengthMax = 512
const hashPattern = /^[0-9a-f]{64}$/i

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What senders hash for want of an address. */
const junkHashes: ReadonlySet<string> = new Set(['', ...junkIds].map(sha256Hex))

/** Whether a text looks like an e-mail address, whatever it was meant as. */
export function isAddress(text: string): boolean {
  return text.length <= addressLengthMax && text.includes('@') && addressPattern.test(text.trim())
}

/**
 * The SHA-256 of an address as Google's Customer Match and most senders make it: trimmed, in lower case, in
 * NFC; dots before `@gmail.com` left alone.
 *
 * @param email the address, or its hash already: 64 hexadecimal digits in either case.
 * @returns 64 digits in lower case; '' for what is neither, and for what stands for no address.
 */
export function emailHash(email: string): string {
  if (email.length > addressLengthMax) return ''
  const text = email.trim()
  if (hashPattern.test(text)) {
    const hash = text.toLowerCase()
    return junkHashes.has(hash) ? '' : hash
  }
  if (!addressPattern.test(text) || isJunk(text.slice(0, text.indexOf('@')))) return ''
  return sha256Hex(text.normalize('NFC').toLowerCase())
}

/**
 * What a shop's books call an e-mail address.
 *
 * @param email as `emailHash` takes it: the address and its hash come to the same.
 * @returns 43 characters of base64url, another at each shop; '' for what is no address.
 */
export function emailKey(shopSecret: Buffer, email: string): string {
  const hash = emailHash(email)
  return hash === '' ? '' : emailKeyOfHash(shopSecret, hash)
}

/**
 * The hash, encrypted under the shop's own secret: AES-256, block by block, which is enough for what is
 * as good as random and the same each time. So it can be looked up, is worth nothing to whoever hasn't
 * the secret, and can be made the hash again where the shop wants a list of its customers.
 *
 * @param hash of an address, as `emailHash` gives it.
 */
export function emailKeyOfHash(shopSecret: Buffer, hash: string): string {
  return keysOf(shopSecret).mailCipher.update(Buffer.from(hash, 'hex')).toString('base64url')
}

/** @returns the hash that the key was made of; '' for what is no key. */
export function emailHashOfKey(shopSecret: Buffer, key: string): string {
  const bytes = Buffer.from(key, 'base64url')
  return bytes.length === 32 ? keysOf(shopSecret).mailDecipher.update(bytes).toString('hex') : ''
}

/**
 * What a token stands for. `click`: the browser in which an advert was clicked, by its `uid`. `mail`: to whom
 * a mail was sent, by an identifier of the shop's, `cust:…` or `mail:…`.
 */
export const tokenKinds = ['click', 'mail'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** The tag gives up on longer ones. */
const tokenLengthMax = 1_024
const tagBytes = 16
/** A kind's place in the list, and the second of expiry. */
const headBytes = 5
export const tokenValueBytesMax = (tokenLengthMax / 4) * 3 - tagBytes - headBytes

/**
 * A token for a link to the shop's own pages, `gzc=<token>` or `gzm=<token>`: nobody but us can make one or
 * read what is in it, and it says nothing at another shop.
 *
 * Synthetic-IV encryption, as in RFC 5297: HMAC-SHA-256 of the content, cut to 128 bits, is its signature
 * and the IV that AES-256-CTR begins with. So the same content makes the same token.
 *
 * @param value at most `tokenValueBytesMax` bytes of UTF-8.
 * @returns base64url; 58 characters for one of our cookie's ids.
 */
export function makePersonToken(
  shopSecret: Buffer,
  kind: TokenKind,
  value: string,
  expiresAtMs: number,
): string {
  const text = Buffer.from(value)
  if (text.length > tokenValueBytesMax) throw new RangeError('token: the value is too long')
  const content = Buffer.alloc(headBytes + text.length)
  content[0] = tokenKinds.indexOf(kind)
  content.writeUInt32BE(Math.floor(expiresAtMs / 1_000), 1)
  text.copy(content, headBytes)
  const { tokenCipher } = keysOf(shopSecret)
  const tag = tagOf(shopSecret, content)
  const cipher = createCipheriv('aes-256-ctr', tokenCipher, tag)
  return Buffer.concat([tag, cipher.update(content), cipher.final()]).toString('base64url')
}

/** @returns null for anything that wasn't made for this shop, and from its expiry on. */
export function readPersonToken(
  shopSecret: Buffer,
  token: string,
  nowMs: number,
): { readonly kind: TokenKind; readonly value: string } | null {
  if (token.length > tokenLengthMax) return null
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length <= tagBytes + headBytes) return null
  // A text with foreign characters or odd last bits would decode to somebody else's.
  if (bytes.toString('base64url') !== token) return null
  const tag = bytes.subarray(0, tagBytes)
  const decipher = createDecipheriv('aes-256-ctr', keysOf(shopSecret).tokenCipher, tag)
  const content = Buffer.concat([decipher.update(bytes.subarray(tagBytes)), decipher.final()])
  if (!timingSafeEqual(tag, tagOf(shopSecret, content))) return null
  const kind = tokenKinds[content[0]!]
  if (kind === undefined || content.readUInt32BE(1) * 1_000 <= nowMs) return null
  return { kind, value: content.toString('utf8', headBytes) }
}

function tagOf(shopSecret: Buffer, content: Buffer): Buffer {
  const mac = createHmac('sha256', keysOf(shopSecret).tokenTag).update(content).digest()
  return mac.subarray(0, tagBytes)
}
