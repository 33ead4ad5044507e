import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { treeOf } from './deploy-files.ts'
import type { Tree } from './deploy-files.ts'

// 52 KB of Kubernetes' own OpenAPI documents: scripts/reduce-kubernetes-schemas.mjs makes it.
const document = treeOf(
  JSON.parse(readFileSync(join(import.meta.dirname, 'kubernetes-schemas.json'), 'utf8')),
)
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false })
ajv.addSchema({ $id: 'kubernetes', definitions: document.at('definitions') })

/** The version of Kubernetes whose schemas they are: `v1.36.3`. */
export const kubernetesVersion = String(document.at('version'))

/** What Kubernetes' schema of its kind says against an object: one line a fault. A kind without a schema is a fault too. */
export function schemaFaults(object: Tree): readonly string[] {
  const kind = `${String(object.at('apiVersion'))} ${String(object.at('kind'))}`
  const name = document.at('kinds', kind)
  if (typeof name !== 'string') return [`no schema of ${kind}: extend the script's list`]
  const validate = ajv.getSchema(`kubernetes#/definitions/${name}`)
  if (validate === undefined) throw new Error(`${name} does not compile`)
  if (validate(object.value) === true) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${kind} ${instancePath}: ${String(message)} ${JSON.stringify(params)}`,
  )
}
