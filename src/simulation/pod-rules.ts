import { formatOf, markupOf, mediaOf, secondsOf } from './formats.js'
import {
  impsOf,
  type LooseBid,
  type LooseImp,
  type LooseMedia,
  type LooseRequest,
  numberOf,
  numbersIn,
  textOf,
  textsIn,
} from './wire.js'

/** A bid of one response, and the impression that it is for. */
export interface PlacedBid {
  readonly bid: LooseBid
  readonly imp: LooseImp
}

/** What is wrong with the bids of a response as they stand beside each other. */
export interface PlacedFault {
  readonly rule: 'one-bid-per-imp' | 'pod-kept'
  readonly detail: string
  readonly bid: LooseBid
}

interface PodBid extends PlacedBid {
  readonly media: LooseMedia
  readonly seconds: number
}

/** @param takesMore  the exchange takes a bid for each deal, and one without. */
export function findCrowded(
  request: LooseRequest,
  placed: readonly PlacedBid[],
  takesMore: boolean,
): readonly PlacedFault[] {
  const faults: PlacedFault[] = []
  const inPods = placed.flatMap(podBidOf)
  for (const imp of impsOf(request)) {
    const bids = placed.filter((it) => it.imp === imp)
    const dynamic = inPods.filter((it) => it.imp === imp && numberOf(it.media.poddur) > 0)
    if (dynamic.length > 0) faults.push(...findOverfilled(dynamic))
    else faults.push(...findDoubled(bids, takesMore))
  }
  const podIds = new Set(inPods.map(({ media }) => textOf(media.podid)).filter((id) => id !== ''))
  for (const podId of podIds) {
    const pod = inPods.filter(({ media }) => textOf(media.podid) === podId)
    faults.push(...findRepeated(pod))
  }
  return faults
}

function podBidOf({ bid, imp }: PlacedBid): readonly PodBid[] {
  const markup = markupOf(bid)
  const media = mediaOf(imp, formatOf(bid, imp, markup))
  const isInPod = media !== null && (textOf(media.podid) !== '' || numberOf(media.poddur) > 0)
  return isInPod ? [{ bid, imp, media, seconds: secondsOf(bid, markup) }] : []
}

function findDoubled(bids: readonly PlacedBid[], takesMore: boolean): readonly PlacedFault[] {
  const seen = new Set<string>()
  return bids.flatMap(({ bid }): readonly PlacedFault[] => {
    const place = takesMore ? textOf(bid.dealid) : ''
    if (!seen.has(place)) {
      seen.add(place)
      return []
    }
    return [{ rule: 'one-bid-per-imp', detail: `${bid.impid} ${place}`.trim(), bid }]
  })
}

/** A dynamic pod: so many ads at most, so many seconds together. */
function findOverfilled(bids: readonly PodBid[]): readonly PlacedFault[] {
  const { media, bid } = bids.at(-1)!
  const seconds = bids.reduce((sum, it) => sum + (it.seconds || 0), 0)
  const most = numberOf(media.maxseq)
  const rule = 'pod-kept'
  if (seconds > numberOf(media.poddur))
    return [{ rule, detail: `${seconds} s of ${media.poddur}`, bid }]
  return most > 0 && bids.length > most
    ? [{ rule, detail: `${bids.length} ads of ${most}`, bid }]
    : []
}

/** `poddedupe`: 1 advertiser domain, 2 category, 3 creative id. */
function findRepeated(bids: readonly PodBid[]): readonly PlacedFault[] {
  const faults: PlacedFault[] = []
  const seen = new Set<string>()
  for (const { bid, media } of bids) {
    const rules = numbersIn(media.poddedupe)
    const keys = [
      ...(rules.includes(1) ? textsIn(bid.adomain) : []),
      ...(rules.includes(2) ? textsIn(bid.cat) : []),
      ...(rules.includes(3) ? [`crid ${bid.crid}`] : []),
    ]
    const repeated = keys.find((key) => seen.has(key))
    if (repeated !== undefined)
      faults.push({ rule: 'pod-kept', detail: `${repeated} twice in a pod`, bid })
    for (const key of keys) seen.add(key)
    // In a structured pod a bid's place is its impression.
    if (!(numberOf(media.poddur) > 0) && bid.slotinpod !== undefined)
      faults.push({ rule: 'pod-kept', detail: 'slotinpod in a structured pod', bid })
  }
  return faults
}
