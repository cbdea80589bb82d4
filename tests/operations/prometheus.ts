/**
 * The real Prometheus and its promtool, for tests. Both come from one system package (see
 * scripts/install-system-packages.sh); where they are missing, tests skip themselves and say so.
 */
import { strict as check } from 'node:assert'
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

export const configDirectory = fileURLToPath(new URL('../../config/prometheus/', import.meta.url))

/** True, with a loud line, where a command is missing: for `test.skipIf`. */
export function isMissing(command: 'prometheus' | 'promtool'): boolean {
  if (spawnSync(command, ['--version']).error === undefined) return false
  console.warn(`*** SKIPPED: ${command} is missing; see scripts/install-system-packages.sh ***`)
  return true
}

/** Runs promtool in config/prometheus; fails with all that it said unless it is content. */
export function promtool(...args: readonly string[]): void {
  const result = spawnSync('promtool', args, { cwd: configDirectory, encoding: 'utf8' })
  check.equal(result.status, 0, `promtool ${args.join(' ')}\n${result.stdout}${result.stderr}`)
}

/** One series of an answer; `value` as text, so that no digit of it is lost. */
export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

export interface PrometheusOptions {
  /** `host:port` of what serves /metrics: it takes the bidder's place in config/prometheus. */
  readonly target: string
  readonly scrapeIntervalMs?: number
}

/** The longest that anything here is waited for. */
const patienceMs = 20_000

/** A Prometheus of one test, with the project's own configuration and rules but for the target. */
export class Prometheus {
  readonly address: string
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(address: string, process: ChildProcess, directory: string) {
    this.address = address
    this.#process = process
    this.#directory = directory
  }

  /** Comes back once the target has been scraped. */
  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'grosz-prometheus-'))
    writeFileSync(join(directory, 'prometheus.yml'), stringify(configuration(options)))
    const process = spawn(
      'prometheus',
      [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const prometheus = new Prometheus(await listeningAddress(process), process, directory)
    try {
      await prometheus.until('up{job="grosz"} == 1', (samples) => samples.length === 1)
    } catch (error) {
      await prometheus.stop()
      throw error
    }
    return prometheus
  }

  /** What an instant query gives now; throws with Prometheus' own words on a bad one. */
  async query(expression: string): Promise<readonly PrometheusSample[]> {
    const url = `http://${this.address}/api/v1/query?query=${encodeURIComponent(expression)}`
    const answer = (await (await fetch(url)).json()) as QueryAnswer
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`)
    const { resultType, result } = answer.data
    if (resultType === 'scalar') return [{ labels: {}, value: result[1] }]
    return result.map((series) => ({ labels: series.metric, value: series.value[1] }))
  }

  /** Asks again until the answer is as it should be; the last one is in the error otherwise. */
  async until(
    expression: string,
    isEnough: (samples: readonly PrometheusSample[]) => boolean,
  ): Promise<readonly PrometheusSample[]> {
    const deadline = performance.now() + patienceMs
    let last: unknown = 'no answer'
    while (performance.now() < deadline) {
      try {
        const samples = await this.query(expression)
        if (isEnough(samples)) return samples
        last = samples
      } catch (error) {
        last = String(error)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${expression}: still ${JSON.stringify(last)}`)
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await exited
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** What Prometheus' HTTP API sends, as far as it is read here. */
type QueryAnswer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success'
      readonly data:
        | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
        | {
            readonly resultType: 'vector'
            readonly result: readonly {
              readonly metric: Readonly<Record<string, string>>
              readonly value: readonly [number, string]
            }[]
          }
    }

interface Configuration {
  global: Record<string, string>
  rule_files: string[]
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
}

/** The project's own file, with another target, scraped as often as a test has patience for. */
function configuration({ target, scrapeIntervalMs = 200 }: PrometheusOptions): Configuration {
  const own = parse(readFileSync(join(configDirectory, 'prometheus.yml'), 'utf8')) as Configuration
  const interval = `${scrapeIntervalMs}ms`
  own.global = { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: '1s' }
  own.rule_files = own.rule_files.map((file) => join(configDirectory, file))
  own.scrape_configs = own.scrape_configs.filter((job) => job.job_name === 'grosz')
  own.scrape_configs[0]!.static_configs = [{ targets: [target] }]
  return own
}

/** Port 0 lets the system choose; Prometheus logs what it chose. */
async function listeningAddress(process: ChildProcess): Promise<string> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      process.kill('SIGKILL')
      reject(new Error(`Prometheus does not listen:\n${said.join('\n')}`))
    }, patienceMs)
    process.once('error', reject)
    process.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`Prometheus ended:\n${said.join('\n')}`))
    })
    // Read on for as long as it lives: a full pipe would stop it.
    createInterface({ input: process.stderr! }).on('line', (line) => {
      if (said.length < 100) said.push(line)
      const address = /msg="Listening on".* address=(\S+)/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
  })
}
