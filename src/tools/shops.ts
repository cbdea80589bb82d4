import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { ApiClient, ApiFailure } from './api-client.js'

const shopsUsage = `usage: grosz shops list
       grosz shops create FILE              makes a shop; FILE has what PUT /v1/shop takes
       grosz shops export SHOP [FILE]       all of it but keys, people and spending; else to standard output
       grosz shops import SHOP FILE         puts an export in place of what the shop is

  --json      one JSON line on standard output instead of text

Asks the running collector (GROSZ_COLLECTOR_URL, else host and port of the settings) with the key in
GROSZ_KEY, else the operator's in the data folder.`

interface Summary {
  readonly id: string
  readonly name: string
  readonly domain: string
}

/** @param args what follows the command's name. */
export async function runShops(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${shopsUsage}\n`)
    return
  }
  const [action, first, second, ...more] = positionals
  if (more.length > 0) throw new ApiFailure(shopsUsage)
  const client = ApiClient.fromEnvironment()
  const print = (json: object, text: string): void => {
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : text)
  }
  if (action === 'list' && first === undefined) {
    const shops = await listShops(client)
    const lines = shops.map(({ id, name, domain }) => `${id.padEnd(20)} ${domain}  ${name}\n`)
    print({ shops }, lines.join(''))
  } else if (action === 'create' && first !== undefined && second === undefined) {
    const body = parsed(first, await readFile(first, 'utf8'))
    const { json } = await client.ask({ method: 'POST', path: '/v1/shops', body })
    const { id } = json as Summary
    print(
      json as object,
      `${id} is there; give it a key: grosz keys create --shop ${id} --role admin\n`,
    )
  } else if (action === 'export' && first !== undefined) await exportShop(client, first, second)
  else if (action === 'import' && first !== undefined && second !== undefined) {
    const counts = await importShop(client, first, second)
    const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
    print(counts, `${first}: ${told.join(', ')}\n`)
  } else throw new ApiFailure(shopsUsage)
}

async function listShops(client: ApiClient): Promise<readonly Summary[]> {
  const shops: Summary[] = []
  for (let after = ''; ; ) {
    const query: Record<string, string> = after === '' ? {} : { after }
    const { json } = await client.ask({ method: 'GET', path: '/v1/shops', query })
    const page = json as { readonly items: readonly Summary[]; readonly next: string | null }
    shops.push(...page.items)
    if (page.next === null) return shops
    after = page.next
  }
}

/** @param file where it is put, whole or not at all. */
async function exportShop(client: ApiClient, shop: string, file?: string): Promise<void> {
  const body = await client.download({ method: 'GET', path: '/v1/export', query: { shop } })
  if (file === undefined) {
    await pipeline(body, process.stdout, { end: false })
    return
  }
  const part = `${file}.part`
  try {
    await pipeline(body, createWriteStream(part))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Whoever runs a command has decided: it takes the place of whatever is there. */
async function importShop(
  client: ApiClient,
  shop: string,
  file: string,
): Promise<Readonly<Record<string, number>>> {
  const { json } = await client.ask({
    method: 'PUT',
    path: '/v1/import',
    query: { shop },
    headers: { 'If-Match': '*' },
    contentType: 'application/json',
    body: createReadStream(file),
    gzip: true,
  })
  return json as Readonly<Record<string, number>>
}

function parsed(file: string, text: string): object {
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new ApiFailure(`${file}: ${(error as Error).message}`)
  }
}
