/**
 * The secrets of keys, `gz_<id>_<secret>`, and what is kept of them.
 *
 * Only a SHA-256 of each is kept. Slow hashes (bcrypt, argon2) are for passwords, which can be guessed
 * from a list; a secret of 190 random bits can't be guessed however fast a guess can be tried, and
 * each request would pay for the slowness.
 */
import { createHash, randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const idLength = 10
/** 5.95 bits each: 190 bits. */
const secretLength = 32
/** What bytes are below, so that each letter is as likely as the others. */
const fairBelow = 256 - (256 % alphabet.length)

const pattern = new RegExp(`^gz_([0-9A-Za-z]{${idLength}})_[0-9A-Za-z]{${secretLength}}$`)

function randomText(length: number): string {
  let text = ''
  while (text.length < length)
    for (const byte of randomBytes(length))
      if (byte < fairBelow && text.length < length) text += alphabet[byte % alphabet.length]
  return text
}

export const newKeyId = (): string => randomText(idLength)

export const newSecret = (keyId: string): string => `gz_${keyId}_${randomText(secretLength)}`

/** The id of the key that a secret says it is of; '' of what is no secret of ours. */
export const keyIdIn = (secret: string): string => pattern.exec(secret)?.[1] ?? ''

export const hashOfSecret = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url')
