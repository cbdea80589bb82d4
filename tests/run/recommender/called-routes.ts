// Calls routes without a listener; answers are their status and body.
import { RequestHead, type Route } from '../../../src/edge/listener.js'
import { getRequest } from '../../edge/get-request.js'

export function getFrom(routes: readonly Route[], query: Readonly<Record<string, string>>): string {
  const route = routes.find((it) => it.method === 'GET')
  if (route?.method !== 'GET') throw new Error('no route')
  let text = ''
  route.handle(getRequest(new URLSearchParams(query).toString()), {
    send: (status, _headers, body) => {
      text = `${status} ${body}`
    },
  })
  return text
}

export async function postTo(
  routes: readonly Route[],
  name: string,
  body: object,
): Promise<string> {
  const route = routes.find((it) => it.method === 'POST')
  if (route?.method !== 'POST') throw new Error('no route')
  const head = new RequestHead()
  head.name = name
  return new Promise((resolve) => {
    route.handle(head, Buffer.from(JSON.stringify(body)), {
      send: (status, _headers, text) => resolve(`${status} ${text}`),
    })
  })
}
