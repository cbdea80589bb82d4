/** What a click on an advert or in a mail brings along in the page's address: which one it was. */
import { safely } from './reading.js'

const tokenLengthMax = 1_024

export interface Tokens {
  clickToken?: string
  mailToken?: string
}

/** Takes them out of the address, so that they aren't shared, bookmarked or told to other sites. */
export function takeTokens(): Tokens {
  const tokens: Tokens = {}
  const kept = location.search
    .slice(1)
    .split('&')
    .filter((pair) => {
      const kind = /^gz([cm])=/.exec(pair)
      if (kind === null) return true
      const token = safely(() => decodeURIComponent(pair.slice(kind[0].length)))
      if (token && token.length <= tokenLengthMax)
        tokens[kind[1] === 'c' ? 'clickToken' : 'mailToken'] = token
      return false
    })
    .join('&')
  const [page] = location.href.split(/[?#]/)
  const url = page + (kept === '' ? '' : `?${kept}`) + location.hash
  if (url !== location.href) safely(() => history.replaceState(history.state, '', url))
  return tokens
}
