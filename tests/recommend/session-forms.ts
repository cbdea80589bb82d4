import type { Random } from '../../src/base/random.js'
import type { SessionFile } from '../../src/recommend/evaluation/session-files.js'

/** One look of a log, as each form of file has it. */
export interface Look {
  readonly user: string
  readonly session: string
  readonly item: string
  /** Whole seconds since 1970; no two looks have the same. */
  readonly seconds: number
}

export interface RandomLog {
  readonly looks: readonly Look[]
  /** What is to be read from it: ids of products, sessions by their last look. */
  readonly sessions: readonly (readonly string[])[]
}

const startSeconds = Date.UTC(2024, 4, 1) / 1_000

/** Visits of some users, an hour and more apart, looks of a visit some minutes; one visit in six is of one look. */
export function randomLog(random: Random, userCount: number): RandomLog {
  const taken = new Set<number>()
  const visits: Look[][] = []
  for (let user = 0; user < userCount; user++) {
    let seconds = startSeconds + random.below(5 * 86_400)
    for (let visit = 0; visit <= random.below(4); visit++) {
      const length = random.chance(1 / 6) ? 1 : 2 + random.below(6)
      let item = random.below(40)
      const looks: Look[] = []
      for (let i = 0; i < length; i++) {
        seconds += 1 + random.below(300)
        while (taken.has(seconds)) seconds++
        taken.add(seconds)
        item = random.chance(0.7) ? (item + 1) % 40 : random.below(40)
        looks.push({
          user: `u${user}`,
          session: `${user}${visit}77`,
          item: `${5_000 + item}`,
          seconds,
        })
      }
      visits.push(looks)
      seconds += 3_600 + random.below(40_000)
    }
  }
  const kept = visits.filter((looks) => looks.length > 1)
  kept.sort((a, b) => a.at(-1)!.seconds - b.at(-1)!.seconds)
  return { looks: visits.flat(), sessions: kept.map((looks) => looks.map(({ item }) => item)) }
}

export interface Form {
  readonly name: string
  write(looks: readonly Look[]): string
}

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString()
const plain = (seconds: number): string => iso(seconds).slice(0, 19).replace('T', ' ')
const dayOf = (seconds: number): number => Math.floor(seconds / 86_400) * 86_400

function rows(
  names: string | null,
  row: (look: Look, i: number) => string,
  end = '\n',
): (looks: readonly Look[]) => string {
  return (looks) => `${[...(names === null ? [] : [names]), ...looks.map(row)].join(end)}${end}`
}

function bySession(looks: readonly Look[]): Look[][] {
  const sessions = new Map<string, Look[]>()
  for (const look of looks) {
    const known = sessions.get(look.session)
    if (known === undefined) sessions.set(look.session, [look])
    else known.push(look)
  }
  return [...sessions.values()]
}

const otto = (looks: readonly Look[]): string =>
  bySession(looks)
    .map((session) => {
      const events = session.map(({ item, seconds }) => ({
        aid: Number(item),
        ts: seconds * 1_000,
        type: 'clicks',
      }))
      // What was put into a cart is no look.
      events.push({ ...events[0]!, type: 'carts' })
      return `${JSON.stringify({ session: Number(session[0]!.session), events })}\n`
    })
    .join('')

/** As they are published, or as programs write them. */
export const forms: readonly Form[] = [
  {
    name: 'GRU4Rec',
    write: rows('SessionId\tItemId\tTime', (l) => `${l.session}\t${l.item}\t${l.seconds}.0`),
  },
  {
    name: 'RecSys Challenge 2015, without names',
    write: rows(null, (l) => `${l.session},${iso(l.seconds)},${l.item},0`),
  },
  {
    name: 'Diginetica, milliseconds within a day',
    write: (looks) => {
      const days = new Map<string, number>()
      for (const { session, seconds } of looks)
        days.set(session, dayOf(Math.min(seconds, days.get(session) ?? seconds)))
      return rows(
        'session_id;user_id;item_id;timeframe;eventdate',
        ({ session, item, seconds }) => {
          const day = days.get(session)!
          return `${session};NA;${item};${(seconds - day) * 1_000};${iso(day).slice(0, 10)}`
        },
      )(looks)
    },
  },
  {
    name: 'Retailrocket, users and events',
    write: rows('timestamp,visitorid,event,itemid,transactionid', (l, i) => {
      const row = (event: string, order: string): string =>
        `${l.seconds * 1_000},${l.user.slice(1)},${event},${l.item},${order}`
      return i % 5 === 0 ? `${row('view', '')}\n${row('transaction', '17')}` : row('view', '')
    }),
  },
  {
    name: 'REES46',
    write: rows(
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session',
      (l) =>
        `${plain(l.seconds)} UTC,view,${l.item},2103807459595387724,,"shiseido, ""the"" brand",35.79,${l.user},72d76fde-8bb3-4e00-8c23-${l.session}`,
    ),
  },
  { name: 'OTTO, sessions in JSON', write: otto },
  {
    name: 'events in JSON',
    write: rows(null, (l) =>
      JSON.stringify({ ts: iso(l.seconds), session_id: l.session, sku: l.item, price: 3 }),
    ),
  },
  {
    name: 'RecBole',
    write: rows(
      'session_id:token\titem_id:token\trating:float\ttimestamp:float',
      (l) => `${l.session}\t${l.item}\t1\t${l.seconds}`,
    ),
  },
  {
    name: 'Excel: byte order mark, CR LF, quotation marks',
    write: (looks) =>
      `\ufeff${rows('"Sid";"SKU";"Event Time"', (l) => `"${l.session}";"${l.item}";"${iso(l.seconds)}"`, '\r\n')(looks)}`,
  },
  {
    name: 'pipes, microseconds, the user beside the session',
    write: rows(
      'uid|ts|visit_id|aid',
      (l) => `${l.user}|${l.seconds}000000|${l.session}|${l.item}`,
    ),
  },
  {
    name: 'spaces without names',
    write: rows(null, (l) => `${l.session}  ${l.item} ${l.seconds}`),
  },
  {
    name: 'spaces with names',
    write: rows('session item time', (l) => `${l.session} ${l.item} ${l.seconds * 1_000}`),
  },
  {
    name: 'a date and a time of day',
    write: rows('date,time,session_id,product_id', (l) => {
      const [day, clock] = plain(l.seconds).split(' ')
      return `${day},${clock},${l.session},${l.item}`
    }),
  },
  {
    name: 'a date and a time of day, without names',
    write: rows(null, (l) => `${l.session} ${plain(l.seconds)}.000 ${l.item}`),
  },
  {
    name: 'times with a zone',
    write: rows('customer_id,article_id,date', (l) => {
      const local = new Date((l.seconds + 7_200) * 1_000).toISOString()
      return `${l.user},${l.item},${local.slice(0, 19)}.000000+02:00`
    }),
  },
]

/** What the log becomes as one session a line, in the order in which they ended. */
export const asLines = ({ sessions }: RandomLog): string =>
  sessions.map((session) => `${session.join(' ')}\n`).join('')

export function shuffled<T>(random: Random, all: readonly T[]): T[] {
  const copy = [...all]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}

/** The sessions that were read. */
export const idsOf = ({ items, sessions }: SessionFile): string[][] =>
  Array.from({ length: sessions.count }, (_, i) =>
    Array.from(sessions.items.subarray(sessions.starts[i]!, sessions.starts[i + 1]!), (item) =>
      items.idOf(item),
    ),
  )
