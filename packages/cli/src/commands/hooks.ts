import { createInterface } from 'node:readline/promises'
import {
  applyChange,
  hookProgram,
  hooksStatus,
  lineDiff,
  planInstall,
  planRemove,
  products,
} from '@whodid/hooks'
import type { HookChange, HooksPlace, Product } from '@whodid/hooks'
import { WhodidError } from '@whodid/model'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid hooks`: the hooks of coding agents, put in and taken out. */
export const hooksCommand: Command = {
  name: 'hooks',
  help: `Usage: whodid hooks install <product> [--file <path>] [--dry-run] [--yes] [--json]
       whodid hooks remove <product> [--file <path>] [--dry-run] [--yes] [--json]
       whodid hooks status [<product>] [--file <path>] [--json]

Products: ${products.join(', ')}.

Writes the hooks that the product documents into its user's file, and shows what would change first. What is in the file stays. The
hooks report prompts, tool calls with their results, permissions, sub-agents and the session's end. "remove" takes them out again: where the
file was not changed since, it is as it was, byte for byte.

  --file <path>   another file than the user's own, such as .claude/settings.json of a project
  --dry-run       show the change, and make none
  --yes           do not ask

Environment: the product's own variables for its directory, HOME, XDG_STATE_HOME.`,
  run: hooks,
}

const options = {
  file: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

async function hooks(context: CommandContext): Promise<number> {
  const [action = '', ...args] = context.args
  switch (action) {
    case 'status':
      return showStatus({ ...context, args })
    case 'install':
    case 'remove':
      return change({ ...context, args }, action === 'install')
    default:
      throw new WhodidError(
        'invalid_parameter',
        `expected install, remove or status; got ${action === '' ? 'nothing' : `"${action}"`}`,
      )
  }
}

async function showStatus({ args, environment, stdout }: CommandContext): Promise<number> {
  const typed = parseArguments(args, options, { min: 0, max: 1, what: 'a product, or none' })
  const [named] = typed.positionals
  const asked = named === undefined ? products : [productOf(named)]
  const file = typed.value('file')
  const all = await Promise.all(asked.map((product) => hooksStatus({ product, environment, file })))
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ hooks: all })}\n`)
  else for (const { product, state, path } of all) stdout.write(`${product}  ${state}  ${path}\n`)
  return 0
}

async function change(context: CommandContext, isInstall: boolean): Promise<number> {
  const { args, environment, stdout, stderr } = context
  const typed = parseArguments(args, options, { min: 1, max: 1, what: 'a product' })
  const product = productOf(typed.positionals[0] ?? '')
  const place = { product, environment, file: typed.value('file') }
  const planned = await (isInstall ? planInstall(place, hookProgram()) : planRemove(place))
  const isJson = typed.flag('json')
  if (!isJson) showChange(planned, context)
  const isWanted = planned.before !== planned.after && !typed.flag('dry-run')
  const isAgreed = isWanted && (typed.flag('yes') || (await agrees(context, isJson)))
  if (isAgreed) await applyChange(place, planned, isInstall)
  if (isJson) {
    const diff = lineDiff(planned.before ?? '', planned.after ?? '')
    stdout.write(`${JSON.stringify({ product, path: planned.path, diff, applied: isAgreed })}\n`)
  } else if (isAgreed) stderr.write(doneText(place, isInstall))
  return 0
}

function productOf(name: string): Product {
  const product = products.find((known) => known === name)
  if (product !== undefined) return product
  throw new WhodidError(
    'invalid_parameter',
    `the product expected one of ${products.join(', ')}; got "${name}"`,
  )
}

function showChange({ path, before, after }: HookChange, { stdout, stderr }: CommandContext): void {
  if (before === after) {
    stderr.write(`${path}: there is nothing to change.\n`)
    return
  }
  const how = before === undefined ? ' (new)' : after === undefined ? ' (removed)' : ''
  stdout.write(`${path}${how}\n${lineDiff(before ?? '', after ?? '')}`)
}

async function agrees({ stderr, protocol }: CommandContext, isJson: boolean): Promise<boolean> {
  if (isJson || !stderr.isTerminal)
    throw new WhodidError(
      'invalid_parameter',
      'nobody can be asked here: "--yes" makes the change, "--dry-run" only shows it',
    )
  const { input, output } = protocol()
  const asking = createInterface({ input, output })
  try {
    return /^y(?:es)?$/iu.test((await asking.question('Make this change? [y/N] ')).trim())
  } finally {
    asking.close()
  }
}

function doneText({ product }: HooksPlace, isInstall: boolean): string {
  if (!isInstall) return `The hooks of ${product} are taken out.\n`
  const trust = product === 'codex' ? ' Codex runs them once you have trusted them: /hooks.' : ''
  return `The hooks of ${product} are in; a session that is open already may have to be started anew.${trust}\n`
}
