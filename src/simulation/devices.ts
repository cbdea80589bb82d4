import type { Random } from '../base/random.js'

type Kind = 'phone' | 'tablet' | 'desktop'

interface Model {
  readonly kind: Kind
  readonly make?: string
  readonly model?: string
  readonly os: string
  readonly osVersions: readonly string[]
  readonly w: number
  readonly h: number
  readonly pxratio: number
  readonly weight: number
  /** The user agent in a browser; `{os}` and `{browser}` stand for versions. */
  readonly userAgent: string
  readonly browser: 'Chrome' | 'Safari' | 'Firefox'
}

const androidAgent = (model: string): string =>
  `Mozilla/5.0 (Linux; Android {os}; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser}.0.0.0 Mobile Safari/537.36`
const windowsAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser}.0.0.0 Safari/537.36'
const iphoneAgent =
  'Mozilla/5.0 (iPhone; CPU iPhone OS {os_} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{os} Mobile/15E148 Safari/604.1'

const models: readonly Model[] = [
  {
    kind: 'phone',
    make: 'Samsung',
    model: 'SM-A546B',
    os: 'Android',
    osVersions: ['13', '14', '15'],
    w: 1080,
    h: 2340,
    pxratio: 2.8,
    weight: 14,
    userAgent: androidAgent('SM-A546B'),
    browser: 'Chrome',
  },
  {
    kind: 'phone',
    make: 'Xiaomi',
    model: '23021RAA2Y',
    os: 'Android',
    osVersions: ['12', '13', '14'],
    w: 1080,
    h: 2400,
    pxratio: 2.75,
    weight: 10,
    userAgent: androidAgent('23021RAA2Y'),
    browser: 'Chrome',
  },
  {
    kind: 'phone',
    make: 'Apple',
    model: 'iPhone',
    os: 'iOS',
    osVersions: ['16.6', '17.5', '18.1'],
    w: 1179,
    h: 2556,
    pxratio: 3,
    weight: 14,
    userAgent: iphoneAgent,
    browser: 'Safari',
  },
  {
    kind: 'tablet',
    make: 'Apple',
    model: 'iPad',
    os: 'iOS',
    osVersions: ['16.6', '17.5'],
    w: 1640,
    h: 2360,
    pxratio: 2,
    weight: 2,
    userAgent:
      'Mozilla/5.0 (iPad; CPU OS {os_} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{os} Mobile/15E148 Safari/604.1',
    browser: 'Safari',
  },
  {
    kind: 'tablet',
    make: 'Samsung',
    model: 'SM-X200',
    os: 'Android',
    osVersions: ['12', '13'],
    w: 1200,
    h: 1920,
    pxratio: 1.5,
    weight: 2,
    userAgent: androidAgent('SM-X200').replace('Mobile ', ''),
    browser: 'Chrome',
  },
  {
    kind: 'desktop',
    os: 'Windows',
    osVersions: ['10', '11'],
    w: 1920,
    h: 1080,
    pxratio: 1,
    weight: 16,
    userAgent: windowsAgent,
    browser: 'Chrome',
  },
  {
    kind: 'desktop',
    os: 'Windows',
    osVersions: ['10', '11'],
    w: 1536,
    h: 864,
    pxratio: 1.25,
    weight: 4,
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{browser}.0) Gecko/20100101 Firefox/{browser}.0',
    browser: 'Firefox',
  },
  {
    kind: 'desktop',
    make: 'Apple',
    model: 'Macintosh',
    os: 'macOS',
    osVersions: ['13.6', '14.5', '15.1'],
    w: 1728,
    h: 1117,
    pxratio: 2,
    weight: 4,
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    browser: 'Safari',
  },
]

/** Blocks that are set aside for documentation (RFC 5737, RFC 3849): nobody's address. */
const addressBlocks = ['192.0.2', '198.51.100', '203.0.113']

/** By OpenRTB's list: 2 personal computer, 4 phone, 5 tablet. */
const deviceTypes: Readonly<Record<Kind, number>> = { phone: 4, tablet: 5, desktop: 2 }

/** One of a list, more often the heavier it weighs. */
export function pickByWeight<T extends { readonly weight: number }>(
  random: Random,
  from: readonly T[],
): T {
  let left = random.next() * from.reduce((sum, item) => sum + item.weight, 0)
  for (const item of from) {
    left -= item.weight
    if (left < 0) return item
  }
  return from[from.length - 1]!
}

export interface DeviceChoice {
  readonly kind: Kind
  readonly os: string
  /** `device` without `geo`. */
  readonly device: object
}

/**
 * A phone, tablet or computer as an exchange describes it.
 *
 * @param inApp   phones and tablets only, with an advertising id.
 * @param is26    structured user agents stand in `device.sua`, in 2.5 under `ext`.
 */
export function someDevice(
  random: Random,
  options: { readonly inApp: boolean; readonly is26: boolean; readonly language: string },
): DeviceChoice {
  const { inApp, is26, language } = options
  const model = pickByWeight(
    random,
    inApp ? models.filter(({ kind }) => kind !== 'desktop') : models,
  )
  const osv = random.pick(model.osVersions)
  const browserVersion = 118 + random.below(14)
  const ua = model.userAgent
    .replaceAll('{os_}', osv.replace('.', '_'))
    .replaceAll('{os}', osv)
    .replaceAll('{browser}', String(browserVersion))
  const hasSua = model.browser === 'Chrome' && random.chance(0.5)
  const sua = hasSua ? structuredAgent(model, osv, browserVersion) : undefined
  const isTracked = !random.chance(inApp && model.os === 'iOS' ? 0.5 : 0.06)
  const block = random.pick(addressBlocks)
  const isV6 = random.chance(0.1)
  const isMobileNetwork = model.kind === 'phone' && random.chance(0.55)
  return {
    kind: model.kind,
    os: model.os,
    device: {
      ua,
      ...(sua !== undefined && is26 ? { sua } : {}),
      ...(isV6
        ? { ipv6: `2001:db8:${hex(random, 4)}:${hex(random, 4)}::` }
        : { ip: `${block}.${1 + random.below(254)}` }),
      devicetype: deviceTypes[model.kind],
      ...(model.make === undefined ? {} : { make: model.make, model: model.model }),
      os: model.os,
      osv,
      w: Math.round(model.w / model.pxratio),
      h: Math.round(model.h / model.pxratio),
      pxratio: model.pxratio,
      js: 1,
      dnt: 0,
      lmt: isTracked ? 0 : 1,
      language,
      ...(isMobileNetwork
        ? { connectiontype: 6, carrier: random.pick(['Komórka', 'Zasięg', 'Pajęczyna']) }
        : { connectiontype: 2 }),
      ...(inApp ? { ifa: isTracked ? uuid(random) : '00000000-0000-0000-0000-000000000000' } : {}),
      ...(sua !== undefined && !is26 ? { ext: { sua } } : {}),
    },
  }
}

function structuredAgent(model: Model, osv: string, browserVersion: number): object {
  const version = [String(browserVersion)]
  return {
    browsers: [
      { brand: 'Chromium', version },
      { brand: 'Google Chrome', version },
    ],
    platform: { brand: model.os, version: osv.split('.') },
    mobile: model.kind === 'phone' ? 1 : 0,
    ...(model.model === undefined ? {} : { model: model.model }),
    source: 2,
  }
}

/** Lower-case hexadecimal digits. */
export function hex(random: Random, digits: number): string {
  let text = ''
  for (let i = 0; i < digits; i++) text += random.below(16).toString(16)
  return text
}

export function uuid(random: Random): string {
  const tail = `4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`
  return `${hex(random, 8)}-${hex(random, 4)}-${tail}`
}
