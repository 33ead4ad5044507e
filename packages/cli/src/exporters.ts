import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { z } from 'zod'

/** An exporter that the operator named: what may be said with its token. The token itself is kept nowhere. */
export interface NamedExporter {
  readonly name: string
  readonly tenant: string
  readonly token_sha256: string
  /** Templates it may speak for; `*` means every one. */
  /** null: bound to no actor. */
  readonly templates: readonly string[] | '*' | null
  /** Whether it may speak for humans, and for services. */
  readonly humans: boolean
  readonly services: boolean
}

/** Most exporters of one Whodid. */
const exportersMax = 1000

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/u)
const exporterSchema = z.object({
  name,
  tenant: name,
  token_sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  templates: z.union([z.literal('*'), z.array(z.string().min(1).max(200)).max(1000), z.null()]),
  humans: z.boolean(),
  services: z.boolean(),
})
const fileSchema = z.object({ exporters: z.array(exporterSchema).max(exportersMax) })

/** The named exporters of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export async function readExporters(dataDir: string): Promise<NamedExporter[]> {
  const path = exportersPath(dataDir)
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).exporters
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return []
    const reason = thrown instanceof z.ZodError ? thrown.issues[0]?.message : undefined
    throw new WhodidError(
      'invalid_config',
      `${path} cannot be used: ${reason ?? 'it cannot be read as JSON'}`,
      { cause: thrown },
    )
  }
}

/** Replaces the exporters' file (0600) as a whole. Throws `invalid_config` when one is not valid. */
export async function writeExporters(
  dataDir: string,
  exporters: readonly NamedExporter[],
): Promise<void> {
  const checked = fileSchema.safeParse({ exporters })
  if (!checked.success) {
    const issue = checked.error.issues[0]
    throw new WhodidError(
      'invalid_config',
      `an exporter's "${issue?.path.at(-1)?.toString() ?? ''}" was not taken: ${issue?.message ?? ''}`,
    )
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = join(dataDir, `.exporters.${process.pid}.${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  await file.writeFile(`${JSON.stringify(checked.data, undefined, 2)}\n`)
  await file.sync()
  await file.close()
  await rename(draft, exportersPath(dataDir))
}

function exportersPath(dataDir: string): string {
  return join(dataDir, 'exporters.json')
}
