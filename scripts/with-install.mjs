#!/usr/bin/env node
// Makes a fresh clone runnable, then becomes the command it was given:
//   node scripts/with-install.mjs [--no-build] <command> [argument…]
//
// It needs Node and npm, nothing else. Everything it installs stays in the clone (`.tools/`, `node_modules/`), apart from
// the download caches of npm and pnpm. Its own output and its children's go to standard error: standard output belongs to the command.
// Plain JavaScript in one file, because it runs before anything is installed or built.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { constants, hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const nodeRequired = [20, 19]
const pnpmVersion = '10.34.8'
const progressAfterMs = 2_000
const lockPollMs = 200
const lockHeartbeatMs = 2_000
const lockStaleAfterMs = 60_000

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const toolsDir = join(root, '.tools')
const lockDir = join(toolsDir, 'install.lock')
const lockOwnerFile = join(lockDir, 'owner')
const pnpmDir = join(toolsDir, 'node_modules', 'pnpm')
const modulesDir = join(root, 'node_modules')
const stampFile = join(modulesDir, '.whodid-installed')
const lockOwner = `${process.pid}@${hostname()}`

/** An expected failure: its message is the whole explanation. */
class SetupError extends Error {}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = 1
}

async function main(argv) {
  const build = argv[0] !== '--no-build'
  const [command, ...args] = build ? argv : argv.slice(1)
  if (command === undefined)
    throw new SetupError('usage: with-install.mjs [--no-build] <command> [argument…]')
  checkNode()
  await locked(async () => {
    await installPnpm()
    await installDependencies()
    if (build) await buildPackages()
  })
  return run(command, args)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [requiredMajor, requiredMinor] = nodeRequired
  if (major > requiredMajor || (major === requiredMajor && minor >= requiredMinor)) return
  throw new SetupError(
    `Whodid needs Node ${nodeRequired.join('.')} or newer; this is Node ${process.versions.node} (${process.execPath}).`,
  )
}

async function installPnpm() {
  if (readVersion(join(pnpmDir, 'package.json')) === pnpmVersion) return
  say(`Installing pnpm ${pnpmVersion} into .tools (once)…`)
  // npm that started this script names itself in npm_execpath; started by hand, npm is looked up in PATH.
  const npmScript = process.env['npm_execpath'] ?? ''
  const [npm, npmArgs] = /npm-cli\.[cm]?js$/u.test(npmScript)
    ? [process.execPath, [npmScript]]
    : ['npm', []]
  const args = ['install', '--prefix', toolsDir, '--no-save', '--no-audit', '--no-fund']
  await setUp('npm install pnpm', npm, [
    ...npmArgs,
    ...args,
    '--loglevel=error',
    `pnpm@${pnpmVersion}`,
  ])
}

async function installDependencies() {
  const wanted = installHash()
  const modulesPresent = existsSync(modulesDir)
  if (modulesPresent && readText(stampFile) === wanted) return
  say(
    modulesPresent
      ? 'The dependencies changed; bringing them up to date…'
      : 'Installing dependencies (about 760 MB, mostly the ClickHouse engine)…',
  )
  // The repository's .npmrc silences npm's banner, and pnpm reads the same file: its reporter has to be asked for by name.
  await setUp('pnpm install', process.execPath, [
    join(pnpmDir, 'bin', 'pnpm.cjs'),
    'install',
    '--frozen-lockfile',
    '--loglevel=info',
    '--reporter=append-only',
    '--config.confirm-modules-purge=false',
    '--config.update-notifier=false',
    '--config.fetch-timeout=300000',
  ])
  // Written last and by rename: an install that was cut short leaves no stamp and is repeated.
  writeFileSync(`${stampFile}.${process.pid}`, wanted)
  renameSync(`${stampFile}.${process.pid}`, stampFile)
}

/** The engine's package differs by platform, so a clone shared between two of them is installed anew. */
function installHash() {
  const hash = createHash('sha256')
  hash.update(`${process.platform}-${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

async function buildPackages() {
  const progress = setTimeout(
    () => say('Building the packages: half a minute or so, more on a busy machine…'),
    progressAfterMs,
  )
  try {
    // Without type-checking, which takes most of the time: that is for those who change the code, and a gate of `npm test`.
    const tsc = join(modulesDir, 'typescript', 'bin', 'tsc')
    await setUp('tsc -b', process.execPath, [tsc, '-b', '--noCheck'])
  } finally {
    clearTimeout(progress)
  }
}

/** Runs a step of the set-up: no standard input, all output on standard error. */
async function setUp(name, command, args) {
  const env = { ...process.env }
  delete env['npm_config_loglevel']
  const { code, signal, error } = await spawned(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
  })
  if (signal !== null) throw new SetupError(`${name} was stopped by ${signal}.`)
  if (error !== undefined) throw new SetupError(`${name} could not be started: ${error.message}`)
  if (code !== 0)
    throw new SetupError(`${name} failed with exit code ${code}; the lines above say why.`)
}

/** Runs the command with the caller's directory and standard streams, and resolves with its exit code. */
async function run(command, args) {
  const program = command === 'node' ? process.execPath : command
  const { code, signal, error } = await spawned(program, args, { stdio: 'inherit' })
  if (error !== undefined) throw new SetupError(`${command} could not be started: ${error.message}`)
  if (signal === null) return code
  // Dies of the same signal, so that the caller sees what happened; the number is for a signal that does not kill us.
  process.kill(process.pid, signal)
  return 128 + constants.signals[signal]
}

/** Spawns a child, passes it the signals we get, and resolves when it has ended. Never rejects. */
function spawned(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options)
    const forward = (signal) => {
      // A terminal delivers ^C and a hang-up to the whole foreground group: the child has it already, and a second one would
      // read as impatience.
      const fromTerminal = process.stdin.isTTY === true && signal !== 'SIGTERM'
      if (!fromTerminal) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    const settle = (result) => {
      for (const signal of signals) process.off(signal, forward)
      resolve(result)
    }
    child.once('error', (error) => settle({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => settle({ code, signal, error: undefined }))
  })
}

/**
 * Runs `body` while no other start in this clone does. A lock is a directory, because making one is atomic.
 *
 * Its holder touches it every 2 s. It is stale, and taken over, when its holder's process is gone or it has not been
 * touched for 60 s (a process of another container or a reused process ID).
 */
async function locked(body) {
  mkdirSync(toolsDir, { recursive: true })
  const startedAt = Date.now()
  let told = false
  while (!tryLock()) {
    breakStaleLock()
    if (!told && Date.now() - startedAt > progressAfterMs) {
      say('Waiting for another start in this clone to finish installing…')
      told = true
    }
    await new Promise((resolve) => setTimeout(resolve, lockPollMs))
  }
  const unlock = () => rmSync(lockDir, { recursive: true, force: true })
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimesSync(lockOwnerFile, now, now)
  }, lockHeartbeatMs)
  process.on('exit', unlock)
  try {
    return await body()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', unlock)
    unlock()
  }
}

function tryLock() {
  try {
    mkdirSync(lockDir)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(lockOwnerFile, lockOwner)
  return true
}

function breakStaleLock() {
  const owner = readText(lockOwnerFile)
  if (!isStale(owner)) return
  // Two waiters may judge the same lock stale. Renaming is atomic, so one of them moves it; if that one has moved a lock which
  // a third start made in between, it gives it back.
  const moved = `${lockDir}.stale-${process.pid}`
  try {
    renameSync(lockDir, moved)
    if (readText(join(moved, 'owner')) === owner) rmSync(moved, { recursive: true, force: true })
    else renameSync(moved, lockDir)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')
      throw error
  }
}

function isStale(owner) {
  const touchedAt = statSync(owner === undefined ? lockDir : lockOwnerFile, {
    throwIfNoEntry: false,
  })?.mtimeMs
  if (touchedAt === undefined) return false
  if (Date.now() - touchedAt > lockStaleAfterMs) return true
  const [pid, host] = (owner ?? '').split('@')
  if (host !== hostname() || !/^[1-9][0-9]*$/u.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return Number(pid) === process.pid
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function readVersion(packageJson) {
  const text = readText(packageJson)
  return text === undefined ? undefined : JSON.parse(text).version
}

function say(line) {
  process.stderr.write(`whodid: ${line}\n`)
}
