import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const secretBytes = 32

/**
 * The installation's secret, `<data>/secret.key`: made at the first start, readable by us alone.
 * Whoever loses it can't be charged for bids in the air; whoever leaks it lets others forge notices.
 *
 * @throws Error where the file is there but isn't a secret.
 */
export function readSecret(dataDir: string): Buffer {
  mkdirSync(dataDir, { recursive: true })
  const path = join(dataDir, 'secret.key')
  try {
    writeFileSync(path, randomBytes(secretBytes), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const secret = readFileSync(path)
  if (secret.length !== secretBytes) throw new Error(`${path}: must have ${secretBytes} bytes`)
  return secret
}
