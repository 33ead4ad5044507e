import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/*
 * The program that removes the bench's directory, its only argument, once the bench is gone: also when that was killed.
 * An engine that ends a moment later may still write, so it looks again.
 */
const dataDir = process.argv[2] ?? ''
const looksMax = 40
const lookMs = 500

process.stdin.resume()
process.stdin.on('end', () => void sweep())

async function sweep(): Promise<void> {
  for (let look = 0; look < looksMax && existsSync(dataDir); look += 1) {
    // What is in the way now is tried again at the next look.
    await rm(dataDir, { recursive: true, force: true }).catch(() => undefined)
    await sleep(lookMs)
  }
}
