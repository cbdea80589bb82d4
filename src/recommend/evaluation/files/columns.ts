import { areClocks, areTimes, type TimeForm, timeFormOf } from './times.js'

/** What rows of a log may be read by, where their own names and content don't tell. */
export interface ColumnOptions {
  readonly session?: string | undefined
  readonly user?: string | undefined
  readonly item?: string | undefined
  readonly time?: string | undefined
}

/** Some first rows of a log. */
export interface Sample {
  /** Null where the first row is one like the others. */
  readonly names: readonly string[] | null
  readonly rows: readonly (readonly string[])[]
}

/** Where what is wanted stands, in numbers of columns; -1 for what a log doesn't have. */
export interface Columns {
  /** Of the session, or of the user (`isUser`), whose looks are cut into visits. */
  readonly key: number
  readonly isUser: boolean
  /** Of a log without names: it may be of users as well. */
  readonly isGuess: boolean
  readonly item: number
  readonly time: number
  readonly timeForm: TimeForm
  /** What is on top of a date: a time of day, or milliseconds as Diginetica has them. */
  readonly frame: number
  /** What was done: a view, or something else. */
  readonly event: number
}

/** Names as they are used in the field, without case and marks in between; of two in one file the earlier counts. */
const known = {
  session:
    'sessionid session usersession sid sessid sessionkey visitid visit basketid invoiceno invoice orderid ordernumber',
  user: 'userid user visitorid visitor customerid customer clientid uid householdid memberid personid cookieid deviceid fullvisitorid',
  item: 'itemid item productid product sku aid articleid article stockcode asin iid contentid movieid goodsid itemsku productsku productcode clickarticleid newsid trackid songid',
  time: 'timestamp time ts eventtime datetime clicktimestamp clicktime eventtimestamp transactiontimestamp createdat occurredat servertime unixtime invoicedate orderdate eventdate date tdat day',
  frame: 'timeframe',
  event: 'event eventtype type action eventname behavior behaviortype',
}
const views = new Set(
  'view views click clicks pv pageview itemview productview viewitem viewproduct detail productdetail look'.split(
    ' ',
  ),
)

/** "user_id:token" of RecBole is a user id. */
const plain = (name: string): string =>
  name
    .replace(/:\w+$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

/** Whether an event of that name is a look at a product. */
export const isViewName = (name: string): boolean => views.has(plain(name))

/** Whether a first row is names, and no numbers or times. */
export const areNames = (cells: readonly string[]): boolean =>
  cells.length > 1 && cells.every((cell) => !/^[\d.,:TZ+ -]+$/.test(cell))

/** Whether names of at least two of what is wanted are among them: then it is a log with names, whatever it lacks. */
export function looksNamed(cells: readonly string[]): boolean {
  const names = cells.map(plain)
  const isThere = (list: string): boolean => list.split(' ').some((name) => names.includes(name))
  return Object.values(known).filter(isThere).length > 1
}

/**
 * Finds the columns: by the names that are given, else by those that are known, else by content, where of a log
 * without names the first column that is no time is the session (or the user: `isGuess`), and the next one the item.
 *
 * @throws an Error of what can't be told, and how to tell it.
 */
export function findColumns(sample: Sample, options: ColumnOptions): Columns {
  if (options.session !== undefined && options.user !== undefined)
    throw new Error('--session-column and --user-column are one too many')
  const { names } = sample
  const width = names?.length ?? Math.max(...sample.rows.map((row) => row.length))
  const given = (name: keyof ColumnOptions): number => givenColumn(options, name, names, width)
  const user = given('user')
  const asked = { key: user >= 0 ? user : given('session'), item: given('item') }
  const isGuess = names === null && asked.key < 0
  const columns = {
    ...asked,
    time: given('time'),
    frame: -1,
    event: -1,
    isUser: user >= 0,
    isGuess,
  }
  if (names === null) byPlace(sample, columns, width)
  else byName(sample, columns, names)
  const list = names?.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')
  const among = list === undefined ? `of its ${width}` : `among ${list.slice(0, 400)}`
  const missing = (what: string, how: string): Error =>
    new Error(`no column ${among} is known as ${what}: name it with ${how}`)
  if (columns.key < 0)
    throw missing('that of sessions or users', '--session-column or --user-column')
  if (columns.item < 0) throw missing('that of products', '--item-column')
  if (columns.time < 0) throw missing('that of times', '--time-column')
  const times = cellsOf(sample, columns.time)
  const timeForm = timeFormOf(times)
  if (timeForm === null)
    throw new Error(
      `times are wanted in s, ms or µs since 1970 or as in ISO 8601, not as ${JSON.stringify(times[0]?.slice(0, 40) ?? '')}`,
    )
  if (timeForm !== 'date' || times.some((time) => time.includes(':'))) columns.frame = -1
  return { ...columns, timeForm }
}

type Found = { -readonly [name in keyof Omit<Columns, 'timeForm'>]: Columns[name] }

/** @returns -1 where none is given. */
function givenColumn(
  options: ColumnOptions,
  option: keyof ColumnOptions,
  names: readonly string[] | null,
  width: number,
): number {
  const given = options[option]
  if (given === undefined) return -1
  const exact = names?.indexOf(given) ?? -1
  const near = names?.findIndex((name) => plain(name) === plain(given)) ?? -1
  if (exact >= 0 || near >= 0) return exact >= 0 ? exact : near
  const place = Number(given)
  if (Number.isInteger(place) && place >= 1 && place <= width) return place - 1
  const list = names === null ? `columns 1 to ${width}` : names.join(', ').slice(0, 400)
  throw new Error(`--${option}-column: there is no ${JSON.stringify(given)}, but ${list}`)
}

function byName(sample: Sample, columns: Found, names: readonly string[]): void {
  const plainNames = names.map(plain)
  const find = (role: keyof typeof known, shareMin = 0): number => {
    for (const name of known[role].split(' ')) {
      const column = plainNames.indexOf(name)
      const isFull = column >= 0 && cellsOf(sample, column).length >= sample.rows.length * shareMin
      if (isFull) return column
    }
    return -1
  }
  // Not by what is mostly empty, as numbers of orders are.
  for (const shareMin of [0.5, 0]) {
    if (columns.key < 0) columns.key = find('session', shareMin)
    if (columns.key >= 0) continue
    columns.key = find('user', shareMin)
    columns.isUser = columns.key >= 0
  }
  if (columns.item < 0) columns.item = find('item')
  if (columns.time < 0) columns.time = find('time')
  columns.frame = find('frame')
  if (columns.time >= 0 && areClocks(cellsOf(sample, columns.time))) {
    columns.frame = columns.time
    const rest = known.time.split(' ').map((name) => plainNames.indexOf(name))
    columns.time = rest.find((column) => column >= 0 && column !== columns.frame) ?? -1
  }
  columns.event = find('event')
}

function byPlace(sample: Sample, columns: Found, width: number): void {
  if (columns.time < 0) columns.time = timeColumn(sample, width)
  for (let column = 0; column < width; column++)
    if (areClocks(cellsOf(sample, column))) columns.frame = column
  for (let column = 0; column < width; column++) {
    if (Object.values(columns).includes(column)) continue
    if (columns.key < 0) columns.key = column
    else if (columns.item < 0) columns.item = column
  }
}

/** Dates, else the last numbers that look like times. */
function timeColumn(sample: Sample, width: number): number {
  let found = -1
  for (let column = 0; column < width; column++) {
    const cells = cellsOf(sample, column)
    const form = timeFormOf(cells)
    if (form === null || !areTimes(cells, form)) continue
    if (form === 'date') return column
    found = column
  }
  return found
}

/** What stands in a column, without what is empty. */
const cellsOf = ({ rows }: Sample, column: number): string[] =>
  rows.map((row) => row[column] ?? '').filter((cell) => cell !== '' && cell !== 'NA')
