import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './settings.js'

/**
 * The script that shops put on their pages, as it was built.
 *
 * @throws Error where it wasn't.
 */
export function readScript(name: 'tag' | 'widget'): string {
  const path = join(packageRoot(), `dist/src/${name}/${name}.min.js`)
  if (!existsSync(path)) throw new Error(`${path}: isn't there: npm run build makes it`)
  return readFileSync(path, 'utf8')
}
