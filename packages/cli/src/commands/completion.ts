import { printableLine, WhodidError } from '@whodid/model'
import { commandTable } from '../command-table.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid completion`: what a shell completes. */
export const completionCommand: Command = {
  name: 'completion',
  help: `Usage: whodid completion <bash|zsh|fish>

Writes the script by which a shell completes commands and options. In a shell's start-up file:

  bash   source <(whodid completion bash)
  zsh    source <(whodid completion zsh)     # after compinit
  fish   whodid completion fish | source`,
  run: writeCompletion,
}

/** A command as a shell completes it. */
interface Completed {
  readonly name: string
  readonly summary: string
  /** Without the hyphens before them. */
  readonly options: readonly string[]
}

const writers: ReadonlyMap<string, (commands: readonly Completed[]) => string[]> = new Map([
  ['bash', bashLines],
  ['zsh', zshLines],
  ['fish', fishLines],
])

async function writeCompletion({ args, stdout }: CommandContext): Promise<number> {
  const what = 'bash, zsh or fish'
  const [shell = ''] = parseArguments(args, {}, { min: 1, max: 1, what }).positionals
  const lines = writers.get(shell)
  if (lines === undefined)
    throw new WhodidError(
      'invalid_parameter',
      `expected ${what}; got "${printableLine(shell, 40)}"`,
    )
  const commands = await Promise.all(
    commandTable.map(async ({ name, summary, load }) => ({
      name,
      summary,
      options: optionsIn((await load()).help),
    })),
  )
  stdout.write(`${lines(commands).join('\n')}\n`)
  return 0
}

/** The options that a help text describes. */
function optionsIn(help: string): string[] {
  const described = help.split('\n').filter((line) => /^\s+-/u.test(line))
  return [
    ...new Set(
      described.flatMap((line) =>
        [...line.matchAll(/--([a-z][a-z-]*)/gu)].map(([, name = '']) => name),
      ),
    ),
    'help',
  ]
}

function bashLines(commands: readonly Completed[]): string[] {
  const names = commands.map(({ name }) => name).join(' ')
  return [
    '_whodid() {',
    '  local word=${COMP_WORDS[COMP_CWORD]}',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${names}' -- "$word"))`,
    '    return',
    '  fi',
    '  case ${COMP_WORDS[1]} in',
    ...commands.map(
      ({ name, options }) =>
        `    ${name}) COMPREPLY=($(compgen -W '${options.map((option) => `--${option}`).join(' ')}' -- "$word")) ;;`,
    ),
    '  esac',
    '}',
    'complete -o default -F _whodid whodid',
  ]
}

function zshLines(commands: readonly Completed[]): string[] {
  return [
    '#compdef whodid',
    '_whodid() {',
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    '    _describe command commands',
    '    return',
    '  fi',
    '  case $words[2] in',
    ...commands.map(
      ({ name, options }) =>
        `    ${name}) compadd -- ${options.map((option) => `--${option}`).join(' ')} ;;`,
    ),
    '  esac',
    '}',
    'compdef _whodid whodid',
  ]
}

function fishLines(commands: readonly Completed[]): string[] {
  return commands.flatMap(({ name, summary, options }) => [
    `complete -c whodid -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map(
      (option) => `complete -c whodid -n '__fish_seen_subcommand_from ${name}' -l ${option}`,
    ),
  ])
}

/** A word within single quotes; the summaries are this command's own. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
