import { isCrawler } from './crawlers.js'
import { operatingSystem } from './device.js'

/** What a user agent says, worked out once for each that is seen often. */
export interface Agent {
  /** As `BidRequest.os`. */
  readonly os: string
  /** A machine that says so; nothing is bought for it (`nbr` 3). */
  readonly isCrawler: boolean
}

/** Agents in one generation; two are kept. */
const generationSize = 4_096
/** Longer ones are read each time: a cache of them could grow large. */
const cachedLengthMax = 512

const unknown: Agent = { os: '', isCrawler: false }

/**
 * Two generations of answers: what is asked for moves to the young one, and the old one is dropped
 * when that is full. So the agents in use stay, and neither time nor memory goes into their order.
 */
let young = new Map<string, Agent>()
let old = new Map<string, Agent>()

/** @param userAgent as sent; '' where absent. */
export function agentOf(userAgent: string): Agent {
  if (userAgent === '') return unknown
  const known = young.get(userAgent)
  if (known !== undefined) return known
  const agent = old.get(userAgent) ?? read(userAgent)
  if (userAgent.length > cachedLengthMax) return agent
  if (young.size >= generationSize) {
    old = young
    young = new Map()
  }
  young.set(userAgent, agent)
  return agent
}

function read(userAgent: string): Agent {
  return { os: operatingSystem('', userAgent), isCrawler: isCrawler(userAgent) }
}
