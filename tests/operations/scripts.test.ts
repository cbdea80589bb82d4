// Goal: whoever runs .ci/run can read the outcome off its last line and its exit code, and a machine
// without system packages still gets through. Method: the real scripts, in a copy of the repository
// whose `npm` is a stand-in, and on a PATH that lacks what is to be missing.
import { strict as check } from 'node:assert'
import type { SpawnSyncReturns } from 'node:child_process'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
let directory: string
let commands: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'grosz-scripts-'))
  commands = join(directory, 'commands')
  mkdirSync(commands)
  for (const command of ['bash', 'dirname', 'mktemp', 'rm', 'id', 'sort', 'env']) provide(command)
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Puts one of the machine's own commands on the test's PATH. */
function provide(command: string): void {
  const found = spawnSync('bash', ['-c', `command -v ${command}`], { encoding: 'utf8' })
  symlinkSync(found.stdout.trim(), join(commands, command))
}

/** Puts a stand-in of ours on the test's PATH. */
function pretend(command: string, script: string): void {
  const path = join(commands, command)
  // What stands there may be a link to the machine's own command: never to be written through.
  rmSync(path, { force: true })
  writeFileSync(path, `#!${join(commands, 'bash')}\n${script}\n`, { flag: 'wx' })
  chmodSync(path, 0o755)
}

function run(script: string, environment: Readonly<Record<string, string>> = {}) {
  const copy = join(directory, script)
  mkdirSync(join(copy, '..'), { recursive: true })
  copyFileSync(join(root, script), copy)
  return spawnSync(join(commands, 'bash'), [copy], {
    encoding: 'utf8',
    env: { PATH: commands, ...environment },
  })
}

describe('.ci/run', () => {
  const lastLine = ({ stdout }: SpawnSyncReturns<string>) => stdout.trimEnd().split('\n').at(-1)

  /** An `npm` whose `ci` is quick, and whose tests end as they are told to. */
  function npm(report: object | null, status: number, installStatus = 0): void {
    pretend(
      'npm',
      `if [[ $1 == ci ]]; then exit ${installStatus}; fi
       for argument in "$@"; do
         case "$argument" in --outputFile.json=*) file="\${argument#*=}" ;; esac
       done
       ${report === null ? '' : `printf '%s' '${JSON.stringify(report)}' >"$file"`}
       exit ${status}`,
    )
  }
  const outcome = (passed: number, failed: number, skipped = 0) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    testResults: [] as object[],
  })

  beforeEach(() => {
    symlinkSync(process.execPath, join(commands, 'node'))
  })

  test('all is well', () => {
    npm(outcome(12, 0), 0)
    const result = run('.ci/run')
    check.equal(lastLine(result), '12 passed, 0 failed', result.stderr)
    check.equal(result.status, 0)
  })

  test('some are skipped', () => {
    npm(outcome(12, 0, 3), 0)
    check.equal(lastLine(run('.ci/run')), '12 passed, 0 failed, 3 skipped')
  })

  test('some fail, and the exit code is passed on', () => {
    npm(outcome(10, 2), 7)
    const result = run('.ci/run')
    check.equal(lastLine(result), '10 passed, 2 failed')
    check.equal(result.status, 7)
  })

  test('a file that does not load is a failure', () => {
    const report = outcome(10, 0)
    report.testResults.push({ status: 'failed', assertionResults: [] })
    npm(report, 1)
    check.equal(lastLine(run('.ci/run')), '10 passed, 1 failed')
  })

  test('a build that fails before any test has run is a failure', () => {
    npm(null, 2)
    const result = run('.ci/run')
    check.equal(lastLine(result), '0 passed, 1 failed')
    check.equal(result.status, 2)
  })

  test('an installation that fails is a failure', () => {
    npm(null, 0, 3)
    const result = run('.ci/run')
    check.equal(lastLine(result), '0 passed, 1 failed')
    check.equal(result.status, 3)
  })

  test('a machine without Node is told so', () => {
    rmSync(join(commands, 'node'))
    const result = run('.ci/run')
    check.match(result.stderr, /Node is missing/)
    check.equal(lastLine(result), '0 passed, 1 failed')
    check.equal(result.status, 1)
  })

  test('a machine with an old Node is told so', () => {
    pretend('node', '[[ $1 == --version ]] && echo v18.0.0 && exit 0; exit 1')
    pretend('npm', 'exit 0')
    const result = run('.ci/run')
    check.match(result.stderr, /v18\.0\.0 is too old/)
    check.equal(result.status, 1)
  })
})

describe('install-system-packages', () => {
  const script = 'scripts/install-system-packages.sh'

  test('is silent where everything is there', () => {
    for (const command of ['prometheus', 'promtool', 'chromium', 'redis-server', 'xmllint'])
      pretend(command, '')
    pretend('apt-get', 'echo called; exit 1')
    const result = run(script)
    check.equal(result.status, 0)
    check.equal(result.stdout + result.stderr, '')
  })

  test('names each test that will be skipped where it may not install, and does not fail', () => {
    pretend('chromium', '')
    const result = run(script, { GROSZ_SYSTEM_PACKAGES: 'skip' })
    check.equal(result.status, 0)
    check.match(result.stderr, /\*\*\* SKIPPED for want of prometheus .*real Prometheus \*\*\*/)
    check.match(result.stderr, /\*\*\* SKIPPED for want of promtool .*\*\*\*/)
    check.match(result.stderr, /\*\*\* SKIPPED for want of redis-server .*real Redis \*\*\*/)
    check.doesNotMatch(result.stderr, /chromium/)
  })

  test('says why it cannot install where there is no apt-get', () => {
    const result = run(script)
    check.equal(result.status, 0)
    check.match(result.stdout, /no apt-get here/)
    check.match(result.stderr, /\*\*\* SKIPPED for want of chromium /)
  })

  test('does not fail where nothing can be fetched', () => {
    // With this `tee` and `chmod` it cannot write the machine's own policy-rc.d.
    pretend('id', 'echo 0')
    pretend('tee', 'exit 1')
    pretend('chmod', '')
    pretend('apt-get', 'exit 100')
    for (const command of ['prometheus', 'promtool']) pretend(command, '')
    const result = run(script)
    check.equal(result.status, 0)
    check.match(result.stdout, /chromium could not be installed/)
    check.match(result.stderr, /\*\*\* SKIPPED for want of chromium /)
  })
})
