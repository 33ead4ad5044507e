import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { hookProgram, hooksStatus, opencodePlugin, withHooks } from '@whodid/hooks'
import type { Environment } from './run-options.ts'

/** The run that a command is started in. */
export interface ProductRun {
  readonly relayUrl: string
  readonly directory: string
  readonly showsText: boolean
}

type Command = readonly [string, ...string[]]

/** Subcommands of Claude Code that run no agent. */
const claudeChores =
  /^(?:agents|auth|config|doctor|install|login|logout|mcp|migrate-installer|plugin|setup-token|update|upgrade)$/u

/** The command that an agent is started with, changed where its product takes a setting in no other way than by a flag. */
export async function productArguments(command: Command, run: ProductRun): Promise<Command> {
  const program = basename(command[0]).replace(/\.(?:exe|cmd)$/u, '')
  if (program === 'codex') return codexArguments(command, run)
  return program === 'claude' ? claudeArguments(command, run) : command
}

/**
 * Codex reads no variable for its exporter, but lets a flag stand in for a line of its file. Its token it takes from
 * OTEL_EXPORTER_OTLP_HEADERS: in an argument every user of the machine could read it.
 */
function codexArguments([program, ...args]: Command, { relayUrl, showsText }: ProductRun): Command {
  const exporter = `{otlp-http={endpoint="${relayUrl}/v1/logs",protocol="binary"}}`
  const settings = [`otel.exporter=${exporter}`, `otel.log_user_prompt=${String(showsText)}`]
  return [program, ...settings.flatMap((setting) => ['-c', setting]), ...args]
}

/** Claude Code takes hooks from a file that a flag names, beside those of its user's settings. Settings that the flag named already stay. */
async function claudeArguments(command: Command, { directory }: ProductRun): Promise<Command> {
  const [program, ...args] = command
  if (claudeChores.test(args[0] ?? '')) return command
  const at = args.findIndex((arg) => arg === '--settings' || arg.startsWith('--settings='))
  const joined = args[at]?.startsWith('--settings=') === true
  const named = joined ? args[at]?.slice('--settings='.length) : args[at + 1]
  try {
    const text = at < 0 ? undefined : await settingsText(named ?? '')
    const path = join(directory, 'claude-settings.json')
    await writeFile(path, withHooks('claude-code', text, hookProgram()), { mode: 0o600 })
    const others = at < 0 ? args : args.toSpliced(at, joined ? 1 : 2)
    return [program, '--settings', path, ...others]
  } catch {
    // Settings that cannot be read are for Claude Code to complain about.
    return command
  }
}

/** Writes the plugin that OpenCode is told of in its environment, and returns its path; '' when its user has it among the settings. */
export async function writeOpencodePlugin(
  directory: string,
  environment: Environment,
): Promise<string> {
  const { state } = await hooksStatus({ product: 'opencode', environment })
  if (state !== 'absent') return ''
  const path = join(directory, 'opencode-plugin.mjs')
  await writeFile(path, opencodePlugin(hookProgram()), { mode: 0o600 })
  return path
}

async function settingsText(named: string): Promise<string> {
  return named.trimStart().startsWith('{') ? named : readFile(named, 'utf8')
}
