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
 * The device's operating system by the name that campaigns use.
 *
 * @param os        `device.os` as sent, any case; '' where absent.
 * @param userAgent read only where `os` is absent.
 * @returns `ios`, `android`, `windows`, `macos`, `linux`; another name in lower case; '' where unknown.
 */
export function operatingSystem(os: string, userAgent: string): string {
  if (os !== '') {
    const lower = os.toLowerCase()
    return known.get(lower) ?? lower
  }
  for (const [mark, name] of marks) if (userAgent.includes(mark)) return name
  return ''
}
