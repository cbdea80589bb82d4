// Goal: both HTTP servers do the same. Method: the listener contract on each.
import { listenerContract } from '../contracts/listener.js'
import { listeners } from '../contracts/listeners.js'

for (const [name, listen] of listeners) listenerContract(name, listen)
