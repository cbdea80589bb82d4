/** Optimistic concurrency: who changes something says which state of it they have seen (RFC 9110, 13). */
import { createHash } from 'node:crypto'
import type { Answer, Call } from './endpoint.js'
import { refusal } from './endpoint.js'

/** 132 bits of a hash: two states that differ never have the same. */
const tagLength = 22

/** A strong tag of what an answer shows: equal for equal states, whoever made them. */
export function etagOf(shown: object): string {
  const hash = createHash('sha256').update(JSON.stringify(shown)).digest('base64url')
  return `"${hash.slice(0, tagLength)}"`
}

/** Answers with a state and its tag; 304 to a GET of whoever has it already. */
export function tagged(call: Call, shown: object, status = 200): Answer {
  const headers = { ETag: etagOf(shown), 'Cache-Control': 'private, no-cache' }
  const isKnown = status === 200 && has(call.header('if-none-match'), headers.ETag, true)
  return isKnown ? { status: 304, headers } : { status, body: shown, headers }
}

/** Why a change may not be made, or null where it may. @param shown what is there; null: nothing. */
export function unmet(call: Call, shown: object | null): Answer | null {
  const ifMatch = call.header('if-match')
  if (shown === null) {
    if (ifMatch === '') return null
    return refusal(412, 'if-match: there is nothing here yet; send `If-None-Match: *` to make it')
  }
  const headers = { ETag: etagOf(shown) }
  if (call.header('if-none-match').trim() === '*')
    return { ...refusal(412, 'if-none-match: it is there already'), headers }
  if (ifMatch === '')
    return { ...refusal(428, 'if-match: send the ETag that you have seen, as in a GET'), headers }
  if (has(ifMatch, headers.ETag, false)) return null
  return { ...refusal(412, 'if-match: somebody has changed it since; read it again'), headers }
}

/** @param weakly tags marked as weak count too. */
function has(header: string, etag: string, weakly: boolean): boolean {
  if (header.trim() === '*') return true
  for (const [, weak, tag] of header.matchAll(/(W\/)?("[^"]*")/g))
    if (tag === etag && (weakly || weak === undefined)) return true
  return false
}
