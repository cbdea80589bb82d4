import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../src/base/random.js'

/** Does to a file of a table what a crash, a bad disk or a stranger may. */
export function damage(random: Random, folder: string, isIt = /^products-/): void {
  const names = readdirSync(folder).filter((name) => isIt.test(name))
  if (names.length === 0) return
  const path = join(folder, random.pick(names))
  const bytes = readFileSync(path)
  const what = bytes.length === 0 ? 0 : random.below(4)
  if (what === 0) rmSync(path)
  else if (what === 1) truncateSync(path, random.below(bytes.length))
  else if (what === 2) writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(8)]))
  else {
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
    writeFileSync(path, bytes)
  }
}
