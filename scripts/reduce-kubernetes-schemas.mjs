#!/usr/bin/env node
// Makes test/deploy/kubernetes-schemas.json of Kubernetes' own OpenAPI documents: the kinds that the chart makes and what they
// are made of, as one JSON Schema, without descriptions. A field that Kubernetes does not know is refused; its server would drop it.
//
//   go mod download -json k8s.io/kubernetes@v1.36.3     # prints "Dir"
//   node scripts/reduce-kubernetes-schemas.mjs <Dir>

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const kinds = {
  'apps/v1 StatefulSet': ['apis__apps__v1', 'io.k8s.api.apps.v1.StatefulSet'],
  'v1 Service': ['api__v1', 'io.k8s.api.core.v1.Service'],
  'networking.k8s.io/v1 NetworkPolicy': [
    'apis__networking.k8s.io__v1',
    'io.k8s.api.networking.v1.NetworkPolicy',
  ],
  'policy/v1 PodDisruptionBudget': ['apis__policy__v1', 'io.k8s.api.policy.v1.PodDisruptionBudget'],
}

const module = process.argv.slice(2).join(' ')
const version = /@(v[\d.]+)/.exec(module)?.[1]
if (version === undefined) {
  process.stderr.write('usage: reduce-kubernetes-schemas.mjs <directory of k8s.io/kubernetes@v…>\n')
  process.exit(2)
}

const definitions = {}
for (const [document, root] of Object.values(kinds)) {
  const path = join(module, 'api/openapi-spec/v3', `${document}_openapi.json`)
  const { schemas } = JSON.parse(readFileSync(path, 'utf8')).components
  take(schemas, root)
}

const reduced = {
  $comment: `Reduced by scripts/reduce-kubernetes-schemas.mjs from api/openapi-spec/v3 of k8s.io/kubernetes ${version}. Copyright The Kubernetes Authors, Apache License 2.0.`,
  version,
  kinds: Object.fromEntries(Object.entries(kinds).map(([name, [, root]]) => [name, root])),
  definitions: Object.fromEntries(
    Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
}
const target = fileURLToPath(new URL('../test/deploy/kubernetes-schemas.json', import.meta.url))
writeFileSync(target, `${JSON.stringify(reduced)}\n`)
process.stdout.write(`${target}: ${Object.keys(definitions).length} definitions of ${version}\n`)

/** Takes over a schema by its name, and every schema that it refers to. */
function take(schemas, name) {
  if (name in definitions) return
  definitions[name] = {}
  definitions[name] = reduce(schemas, schemas[name])
}

function reduce(schemas, schema) {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)
    take(schemas, name)
    return { $ref: `#/definitions/${name}` }
  }
  const { type, required, enum: values, items, properties, additionalProperties } = schema
  const result = {}
  if (type !== undefined) result.type = type
  if (required !== undefined) result.required = required
  if (values !== undefined) result.enum = values
  if (items !== undefined) result.items = reduce(schemas, items)
  if (typeof additionalProperties === 'object')
    result.additionalProperties = reduce(schemas, additionalProperties)
  if (properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, reduce(schemas, value)]),
    )
    result.additionalProperties = false
  }
  for (const key of ['allOf', 'oneOf', 'anyOf'])
    if (schema[key] !== undefined) result[key] = schema[key].map((part) => reduce(schemas, part))
  return result.allOf?.length === 1 ? result.allOf[0] : result
}
