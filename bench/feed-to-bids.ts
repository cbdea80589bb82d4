/**
 * What it costs to bring a shop's fed products into bids: compiling them, finding them again at the next start,
 * and a worker's loading of them. Each step in a process of its own, as memory counts.
 */
import { fork } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LoadedProducts, type ProductRef } from '../src/catalogue/product-files.js'
import type { Product } from '../src/catalogue/products.js'
import { LmdbProductStore } from '../src/catalogue/store-lmdb.js'
import { Signer } from '../src/edge/signer.js'
import { CatalogueBuilder } from '../src/run/catalogue-builder.js'
import { freePort } from '../src/run/port.js'
import { residentBytesMax, startWholeGrosz } from './processes.js'
import { type Spent, stopwatch } from './stopwatch.js'

export interface BidsFigures {
  readonly products: number
  /** From nothing to tables that bidders can read. */
  readonly compileSeconds: number
  /** Of all threads. */
  readonly compileCpuSeconds: number
  readonly compilePeakMegabytes: number
  /** Nothing has changed since. */
  readonly startAgainSeconds: number
  readonly startAgainCpuSeconds: number
  /** A feed in which one in a hundred differs. */
  readonly feedAgainSeconds: number
  readonly feedAgainCpuSeconds: number
  readonly loadSeconds: number
  /** Longest that the loading process stood still, and the longest that it was itself at work then. */
  readonly loadStallMs: number
  readonly loadStallCpuMs: number
  /** Of a worker, for each product. */
  readonly residentBytesPerProduct: number
  readonly fileBytesPerProduct: number
  /** Of all of Grosz with one worker, until that bids: with nothing compiled as yet, and at the next start. */
  readonly firstStartSeconds: number
  readonly nextStartSeconds: number
  readonly workerMegabytes: number
}

const nouns = ['mug', 'shoes', 'jacket', 'lamp', 'saucer set', 'rucksack', 'trousers', 'kettle']
const makers = ['Acme', 'Turvano', 'Zefir & Sons', 'Müller', 'Łódź Ceramics']
const description =
  'Ceramic, 350 ml, fired twice and glazed by hand. <p>Fit for dishwashers &amp; microwave ovens.</p> ' +
  'Every piece is a little different from the next one, as its maker meant it to be. '

/** Titles, links and texts as long as usual; a few of what makes work: relative links, tags, sales. */
export function madeProduct(number: number, edition: number): Product {
  const noun = nouns[number % nouns.length]!
  const brand = makers[number % makers.length]!
  const isOther = edition > 0 && number % 100 === 0
  const priceMicros = ((number % 900) + 1) * 1_000_000 - 10_000
  return {
    id: `SKU-${number}`,
    title: `${brand} ${noun} no. ${number}, "autumn" collection${isOther ? ` ${edition}` : ''}`,
    link:
      number % 10 === 0
        ? `/p/${noun}-${number}`
        : `https://shop.example/p/${noun}-${number}?c=a&v=1`,
    image: `https://cdn.shop.example/pictures/large/${number}.jpg`,
    priceMicros,
    ...(number % 3 === 0 ? { salePriceMicros: Math.round(priceMicros * 0.8) } : {}),
    currency: 'PLN',
    inStock: number % 20 !== 0,
    category: `Home > Kitchen > Things ${number % 40}`,
    brand,
    description: description + noun,
    ...(number % 4 === 0 ? { rating: (number % 50) / 10 } : {}),
  }
}

const shop = {
  id: 'shop',
  name: 'Shop',
  domain: 'shop.example',
  url: 'https://shop.example/',
  currency: 'PLN',
  timeZone: 'Europe/Warsaw',
  language: 'pl',
  logo: '/logo.svg',
  colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#ffffff', text: '#17231d' },
  callToAction: 'Kup teraz',
  categories: ['IAB22-1'],
}
const campaign = { id: 'c', goal: 'cpm', bid: 5, maxCpm: 50, budget: {} }

const steps = {
  async feed(folder: string, products: number, edition: number) {
    const store = await LmdbProductStore.open(join(folder, 'products'), { isWriter: true })
    const draft = await store.forShop(shop.id).draft(Date.now())
    for (let number = 1; number <= products; number++) await draft.put(madeProduct(number, edition))
    await draft.commit()
    await store.close()
    return {}
  },

  /** Compiles what there is, and again once `edition` has been fed. */
  async compile(folder: string, products: number, edition: number) {
    const store = await LmdbProductStore.open(join(folder, 'products'), { isWriter: false })
    const signer = await Signer.open(Buffer.alloc(32, 1))
    let isDue = true
    let refs: readonly ProductRef[] = []
    const builder = new CatalogueBuilder(
      {
        shopsDir: join(folder, 'catalogue'),
        snapshotsDir: join(folder, 'snapshots'),
        currencies: { PLN: 1 },
        signTarget: (shopKey, url) => signer.signTarget(shopKey, url),
        products: store,
      },
      {
        onProducts: (ref) => {
          refs = [ref]
        },
        onDue: () => {
          isDue = true
        },
        onFault: (fault) => {
          throw new Error(fault)
        },
      },
    )
    const settle = async (): Promise<void> => {
      await builder.idle()
      while (isDue) {
        isDue = false
        refs = (await builder.build(Date.now())).built.products
        await builder.idle()
      }
    }
    const first = stopwatch()
    await settle()
    const compiled = first()
    let again: Spent = { seconds: 0, cpuSeconds: 0 }
    if (edition > 0) {
      await inProcess('feed', folder, products, edition)
      const since = stopwatch()
      builder.poll()
      await settle()
      again = since()
    }
    await store.close()
    return { compiled, again, refs, peakBytes: process.resourceUsage().maxRSS * 1_024 }
  },

  async load(_folder: string, products: number, _edition: number, refs: readonly ProductRef[]) {
    const before = process.memoryUsage.rss()
    const loaded = new LoadedProducts()
    const stall = { ms: 0, cpuMs: 0 }
    let [lastMs, lastCpuMs] = [performance.now(), mainThreadMs()]
    const turn = (): void => {
      const [nowMs, cpuMs] = [performance.now(), mainThreadMs()]
      stall.ms = Math.max(stall.ms, nowMs - lastMs)
      stall.cpuMs = Math.max(stall.cpuMs, cpuMs - lastCpuMs)
      lastMs = nowMs
      lastCpuMs = cpuMs
    }
    // A timer, as a bidder is woken by its sockets: something that always runs would take the processor.
    const timer = setInterval(turn, 1)
    const spent = stopwatch()
    const tables = await loaded.load(refs)
    const { seconds } = spent()
    await new Promise((resolve) => setTimeout(resolve, 50))
    turn()
    clearInterval(timer)
    if (tables.reduce((sum, { count }) => sum + count, 0) !== products)
      throw new Error('not all products were loaded')
    global.gc?.()
    return { seconds, stall, bytes: process.memoryUsage.rss() - before }
  },
}
type StepName = keyof typeof steps
type Result<Name extends StepName> = Awaited<ReturnType<(typeof steps)[Name]>>

function inProcess<Name extends StepName>(
  step: Name,
  folder: string,
  products: number,
  edition: number,
  refs: readonly ProductRef[] = [],
): Promise<Result<Name>> {
  const options = JSON.stringify({ step, folder, products, edition, refs })
  const profiled =
    process.env['BENCH_PROFILE'] === step ? ['--cpu-prof', '--cpu-prof-dir=/tmp'] : []
  const child = fork(fileURLToPath(import.meta.url), [options], {
    execArgv: ['--expose-gc', '--max-semi-space-size=64', ...profiled],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as Result<Name>))
    child.once('exit', (code) => reject(new Error(`${step} ended with ${code}`)))
  })
}

/** Makes `products` products, and measures their way into bids. */
export async function benchFeedToBids(products: number): Promise<BidsFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-bids-'))
  try {
    mkdirSync(join(folder, 'catalogue'))
    const file = { shop, campaigns: [campaign], products: [] }
    writeFileSync(join(folder, 'catalogue', 'shop.json'), JSON.stringify(file))
    await inProcess('feed', folder, products, 0)
    const first = await inProcess('compile', folder, products, 0)
    const second = await inProcess('compile', folder, products, 1)
    const loaded = await inProcess('load', folder, products, 0, second.refs)
    const base = second.refs[0]!.base
    const bytes = readdirSync(join(folder, 'snapshots'))
      .map((name) => join(folder, 'snapshots', name))
      .filter((path) => path.startsWith(`${base}.`))
      .reduce((sum, path) => sum + statSync(path).size, 0)
    rmSync(join(folder, 'snapshots'), { recursive: true })
    const firstStart = await startGrosz(folder)
    const nextStart = await startGrosz(folder)
    return {
      products,
      compileSeconds: rounded(first.compiled.seconds, 2),
      compileCpuSeconds: rounded(first.compiled.cpuSeconds, 2),
      compilePeakMegabytes: Math.round(first.peakBytes / 1e6),
      startAgainSeconds: rounded(second.compiled.seconds, 2),
      startAgainCpuSeconds: rounded(second.compiled.cpuSeconds, 2),
      feedAgainSeconds: rounded(second.again.seconds, 2),
      feedAgainCpuSeconds: rounded(second.again.cpuSeconds, 2),
      loadSeconds: rounded(loaded.seconds, 2),
      loadStallMs: rounded(loaded.stall.ms, 1),
      loadStallCpuMs: rounded(loaded.stall.cpuMs, 1),
      residentBytesPerProduct: Math.round(loaded.bytes / products),
      fileBytesPerProduct: Math.round(bytes / products),
      firstStartSeconds: rounded(firstStart.seconds, 1),
      nextStartSeconds: rounded(nextStart.seconds, 1),
      workerMegabytes: nextStart.workerMegabytes,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startGrosz(folder: string): Promise<{ seconds: number; workerMegabytes: number }> {
  const port = await freePort('127.0.0.1', 0)
  const since = stopwatch()
  const starting = startWholeGrosz(folder, 1, 0, 'bidder', port)
  const isReady = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.status === 200
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20))
  const { seconds } = since()
  const grosz = await starting
  const workerMegabytes = Math.round(residentBytesMax(grosz.workerPid) / 1e6)
  await grosz.stop()
  return { seconds, workerMegabytes }
}

/** Processor time of the thread that requests would be answered in. */
const mainThreadMs = (): number =>
  Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ', 1)[0]) / 1e6

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { step, folder, products, edition, refs } = JSON.parse(process.argv[2]!)
  const result = await steps[step as StepName](folder, products, edition, refs)
  process.send!(result, () => process.exit(0))
}
