import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { commandTable } from '../../packages/cli/src/command-table.ts'
import { root } from './source.ts'

const page = join(root, 'packages/cli/man/whodid.1')

/** A text as roff shows it: no escape, no request at the start of a line, hyphens that can be searched. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gmu, '\\&')
}

const exits: readonly (readonly [string, string])[] = [
  ['0', 'Done.'],
  ['1', 'Failed.'],
  ['2', 'Asked wrongly: an argument, a handle or a time that cannot be.'],
  ['3', 'Nothing is on record under the name that was typed, and another is near.'],
]

// When the commands changed on purpose: npm run docs:man
it('packages/cli/man/whodid.1 is generated from the table of commands', async () => {
  const commands = await Promise.all(
    commandTable.map(async ({ name, summary, load }) => ({
      name,
      summary,
      help: (await load()).help,
    })),
  )
  const { version } = JSON.parse(
    readFileSync(join(root, 'packages/cli/package.json'), 'utf8'),
  ) as Readonly<Record<string, string>>
  const lines = [
    `.TH WHODID 1 "" "whodid ${version ?? ''}" "User Commands"`,
    '.SH NAME',
    roff('whodid - the flight recorder for AI agents: who did this?'),
    '.SH SYNOPSIS',
    '.B whodid',
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...commands.flatMap(({ name, summary }) => ['.TP', `.B ${roff(name)}`, roff(summary)]),
    ...commands.flatMap(({ name, help }) => [
      `.SH ${roff(name).toUpperCase()}`,
      '.nf',
      roff(help),
      '.fi',
    ]),
    '.SH EXIT STATUS',
    '.B whodid verify',
    'and',
    '.B whodid export verify',
    'have codes of their own, which their help lists. The others:',
    ...exits.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, meaning]),
    '.SH ENVIRONMENT',
    roff('WHODID_API_URL, WHODID_TOKEN: where to ask, and with what token. Everything else is in'),
    roff('docs/howto/configuration.md.'),
  ]
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(page)
})

it('groff sets it without a warning', (context) => {
  if (spawnSync('groff', ['--version']).error !== undefined) {
    process.stderr.write('NOT RUN: groff is not on the PATH\n')
    context.skip()
    return
  }
  const set = spawnSync('groff', ['-man', '-Tutf8', '-K', 'utf8', '-ww', page], {
    encoding: 'utf8',
  })
  // A line of a help text that is longer than the page cannot be broken, which is no mistake of the page.
  const complaints = set.stderr
    .split('\n')
    .filter((line) => !/cannot (?:break|adjust) line/u.test(line))
  expect(complaints.join('\n')).toBe('')
  expect(stripVTControlCharacters(set.stdout)).toContain('Usage: whodid ask')
})
