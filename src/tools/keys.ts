import { parseArgs } from 'node:util'
import { ApiClient, ApiFailure } from './api-client.js'

const keysUsage = `usage: grosz keys create --role ROLE [--shop SHOP] [--name TEXT] [--expires-days N]
       grosz keys list [--shop SHOP]
       grosz keys rotate ID [--grace-hours N]   the former secret counts for 24 hours more, or N
       grosz keys revoke ID

  ROLE        admin, marketer, developer, privacy, viewer; operator, for which no shop is named
  --json      one JSON line on standard output instead of text

A secret is shown once, when it is made. Asks the running collector (GROSZ_COLLECTOR_URL, else host and
port of the settings) with the key in GROSZ_KEY, else the operator's in the data folder.`

interface Key {
  readonly id: string
  readonly shop: string
  readonly role: string
  readonly name: string
  readonly expires: string | null
  readonly lastUsedDay: string
  readonly secret?: string
}

const options = {
  shop: { type: 'string' },
  role: { type: 'string' },
  name: { type: 'string' },
  'expires-days': { type: 'string' },
  'grace-hours': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** @param args what follows the command's name. */
export async function runKeys(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  if (values.help) {
    process.stdout.write(`${keysUsage}\n`)
    return
  }
  const [action, id, ...more] = positionals
  const takesId = action === 'rotate' || action === 'revoke'
  if (more.length > 0 || takesId !== (id !== undefined)) throw new ApiFailure(keysUsage)
  const client = ApiClient.fromEnvironment()
  const print = (json: object, text: string): void => {
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : text)
  }
  const query = values.shop === undefined ? {} : { shop: values.shop }
  const key = `/v1/keys/${encodeURIComponent(id ?? '')}`
  switch (action) {
    case 'create': {
      const { role, name = '' } = values
      if (role === undefined) throw new ApiFailure(keysUsage)
      const days = numberOf(values['expires-days'], '--expires-days')
      const body = { role, name, ...(days === null ? {} : { expiresInDays: days }) }
      const { json } = await client.ask({ method: 'POST', path: '/v1/keys', query, body })
      print(json as object, `${(json as Key).secret}\n`)
      break
    }
    case 'list': {
      const keys = await listKeys(client, query)
      print({ keys }, keys.map(lineOf).join(''))
      break
    }
    case 'rotate': {
      const hours = numberOf(values['grace-hours'], '--grace-hours')
      const body = hours === null ? {} : { graceHours: hours }
      const { json } = await client.ask({ method: 'POST', path: `${key}/rotate`, body })
      print(json as object, `${(json as Key).secret}\n`)
      break
    }
    case 'revoke':
      await client.ask({ method: 'DELETE', path: key })
      print({ revoked: id }, `${id} is refused from now on\n`)
      break
    default:
      throw new ApiFailure(keysUsage)
  }
}

async function listKeys(
  client: ApiClient,
  query: Readonly<Record<string, string>>,
): Promise<readonly Key[]> {
  const keys: Key[] = []
  for (let after = ''; ; ) {
    const page = after === '' ? query : { ...query, after }
    const { json } = await client.ask({ method: 'GET', path: '/v1/keys', query: page })
    const { items, next } = json as { readonly items: readonly Key[]; readonly next: string | null }
    keys.push(...items)
    if (next === null) return keys
    after = next
  }
}

function lineOf({ id, shop, role, name, expires, lastUsedDay }: Key): string {
  const used = lastUsedDay === '' ? 'never used' : `used ${lastUsedDay}`
  const ends = expires === null ? '' : `, ends ${expires.slice(0, 10)}`
  return `${id}  ${(shop || '-').padEnd(16)} ${role.padEnd(9)} ${used}${ends}  ${name}\n`
}

function numberOf(text: string | undefined, option: string): number | null {
  if (text === undefined) return null
  if (!/^\d{1,6}(\.\d+)?$/.test(text)) throw new ApiFailure(`${option}: must be a number`)
  return Number(text)
}
