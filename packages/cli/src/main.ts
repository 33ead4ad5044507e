#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { processControl } from './process-control.ts'
import { runCommand } from './run-command.ts'
import type { Output } from './command.ts'

// A reader that has seen enough (`whodid tail | head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { control, stopping } = processControl()

const exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  protocol: () => ({ input: process.stdin, output: process.stdout }),
  control,
  stopping,
  version: readVersion(),
})
// Ending the streams waits for what a pipe has not taken yet; exiting ends what a command may have left open.
await Promise.all([process.stdout, process.stderr].map(flush))
process.exit(exitCode)

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    get width() {
      // A terminal that does not know its size says 0.
      return (stream.isTTY && stream.columns) || 80
    },
  }
}

async function flush(stream: Writable): Promise<void> {
  if (stream.writableLength === 0) return
  stream.end()
  await finished(stream, { readable: false })
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined
  return typeof version === 'string' ? version : 'unknown'
}
