import { open, rename } from 'node:fs/promises'

/**
 * Writes a file for its owner only (0600), flushed and whole or not at all: a crash before the rename leaves a file beside it that the
 * next start writes over; after it, the whole file.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}
