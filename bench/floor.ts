/** The floor that the bidder is measured against: the same listener reads the body and answers 204. */
import { listen } from '../src/edge/listen.js'
import { noHeaders } from '../src/edge/listener.js'

const listener = await listen({
  host: '127.0.0.1',
  port: 0,
  routes: [
    {
      method: 'POST',
      prefix: '/openrtb2',
      bodyBytesMax: 262_144,
      handle: (_exchange, _body, reply) => reply.send(204, noHeaders, ''),
    },
  ],
})
process.send?.({ port: listener.port })
process.on('disconnect', () => process.exit(0))
