import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Product } from '../events/read-products.ts'
import type { HookEnvironment } from '../events/spans-of-event.ts'
import { hasHooks, withHooks, withoutHooks } from './edit-hooks.ts'
import { hookFile, isOwnFile } from './product-files.ts'

/** A change of a product's file that is planned, and not made. */
export interface HookChange {
  readonly path: string
  /** Undefined where there is no file. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** The place of a product's hooks. */
export interface HooksPlace {
  readonly product: Product
  readonly environment: HookEnvironment
  /** A file in place of the user's own, such as one of a project. */
  readonly file?: string | undefined
}

/** The state of a product's hooks. */
export interface HooksStatus {
  readonly product: Product
  readonly path: string
  /** `changed`: they are there, and the file has been changed since. */
  readonly state: 'absent' | 'installed' | 'changed'
}

/** Plans the installation. `program` is the path of the hook's program. Throws `invalid_config` for a file that is no plain JSON. */
export async function planInstall(place: HooksPlace, program: string): Promise<HookChange> {
  const path = pathOf(place)
  const before = await readText(path)
  return { path, before, after: withHooks(place.product, before, program) }
}

/**
 * Plans the removal: back to the very bytes that were there, where the file has not been changed since; else Whodid's entries alone are
 * taken out. Throws `invalid_config` as above.
 */
export async function planRemove(place: HooksPlace): Promise<HookChange> {
  const path = pathOf(place)
  const before = await readText(path)
  if (before === undefined || !hasHooks(before)) return { path, before, after: before }
  const note = await readNote(place)
  if (note !== undefined && note.path === path && note.after === hashOf(before))
    return { path, before, after: note.before ?? undefined }
  const after = isOwnFile(place.product) ? undefined : withoutHooks(before)
  return { path, before, after }
}

/** Makes a planned change: the file as a whole, or not at all. `keepsNote`: an installation, whose earlier bytes are kept for its removal. */
export async function applyChange(
  place: HooksPlace,
  { path, before, after }: HookChange,
  keepsNote: boolean,
): Promise<void> {
  const earlier = keepsNote ? await earlierBytes(place, path, before) : undefined
  if (after === undefined) {
    await rm(path, { force: true })
    // Its directory may have been made for it.
    await rmdir(dirname(path)).catch(() => undefined)
  } else await replaceFile(path, after)
  if (earlier === undefined) {
    await rm(notePath(place), { force: true })
    await rmdir(dirname(notePath(place))).catch(() => undefined)
  } else await writeNote(place, { path, before: earlier.bytes, after: hashOf(after ?? '') })
}

/** Returns how a product's hooks stand. */
export async function hooksStatus(place: HooksPlace): Promise<HooksStatus> {
  const { product } = place
  const path = pathOf(place)
  const text = await readText(path)
  if (text === undefined || !hasHooks(text)) return { product, path, state: 'absent' }
  const note = await readNote(place)
  const isAsLeft = note !== undefined && note.path === path && note.after === hashOf(text)
  return { product, path, state: isAsLeft ? 'installed' : 'changed' }
}

function pathOf({ product, environment, file }: HooksPlace): string {
  return file ?? hookFile(product, environment)
}

/** The bytes before the first installation: a second one over the first must not take the first for the user's. */
async function earlierBytes(
  place: HooksPlace,
  path: string,
  before: string | undefined,
): Promise<{ readonly bytes: string | null }> {
  const note = await readNote(place)
  const isAgain =
    note !== undefined &&
    note.path === path &&
    before !== undefined &&
    note.after === hashOf(before)
  return { bytes: isAgain ? note.before : (before ?? null) }
}

interface Note {
  readonly path: string
  readonly before: string | null
  /** SHA-256 of what was written. */
  readonly after: string
}

function notePath({ product, environment, file }: HooksPlace): string {
  const state = environment['XDG_STATE_HOME']?.trim() ?? ''
  const home = environment['HOME']?.trim() ?? homedir()
  const root = state.startsWith('/') ? state : join(home, '.local', 'state')
  const suffix = file === undefined ? '' : `-${hashOf(file).slice(0, 16)}`
  return join(root, 'whodid', 'hooks', `${product}${suffix}.json`)
}

async function readNote(place: HooksPlace): Promise<Note | undefined> {
  const text = await readText(notePath(place))
  try {
    const note: unknown = JSON.parse(text ?? 'null')
    // Sound: only this module writes it.
    return typeof note === 'object' && note !== null ? (note as Note) : undefined
  } catch {
    return undefined
  }
}

async function writeNote(place: HooksPlace, note: Note): Promise<void> {
  const path = notePath(place)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, JSON.stringify(note), { mode: 0o600 })
}

/** Follows a link, as one that leads to a repository of settings, and keeps the file's mode. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const target = await realpath(path).catch(() => path)
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o644,
  )
  const draft = `${target}.whodid-${process.pid}`
  await writeFile(draft, text, { mode })
  await rename(draft, target)
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return undefined
    throw thrown
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
