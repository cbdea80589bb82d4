// Goal: both HTTP servers do the same. Method: the listener contract on each.
import { listenNode } from '../../src/edge/listen-node.js'
import { listenUws } from '../../src/edge/listen-uws.js'
import { listenerContract } from '../contracts/listener.js'

listenerContract('uWebSockets.js', listenUws)
listenerContract('node:http', listenNode)
