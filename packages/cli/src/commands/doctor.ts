import { createPalette, requestApi, usesColor } from '@whodid/client'
import type { Palette } from '@whodid/client'
import { runChecks } from '@whodid/server'
import type { Check } from '@whodid/server'
import type { Environment } from '@whodid/server/config'
import { showProgress } from '../command.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid doctor`: what is well, what is not, and what to do. */
export const doctorCommand: Command = {
  name: 'doctor',
  help: `Usage: whodid doctor [--json]

Checks this machine, the data directory and a running Whodid, and says what to do where something is not as it should be.
Changes nothing. Exit code: 0 all is well or only warnings, 1 a check failed.
Environment: as for "whodid serve" and "whodid ask".`,
  run: doctor,
}

async function doctor({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const typed = parseArguments(
    args,
    { json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const checks = await showProgress(stderr, 'Checking…', check(environment))
  const failed = checks.filter(({ state }) => state === 'fail').length
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ ok: failed === 0, checks })}\n`)
  else {
    const palette = createPalette(usesColor(stdout.isTerminal, environment))
    for (const check of checks) stdout.write(checkLines(check, palette))
    stdout.write(failed === 0 ? 'All is well.\n' : `${failed} of ${checks.length} checks failed.\n`)
  }
  return failed === 0 ? 0 : 1
}

/** The checks ask the API without a token. */
function check(environment: Environment): Promise<Check[]> {
  return runChecks(environment, (apiUrl, path) => requestApi({ apiUrl, token: '' }, path))
}

function checkLines({ name, state, found, advice }: Check, palette: Palette): string {
  const marks = {
    ok: palette.green('ok  '),
    warn: palette.yellow('warn'),
    fail: palette.red('FAIL'),
  }
  const todo = advice === null ? '' : `      ${palette.bold('→')} ${advice}\n`
  return `${marks[state]}  ${name}: ${found}\n${todo}`
}
