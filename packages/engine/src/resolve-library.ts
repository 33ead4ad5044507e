import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { engineUnsupported } from './engine-unsupported.ts'

/**
 * Finds the engine's shared library among the installed optional dependencies.
 *
 * Throws `engine_unsupported` when it is not there: on a platform it is not built for (it is for Linux with glibc and for
 * macOS, x64 and arm64), or when optional dependencies were not installed.
 */
export function resolveLibrary(): string {
  const platform = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`
  try {
    // The platform's package is a dependency of chdb's, and visible from there only.
    const chdb = createRequire(import.meta.url).resolve('chdb/package.json')
    const library = createRequire(chdb).resolve(`@chdb/lib-${platform}/package.json`)
    return join(dirname(library), 'libchdb.so')
  } catch (thrown) {
    throw engineUnsupported(`no ClickHouse library is installed for ${platform}`, thrown)
  }
}
