/**
 * `node --import @whodid/sdk/auto app.js`: starts recording from the environment, as `@whodid/sdk/register` does, and loads the
 * integrations that the application has installed. One that cannot be loaded is named on standard error, and the application runs on.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { start } from './start.ts'

/** The integrations that need nothing of the application's code. */
const integrations = [
  '@whodid/ai-sdk',
  '@whodid/anthropic',
  '@whodid/langchain',
  '@whodid/openai',
  '@whodid/openai-agents',
]

start()
const require = createRequire(join(process.cwd(), 'whodid-auto.js'))
for (const name of integrations) {
  const entry = resolve(`${name}/register`)
  if (entry !== undefined) await load(name, entry)
}

function resolve(specifier: string): string | undefined {
  try {
    return require.resolve(specifier)
  } catch {
    // The application has not installed it.
    return undefined
  }
}

async function load(name: string, path: string): Promise<void> {
  try {
    await import(pathToFileURL(path).href)
  } catch (error) {
    process.stderr.write(`whodid: ${name} is installed and not loaded: ${String(error)}\n`)
  }
}
