const known: ReadonlyMap<string, string> = new Map([
  ['ios', 'ios'],
  ['ipados', 'ios'],
  ['iphone os', 'ios'],
  ['android', 'android'],
  ['windows', 'windows'],
  ['macos', 'macos'],
  ['mac os x', 'macos'],
  ['os x', 'macos'],
  ['mac os', 'macos'],
  ['mac', 'macos'],
  ['linux', 'linux'],
])

/** Marks of a system in a user agent, tried in this order: Android's names Linux, iOS's Mac OS X. */
const marks: readonly (readonly [mark: string, os: string])[] = [
  ['Android', 'android'],
  ['iPhone', 'ios'],
  ['iPad', 'ios'],
  ['Windows', 'windows'],
  ['Mac OS X', 'macos'],
  ['Linux', 'linux'],
]

/**
 * A system by the name that campaigns use.
 *
 * @param os as sent, any case.
 * @returns `ios`, `android`, `windows`, `macos`, `linux`; another name in lower case; '' for ''.
 */
export function systemOf(os: string): string {
  const lower = os.toLowerCase()
  return known.get(lower) ?? lower
}

/** The same by what a browser says of itself; '' where it says nothing that we know. */
export function systemOfUserAgent(userAgent: string): string {
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i]!
    if (userAgent.includes(mark[0])) return mark[1]
  }
  return ''
}

/**
 * The device's operating system by the name that campaigns use: by the first that says one.
 *
 * @param os        `device.os` as sent, '' where absent.
 * @param userAgent `device.ua`.
 * @param platform  `device.sua.platform.brand`, before both: browsers freeze their `ua`.
 */
export function operatingSystem(os: string, userAgent: string, platform = ''): string {
  if (platform !== '') return systemOf(platform)
  return os !== '' ? systemOf(os) : systemOfUserAgent(userAgent)
}
