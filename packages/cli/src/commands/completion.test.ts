import { PassThrough } from 'node:stream'
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commandTable } from '../command-table.ts'
import { completionCommand } from './completion.ts'

async function scriptOf(shell: string): Promise<string> {
  let written = ''
  const output = { write: (text: string) => void (written += text), isTerminal: false, width: 80 }
  await completionCommand.run({
    args: [shell],
    environment: {},
    stdout: output,
    stderr: output,
    protocol: () => ({ input: new PassThrough(), output: new PassThrough() }),
    stopping: new AbortController().signal,
    control: { takeSignals: () => undefined, endBySignal: () => Promise.resolve(1) },
  })
  return written
}

/** What bash completes for the words of a line, the last of which is being typed. */
async function completed(...words: string[]): Promise<string[]> {
  const script = `${await scriptOf('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
_whodid
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

test('bash completes commands, and the options of each', async () => {
  expect(await completed('whodid', 'de')).toEqual(['demo', 'delegator', 'detect'])
  expect(await completed('whodid', 'ask', '--as')).toEqual(['--as-recorded'])
  expect(await completed('whodid', 'reads', '--')).toEqual([
    '--limit',
    '--case',
    '--json',
    '--output',
    '--help',
  ])
  expect(await completed('whodid', '')).toEqual(commandTable.map(({ name }) => name))
})

test.each(['zsh', 'fish'])('%s is told of every command and its options', async (shell) => {
  const script = await scriptOf(shell)
  for (const { name, summary } of commandTable) {
    expect(script).toContain(name)
    expect(script).toContain(summary)
  }
  expect(script).toContain(shell === 'zsh' ? 'ask) compadd -- --' : "from ask' -l as-recorded")
})

test('another shell is refused by name', async () => {
  await expect(scriptOf('tcsh')).rejects.toThrow('expected bash, zsh or fish; got "tcsh"')
})
