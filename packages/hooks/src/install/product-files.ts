import { homedir } from 'node:os'
import { join } from 'node:path'
import { productEvents } from '../events/read-products.ts'
import type { Product } from '../events/read-products.ts'
import type { HookEnvironment } from '../events/spans-of-event.ts'

/** Seconds that a product waits for a hook before it goes on. */
const timeoutS = 5

/** A value of a JSON file. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** The file in which a product looks for hooks, for all projects of its user. */
export function hookFile(product: Product, environment: HookEnvironment): string {
  const said = (name: string): string => environment[name]?.trim() ?? ''
  const home = said('HOME') || homedir()
  switch (product) {
    case 'claude-code':
      return join(said('CLAUDE_CONFIG_DIR') || join(home, '.claude'), 'settings.json')
    case 'codex':
      return join(said('CODEX_HOME') || join(home, '.codex'), 'hooks.json')
    case 'gemini-cli':
      return join(said('GEMINI_CLI_HOME') || home, '.gemini', 'settings.json')
    case 'cursor':
      return join(home, '.cursor', 'hooks.json')
    case 'copilot-cli':
      return join(said('COPILOT_HOME') || join(home, '.copilot'), 'hooks', 'whodid.json')
    case 'opencode':
      return join(
        said('XDG_CONFIG_HOME') || join(home, '.config'),
        'opencode',
        'plugins',
        'whodid.js',
      )
  }
}

/** True for a file that holds nothing but Whodid's hooks. */
export function isOwnFile(product: Product): boolean {
  return product === 'copilot-cli' || product === 'opencode'
}

/** The words by which a hook's entry is known as Whodid's, in every product's file. */
const mark = 'whodid-hook'

/** The command of an entry: this machine's Node and the program of this package, by their paths. */
function hookCommand(program: string, product: Product, eventName: string): string {
  const parts = [process.execPath, program].map(
    (part) => `"${part.replaceAll(/(["\\$`])/gu, '\\$1')}"`,
  )
  // The comment is the mark: a shell passes over it.
  return `${[...parts, product, eventName].join(' ')} # ${mark}`
}

export function isOwnEntry(entry: Json | undefined): boolean {
  return JSON.stringify(entry ?? null).includes(`# ${mark}"`)
}

/** The entry of each event, in the form that the product documents. */
export function hookEntries(product: Product, program: string): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.keys(productEvents[product]).map((eventName) => [
      eventName,
      entryOf(product, hookCommand(program, product, eventName)),
    ]),
  )
}

function entryOf(product: Product, command: string): Json {
  switch (product) {
    case 'cursor':
      return { command, timeout: timeoutS }
    case 'copilot-cli':
      return { type: 'command', bash: command, timeoutSec: timeoutS }
    case 'gemini-cli':
      return { hooks: [{ type: 'command', name: 'whodid', command, timeout: timeoutS * 1000 }] }
    case 'claude-code':
    case 'codex':
    case 'opencode':
      return { hooks: [{ type: 'command', command, timeout: timeoutS }] }
  }
}

/** What a file holds that is made for the hooks. */
export function newFile(product: Product): JsonObject {
  return product === 'cursor' || product === 'copilot-cli' ? { version: 1 } : {}
}
