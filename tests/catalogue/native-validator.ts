/**
 * What an exchange's integration engineer would hold against a native answer: the rules of OpenRTB
 * Native 1.2 read straight off the request as it was sent, slowly and without our own reader.
 */

type Json = Readonly<Record<string, unknown>>

export interface NativeRules {
  readonly isWrapped: boolean
  readonly isSecure: boolean
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

const extensions: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/jpg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
}
const topFields = ['ver', 'assets', 'link', 'eventtrackers', 'imptrackers', 'privacy']
const kinds = ['title', 'img', 'data'] as const

/** @returns one line per broken rule, with the path of what breaks it. */
export function nativeFaults(request: Json, text: string, rules: NativeRules): string[] {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch (error) {
    return [`not JSON: ${String(error)}`]
  }
  const faults: string[] = []
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault)
  }
  demand('native' in objectOf(whole) === rules.isWrapped, 'wrapped, or not, unlike the request')
  const answer = objectOf(rules.isWrapped ? objectOf(whole)['native'] : whole)
  for (const field of Object.keys(answer))
    demand(topFields.includes(field), `${field}: is no field of an answer`)
  const version = ['1.0', '1.1', '1.2'].includes(String(request['ver'])) ? request['ver'] : '1.2'
  if (request['ver'] !== '1' && request['ver'] !== 1)
    demand(answer['ver'] === version, `ver: ${String(answer['ver'])}, asked for ${String(version)}`)

  const address = (path: string, url: unknown): void => {
    demand(
      typeof url === 'string' && /^https?:\/\/[^\s"<>]+$/.test(url),
      `${path}: no http(s) address: ${String(url)}`,
    )
    demand(!rules.isSecure || String(url).startsWith('https://'), `${path}: is not secure`)
  }
  const readable = (path: string, value: unknown, lengthMax: unknown): void => {
    demand(typeof value === 'string' && value.trim() === value && value !== '', `${path}: no text`)
    const { length } = String(value)
    const most = numberOf(lengthMax)
    demand(most === 0 || length <= most, `${path}: ${length} characters, ${most} asked for`)
    demand(!/\$\{|%%/.test(String(value)), `${path}: holds a macro: ${String(value)}`)
    demand(!/[<>"]/.test(String(value)), `${path}: holds markup: ${String(value)}`)
    demand(Buffer.from(String(value)).toString() === value, `${path}: half a character`)
  }

  const asked = new Map<unknown, Json>(
    // Without an id there is only one that can be meant: the wire's default.
    listOf(request['assets']).map((it) => [objectOf(it)['id'] ?? 0, objectOf(it)]),
  )
  const seen = new Set<unknown>()
  const assets = listOf(answer['assets'])
  demand(assets.length > 0, 'assets: none')
  for (const [index, it] of assets.entries()) {
    const asset = objectOf(it)
    const path = `assets[${index}]`
    const wish = asked.get(asset['id'])
    demand(wish !== undefined, `${path}.id: ${String(asset['id'])} was not asked for`)
    demand(!seen.has(asset['id']), `${path}.id: ${String(asset['id'])} comes twice`)
    seen.add(asset['id'])
    const own = kinds.filter((kind) => kind in asset)
    demand(own.length === 1, `${path}: must be exactly one of title, img, data`)
    if (wish === undefined) continue
    for (const kind of own) demand(kind in wish, `${path}: is ${kind}, which was not asked for`)
    const [title, image, data] = kinds.map((kind) => objectOf(asset[kind]))
    if ('title' in asset)
      readable(`${path}.title.text`, title!['text'], objectOf(wish['title'])['len'])
    if ('data' in asset)
      readable(`${path}.data.value`, data!['value'], objectOf(wish['data'])['len'])
    if ('img' in asset) {
      const img = objectOf(wish['img'])
      address(`${path}.img.url`, image!['url'])
      for (const [side, least] of [
        ['w', 'wmin'],
        ['h', 'hmin'],
      ] as const) {
        const size = image![side]
        if (size !== undefined)
          demand(
            Number.isInteger(size) && numberOf(size) >= numberOf(img[least]),
            `${path}.${side}`,
          )
        if (numberOf(img[side]) !== 0 && numberOf(img[least]) === 0)
          demand(size === img[side], `${path}.img.${side}: must be ${String(img[side])}`)
      }
      if ('mimes' in img) {
        const { pathname } = new URL(String(image!['url']))
        const fits = listOf(img['mimes']).some((mime) =>
          extensions[String(mime)]?.some((end) => pathname.endsWith(`.${end}`)),
        )
        demand(fits, `${path}.img: is of none of the types asked for`)
      }
    }
  }
  for (const [id, wish] of asked)
    demand(wish['required'] !== 1 || seen.has(id), `asset ${String(id)} is required`)

  address('link.url', objectOf(answer['link'])['url'])
  const offered = listOf(request['eventtrackers']).flatMap((it) => {
    const { event, methods } = objectOf(it)
    return listOf(methods).map((method) => `${String(event)}/${String(method)}`)
  })
  let impressions = 0
  for (const [index, it] of listOf(answer['eventtrackers']).entries()) {
    const { event, method, url } = objectOf(it)
    demand(
      offered.includes(`${String(event)}/${String(method)}`),
      `eventtrackers[${index}]: not offered`,
    )
    address(`eventtrackers[${index}].url`, url)
    if (event === 1) impressions++
  }
  for (const [index, url] of listOf(answer['imptrackers']).entries()) {
    address(`imptrackers[${index}]`, url)
    impressions++
  }
  demand(impressions === 1, `${impressions} trackers count the impression`)
  if ('privacy' in answer) {
    demand(request['privacy'] === 1, 'privacy: was not asked for')
    address('privacy', answer['privacy'])
  }
  return faults
}
