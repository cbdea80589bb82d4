// Goal: `docker compose up` brings up a Grosz that can be reached, measured and stopped without loss.
// Method: no engine is at hand everywhere, so the files are read as they are, and what one says is
// held beside what the others and the defaults say.
import { strict as check } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly stop_grace_period?: string
  readonly depends_on?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}
interface Defaults {
  readonly ports: Readonly<
    Record<'bidder' | 'collector' | 'recommender' | 'admin' | 'demo', number>
  >
  readonly drainMs: number
}

const root = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const { services, volumes } = parse(read('docker-compose.yml')) as Compose
const defaultsText = read('config/default.yaml')
const defaults = parse(defaultsText) as Defaults
const dockerfile = read('Dockerfile')
const bidder = services['bidder']!

test('there are exactly the four services', () => {
  check.deepEqual(Object.keys(services).sort(), ['bidder', 'grafana', 'prometheus', 'redis'])
  for (const [name, { image, build }] of Object.entries(services))
    check.ok((image === undefined) !== (build === undefined), `${name}: an image or a build`)
})

describe('the bidder', () => {
  test('can be reached from outside of its container, the operator’s port from this machine only', () => {
    check.equal(bidder.environment?.['GROSZ_HOST'], '0.0.0.0')
    check.equal(Number(bidder.environment?.['GROSZ_BIDDER_PORT']), defaults.ports.bidder)
    check.equal(Number(bidder.environment?.['GROSZ_COLLECTOR_PORT']), defaults.ports.collector)
    check.equal(Number(bidder.environment?.['GROSZ_RECOMMENDER_PORT']), defaults.ports.recommender)
    check.equal(Number(bidder.environment?.['GROSZ_ADMIN_PORT']), defaults.ports.admin)
    const { bidder: bid, collector, recommender, admin, demo } = defaults.ports
    check.deepEqual(bidder.ports, [
      `${bid}:${bid}`,
      `${collector}:${collector}`,
      `${recommender}:${recommender}`,
      `${demo}:${demo}`,
      `127.0.0.1:${admin}:${admin}`,
    ])
  })

  test('is given only settings that exist', () => {
    const known = new Set(defaultsText.match(/\bGROSZ_\w+/g))
    const given = [...Object.keys(bidder.environment ?? {}), ...dockerfile.match(/\bGROSZ_\w+/g)!]
    for (const name of given) check.ok(known.has(name), name)
  })

  test('keeps its data in a volume that its user may write to', () => {
    const data = bidder.environment?.['GROSZ_DATA']
    check.ok(bidder.volumes?.includes(`bidder-data:${data}`))
    check.match(dockerfile, new RegExp(`mkdir ${data} && chown node:node ${data}`))
    check.match(dockerfile, /^USER node$/m)
  })

  test('is asked for its readiness, with code that runs and says no where nobody answers', () => {
    const [kind, node, flag, code] = bidder.healthcheck!.test
    check.deepEqual([kind, node, flag], ['CMD', 'node', '-e'])
    check.ok(code!.includes(`http://127.0.0.1:${defaults.ports.admin}/readyz`))
    check.doesNotThrow(() => new Function(code!))
  })

  test('is given longer to stop than it takes', () => {
    const graceMs = Number(/^(\d+)s$/.exec(bidder.stop_grace_period ?? '')?.[1]) * 1000
    check.ok(graceMs >= 2 * defaults.drainMs, `${graceMs} ms for ${defaults.drainMs} ms`)
  })

  test('needs no other service', () => check.equal(bidder.depends_on, undefined))
})

describe('the image', () => {
  test('is built from files that there are', () => {
    for (const [, files] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const file of files!.split(' ')) check.ok(existsSync(new URL(file, root)), file)
  })

  test('runs what the build writes, without packages for development', () => {
    const command = /^CMD (\[.+\])$/m.exec(dockerfile)![1]!
    const [node, script] = JSON.parse(command) as [string, string]
    check.equal(node, 'node')
    const source = script.replace(/^dist\//, '').replace(/\.js$/, '.ts')
    check.ok(existsSync(new URL(source, root)), source)
    check.match(dockerfile, /npm ci --omit=dev/)
  })

  test('has a Node that package.json allows', () => {
    for (const [, major] of dockerfile.matchAll(/^FROM node:(\d+)/gm))
      check.ok(Number(major) >= 20, `node:${major}`)
  })
})

describe('what looks at it', () => {
  test('everything mounted from here exists, and every named volume is declared', () => {
    for (const [name, service] of Object.entries(services))
      for (const volume of service.volumes ?? []) {
        const [from] = volume.split(':') as [string]
        if (from.startsWith('.')) check.ok(existsSync(new URL(from, root)), `${name}: ${from}`)
        else check.ok(from in volumes, `${name}: ${from} is not declared`)
      }
  })

  test('Prometheus finds its file, and the supervisor by its name and port', () => {
    const prometheus = parse(read('config/prometheus/prometheus.yml')) as {
      rule_files: readonly string[]
      scrape_configs: readonly {
        job_name: string
        static_configs: readonly { targets: string[] }[]
      }[]
    }
    const job = prometheus.scrape_configs.find((one) => one.job_name === 'grosz')
    check.deepEqual(job?.static_configs[0]?.targets, [`bidder:${defaults.ports.admin}`])
    for (const file of prometheus.rule_files)
      check.ok(existsSync(new URL(`config/prometheus/${file}`, root)), file)
    const { command, volumes: mounted } = services['prometheus']!
    check.ok(command?.includes('--config.file=/etc/prometheus/prometheus.yml'))
    check.ok(mounted?.includes('./config/prometheus:/etc/prometheus:ro'))
  })

  test('Grafana finds Prometheus, and its dashboard', () => {
    const { datasources } = parse(
      read('config/grafana/provisioning/datasources/prometheus.yml'),
    ) as { datasources: readonly { url: string }[] }
    const { hostname, port } = new URL(datasources[0]!.url)
    check.ok(services['prometheus']!.ports?.some((one) => one.endsWith(`:${port}`)))
    check.ok(hostname in services)
    const { environment, volumes: mounted } = services['grafana']!
    const home = environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    check.ok(mounted?.includes('./config/grafana/dashboards:/var/lib/grafana/dashboards:ro'))
    const file = home.replace('/var/lib/grafana/', 'config/grafana/')
    check.ok(existsSync(new URL(file, root)), home)
  })

  test('nothing but the bidder and the demo shop can be reached from other machines', () => {
    for (const [name, { ports }] of Object.entries(services))
      if (name !== 'bidder')
        for (const port of ports ?? []) check.match(port, /^127\.0\.0\.1:/, name)
  })

  test('Redis keeps what it is given', () => {
    check.match(services['redis']!.image ?? '', /^redis:7/)
    check.match(services['redis']!.command!.join(' '), /--appendonly yes/)
    check.ok(services['redis']!.volumes?.includes('redis-data:/data'))
  })
})
