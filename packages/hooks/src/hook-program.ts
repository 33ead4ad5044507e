import { fileURLToPath } from 'node:url'

/** The path of the program that a hook calls: it loads nothing but what it needs, because the agent waits for it. */
export function hookProgram(): string {
  const { url } = import.meta
  // Beside this file, compiled or not.
  return fileURLToPath(new URL(url.endsWith('.ts') ? './main.ts' : './main.js', url))
}
