import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './settings.js'

/**
 * The shops' tag as it was built.
 *
 * @throws Error where it wasn't.
 */
export function readTagScript(): string {
  const path = join(packageRoot(), 'dist/src/tag/tag.min.js')
  if (!existsSync(path)) throw new Error(`${path}: isn't there: npm run build makes it`)
  return readFileSync(path, 'utf8')
}
