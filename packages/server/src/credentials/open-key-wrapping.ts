import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import {
  createDurably,
  listKeyFiles,
  makeDirectory,
  masterKeyBytes,
  plainKeys,
  readIfThere,
  systemFiles,
  wrappedKeys,
} from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'
import type { ServiceConfig } from '../config/service-config.ts'
import { runProgram } from '../programs/run-program.ts'

/** Milliseconds that the program has for one call, and the most that it may write. */
const commandMsMax = 30_000
const outputBytesMax = 65_536

/** The part of the configuration that says where keys are, and who wraps them. */
type KeysConfig = Pick<ServiceConfig, 'keysDir' | 'keysCommand'>

/**
 * Opens the form in which private keys lie in `keysDir`: plain without `WHODID_KEYS_COMMAND`. With it, they are wrapped under a master
 * key that is in this process's memory only. The master key lies in `master.wrapped` as the program has wrapped it, and the program
 * unwraps it once, here. At the first start it is made.
 *
 * Throws `keys_command_failed` when the program does not do its part, and `invalid_config` for plain keys beside no master key
 * (`whodid keys wrap` wraps them; `mayWrap` allows that) and for a damaged file.
 */
export async function openKeyWrapping(
  { keysDir, keysCommand }: KeysConfig,
  { mayWrap = false }: { readonly mayWrap?: boolean } = {},
): Promise<KeyWrapping> {
  if (keysCommand === undefined) return plainKeys
  const path = join(keysDir, 'master.wrapped')
  const kept = await readIfThere(systemFiles, path)
  if (kept !== undefined) return wrappedKeys(await unwrapMaster(keysCommand, path, kept))
  if (!mayWrap && (await listKeyFiles(keysDir)).length > 0)
    throw new WhodidError(
      'invalid_config',
      `WHODID_KEYS_COMMAND expected wrapped keys in "${keysDir}"; those there are plain. Stop Whodid, and run "whodid keys wrap" once`,
    )
  const master = randomBytes(masterKeyBytes)
  const wrapped = await callKeysCommand(keysCommand, 'wrap', master)
  // What nobody can unwrap again must not become the only copy.
  if (!(await callKeysCommand(keysCommand, 'unwrap', wrapped)).equals(master))
    throw failed(keysCommand, 'unwrap', 'it did not return what it was given to wrap')
  const file = { version: 1, wrapped: wrapped.toString('base64'), check: checkOf(master) }
  await makeDirectory(systemFiles, keysDir)
  // A crash before this leaves no master key, and nothing is wrapped under it.
  if (await createDurably(systemFiles, path, `${JSON.stringify(file)}\n`))
    return wrappedKeys(master)
  const other = await readIfThere(systemFiles, path)
  return wrappedKeys(await unwrapMaster(keysCommand, path, other ?? Buffer.alloc(0)))
}

async function unwrapMaster(command: string, path: string, bytes: Buffer): Promise<Buffer> {
  const { wrapped, check } = parseMasterFile(path, bytes)
  const master = await callKeysCommand(command, 'unwrap', wrapped)
  const isIt =
    master.length === masterKeyBytes &&
    timingSafeEqual(Buffer.from(checkOf(master)), Buffer.from(check))
  if (isIt) return master
  throw failed(command, 'unwrap', `it returned ${master.length} bytes that are not the master key`)
}

function parseMasterFile(path: string, bytes: Buffer): { wrapped: Buffer; check: string } {
  try {
    // Sound: what is no text is refused below.
    const file = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    const { wrapped, check } = file
    if (file['version'] === 1 && typeof wrapped === 'string' && typeof check === 'string')
      if (/^[0-9a-f]{64}$/u.test(check)) return { wrapped: Buffer.from(wrapped, 'base64'), check }
  } catch {
    // Refused below, as any other damage.
  }
  throw new WhodidError(
    'invalid_config',
    `"${path}" expected the master key as whodid wrote it; it is damaged`,
  )
}

/** Says which master key it is, and nothing else about it. */
function checkOf(master: Buffer): string {
  return createHmac('sha256', master).update('whodid master key').digest('hex')
}

/**
 * Runs the program with one argument, `wrap` or `unwrap`: bytes in base64 go in, bytes in base64 come out. No shell reads the setting.
 * Neither input nor output appears in an error.
 */
async function callKeysCommand(
  command: string,
  task: 'wrap' | 'unwrap',
  input: Buffer,
): Promise<Buffer> {
  const { why, output } = await runProgram([command, task], `${input.toString('base64')}\n`, {
    msMax: commandMsMax,
    outputBytesMax,
  })
  if (why !== undefined) throw failed(command, task, why)
  const text = output.toString('latin1').trim()
  if (/^[A-Za-z0-9+/\s]+={0,2}$/u.test(text)) return Buffer.from(text, 'base64')
  throw failed(command, task, 'its output is not base64')
}

function failed(command: string, task: string, why: string): WhodidError {
  return new WhodidError(
    'keys_command_failed',
    `"${printableLine(command, 200)} ${task}" of WHODID_KEYS_COMMAND expected base64 on its output; ${why}`,
  )
}
