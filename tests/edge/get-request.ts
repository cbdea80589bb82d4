import type { GetRequest } from '../../src/edge/listener.js'

/** A GET as a listener hands it over; header names in lower case. */
export function getRequest(
  query: string,
  more: {
    readonly parameter?: string
    readonly isHead?: boolean
    readonly headers?: Readonly<Record<string, string>>
    readonly address?: string
  } = {},
): GetRequest {
  const { parameter = '', isHead = false, headers = {}, address = '' } = more
  return { query, parameter, isHead, address, header: (name) => headers[name] ?? '' }
}
