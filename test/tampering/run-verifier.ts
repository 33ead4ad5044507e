import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const verifier = fileURLToPath(new URL('../../packages/evidence/verify.mjs', import.meta.url))

/** Runs the verifier on a package, by plain Node in a new directory that holds nothing else. */
export async function runVerifier(
  dir: string,
  { zip, trust }: { readonly zip: Buffer; readonly trust: string },
): Promise<{ code: number; stdout: string }> {
  await mkdir(dir)
  await writeFile(join(dir, 'evidence.zip'), zip)
  await writeFile(join(dir, 'trust.json'), trust)
  await cp(verifier, join(dir, 'verify.mjs'))
  const argv = ['verify.mjs', 'evidence.zip', '--trust', 'trust.json']
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: dir, env: {} }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
    })
  })
}
