#!/usr/bin/env node
// Every gate, in order: `npm test`, or `node scripts/check.mjs [--only name,name…] [vitest filter…]` in an installed clone.
//
// All gates run even when an earlier one fails, except that nothing after a failed build does. The last line is
// `N passed, N failed`, where N counts tests: a gate that is no test counts as one failure when it fails and as nothing when it passes.
// Above it stand the skipped tests, counted in neither, and last the failed ones again, each with how its message begins. The exit code is 1 when anything failed or when no test ran.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { installChromium } from './install-chromium.mjs'

const leftBehindGraceMs = 60_000
const failureLinesMax = 20
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reportDir = mkdtempSync(join(tmpdir(), 'whodid-check-'))
process.on('exit', () => rmSync(reportDir, { recursive: true, force: true }))

// Each gate has a time limit, because a hung tool must fail the run rather than hold it. The linter's is the tightest and comes with a
// memory limit: type-aware oxlint that strays into node_modules was seen to take 23 GB.
const gates = [
  { name: 'format', command: ['prettier', '--check', '.'], timeoutS: 120 },
  { name: 'build', command: ['tsc', '-b'], timeoutS: 300 },
  {
    name: 'types',
    // The frameworks' own types stand in a program of their own: they change what zod's types mean to the API's.
    command: ['tsc', '-b', 'tsconfig.test.json', 'test/instrumentation/tsconfig.json'],
    timeoutS: 300,
  },
  {
    name: 'lint',
    command: [
      'oxlint',
      '--type-aware',
      '--deny-warnings',
      'packages',
      'test',
      'examples',
      'scripts',
      'bench',
      'dashboards',
    ],
    timeoutS: 120,
    env: { GOMEMLIMIT: '2GiB' },
  },
  { name: 'unit', project: 'unit', timeoutS: 1200 },
  { name: 'system', project: 'system', timeoutS: 3900 },
  { name: 'knip', command: ['knip', '--no-progress', '--no-config-hints'], timeoutS: 120 },
]

const { only, filters } = parseArguments(process.argv.slice(2))
const outcomes = []
for (const gate of gates.filter(({ name }) => only.length === 0 || only.includes(name))) {
  if (outcomes.some(({ name, ok }) => name === 'build' && !ok)) {
    console.log(`── ${gate.name}: not run, because the build failed`)
    continue
  }
  if (gate.name === 'system') installChromium()
  outcomes.push(await runGate(gate))
}
process.exitCode = summarize(outcomes)

function parseArguments(argv) {
  const filters = []
  const only = []
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]
    if (argument === '--only') only.push(...(argv[(index += 1)] ?? '').split(','))
    else if (argument.startsWith('--only=')) only.push(...argument.slice(7).split(','))
    else filters.push(argument)
  }
  const known = gates.map(({ name }) => name)
  const unknown = only.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`--only takes ${known.join(', ')}; got "${unknown.join(',')}"`)
    process.exit(2)
  }
  return { only, filters }
}

async function runGate(gate) {
  const reportFile = join(reportDir, `${gate.name}.json`)
  const command = gate.command ?? vitestCommand(gate.project, reportFile)
  console.log(`\n── ${gate.name}: ${command.join(' ').replaceAll(`${reportDir}/`, '')}`)
  const startedAt = performance.now()
  const failure = await execute(command, gate)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const tests = gate.project === undefined ? undefined : readReport(reportFile)
  const outcome = { name: gate.name, failure, ...count(failure, tests) }
  console.log(
    `── ${gate.name}: ${outcome.ok ? 'passed' : 'FAILED'} in ${seconds} s${failure ?? ''}`,
  )
  return outcome
}

function vitestCommand(project, reportFile) {
  const command = ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json']
  command.push(`--outputFile.json=${reportFile}`)
  if (filters.length > 0) command.push('--passWithNoTests')
  return [...command, ...filters]
}

/** Runs one command and resolves with what went wrong, or undefined. */
function execute([program, ...args], { timeoutS, env = {} }) {
  return new Promise((resolve) => {
    // In a process group of its own, so that a time-out or an interrupt ends its workers and engines too.
    const child = spawn(join(root, 'node_modules', '.bin', program), args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), timeoutS * 1000)
    const interrupt = (signal) => {
      signalGroup(child.pid, signal)
      process.exit(signal === 'SIGINT' ? 130 : 143)
    }
    process.once('SIGINT', interrupt)
    process.once('SIGTERM', interrupt)
    const settle = (failure) => {
      clearTimeout(timer)
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
      resolve(failure)
    }
    child.once('error', (error) => settle(` (${error.message})`))
    child.once('exit', (code, signal) => {
      endGroup(child.pid).then(
        (left) => settle(howItEnded({ code, signal, left, timeoutS })),
        (error) => settle(` (${error.message})`),
      )
    })
  })
}

function howItEnded({ code, signal, left, timeoutS }) {
  if (signal === 'SIGKILL') return ` (stopped: over its limit of ${timeoutS} s, or out of memory)`
  if (signal !== null) return ` (stopped by ${signal})`
  if (code !== 0) return ` (exit code ${code})`
  return left ? ' (it left a process running)' : undefined
}

/** Waits for the processes that a gate has left behind, then ends them; resolves with whether it had to. */
async function endGroup(pid) {
  const deadline = Date.now() + leftBehindGraceMs
  while (groupRuns(pid)) {
    if (Date.now() > deadline) return signalGroup(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

/** Whether a process of the group still runs. In a container whose first process reaps nobody, dead ones stay listed; they do not count. */
function groupRuns(pid) {
  if (!signalGroup(pid, 0) || process.platform !== 'linux') return signalGroup(pid, 0)
  return readdirSync('/proc').some((entry) => {
    if (!/^[0-9]+$/u.test(entry)) return false
    try {
      // pid (name) state parent group …; the name may hold anything, a parenthesis too.
      const [state, , group] = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        .split(' ')
      return Number(group) === pid && state !== 'Z'
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return false
      throw error
    }
  })
}

/** Signals a process group; false when nothing is left of it. */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
    return true
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

/** The tests of a vitest JSON report; undefined when vitest ended before it wrote one. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function count(failure, files = []) {
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => ({
      status,
      title: `${relative(root, name)}: ${fullName}`,
      message: failureMessages?.[0] ?? '',
    })),
  )
  const passed = tests.filter(({ status }) => status === 'passed').length
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  // A file that failed to load has no failed test of its own, and an error outside every test only the exit code: each counts as one.
  const unloaded = files
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    )
    .map(({ name, message }) => ({ title: relative(root, name), message }))
  const failures = [...tests.filter(({ status }) => status === 'failed'), ...unloaded]
  const failed = failures.length
  return {
    ok: failure === undefined && failed === 0,
    passed,
    failed: failure !== undefined && failed === 0 ? 1 : failed,
    skipped: skipped.map(({ title }) => title),
    failures,
  }
}

function summarize(all) {
  const passed = all.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = all.reduce((sum, outcome) => sum + outcome.failed, 0)
  const skipped = all.flatMap((outcome) => outcome.skipped)
  console.log('')
  for (const { name, ok } of all) console.log(`${ok ? 'passed' : 'FAILED'}  ${name}`)
  const testsWanted = all.some(({ name }) => name === 'unit' || name === 'system')
  if (testsWanted && passed + failed === 0) console.log('NO TEST RAN')
  for (const title of skipped) console.log(`SKIPPED, in neither count: ${title}`)
  for (const line of failureLines(all)) console.log(line)
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || (testsWanted && passed === 0) ? 1 : 0
}

/** Every failure with the first lines of its message: what is left of a run when only its end was kept. */
function failureLines(all) {
  const failures = all
    .filter(({ ok }) => !ok)
    .flatMap(({ name, failure, failures: tests }) =>
      tests.length === 0
        ? [{ title: name, message: `the gate failed${failure ?? ''}; its output stands above` }]
        : tests,
    )
  // All are named before any gets its second line.
  const each = Math.floor(failureLinesMax / Math.max(failures.length, 1)) - 1
  const messageLines = Math.min(Math.max(each, 0), 6)
  const lines = failures.flatMap(({ title, message }) => [
    `FAILED: ${title}`,
    ...stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^\s*at .*node_modules/u.test(line))
      .slice(0, messageLines)
      .map((line) => `    ${line.trim().slice(0, 200)}`),
  ])
  if (lines.length <= failureLinesMax) return lines
  const rest = lines.length - failureLinesMax + 1
  return [...lines.slice(0, failureLinesMax - 1), `and ${rest} more failures`]
}
