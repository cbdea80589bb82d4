/** The floor that the bidder is measured against: the same listener reads the body and answers 204. */
import { listen } from '../src/edge/listen.js'
import { noHeaders, noNames } from '../src/edge/listener.js'

const listener = await listen({
  host: '127.0.0.1',
  port: 0,
  bodyTimeoutMs: 2_000,
  routes: [
    {
      method: 'POST',
      prefix: '/openrtb2',
      bodyBytesMax: 262_144,
      bearerFor: noNames,
      gzipFor: noNames,
      handle: (_head, _body, reply) => reply.send(204, noHeaders, ''),
    },
  ],
})
process.send?.({ port: listener.port })
process.on('disconnect', () => process.exit(0))
