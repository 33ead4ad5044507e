import { createDemoScreen, readDemoConfig, runDemo } from '@whodid/demo'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid demo`: an incident, played with real parts. */
export const demoCommand: Command = {
  name: 'demo',
  help: `Usage: whodid demo [--json] [--once] [--data-dir <directory>]

Starts a Whodid of its own, plays an incident with real parts (a git repository, a Postgres, agents whose loop and tools
run; only the model's replies are scripted), asks who did five things, and serves on until ^C.

  --json              prints one JSON object, {"answers":{"<handle>":<answer>,…}}, and nothing else on standard output
  --once              ends after the answers instead of serving on
  --data-dir <dir>    where the ledger is kept (default: WHODID_DATA_DIR, else a temporary directory, removed at the end)

Exit code: 0 when every verdict is right, 1 when one is not or something failed.
Environment: as for whodid serve. A default port that is taken is avoided unless its variable is set.`,
  run: demo,
}

async function demo(context: CommandContext): Promise<number> {
  const boolean = { type: 'boolean' } as const
  const typed = parseArguments(
    context.args,
    { json: boolean, once: boolean, 'data-dir': { type: 'string' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const screen = createDemoScreen(context, typed.flag('json'))
  const config = await readDemoConfig(context.environment, typed.value('data-dir'), screen.progress)
  const { stopping } = context
  return runDemo({ config, screen, once: typed.flag('once'), stopping })
}
