import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The API's description as others' tools read it. Without WHODID_API_TOOLS=1 nothing is installed: schemathesis then runs where that
// version of it is on the path already, and redocly not at all.

const schemathesis = { package: 'schemathesis', version: '4.32.5' }
const redocly = '@redocly/cli@2.77.0'
const mayInstall = process.env['WHODID_API_TOOLS'] === '1'
const howTo = 'WHODID_API_TOOLS=1 npm run check -- --only system test/conformance/openapi-tools'
/** Requests made up for each operation beside those that the document's own bounds suggest. */
const examplesMax = 10

let dir: string
let whodid: WhodidProcess | undefined

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-api-tools-'))
})

afterAll(async () => {
  await whodid?.remove()
  await rm(dir, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly output: string
}

function run(command: string, args: readonly string[]): Promise<Ran> {
  const options = { cwd: dir, timeout: 500_000, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, output: `${stdout}${stderr}` })
    })
  })
}

/** The command, where that version is there or may be installed; else why it is not. */
async function findSchemathesis(): Promise<{ command: string } | { why: string }> {
  const { package: name, version } = schemathesis
  const present = await run(name, ['--version'])
  if (present.code === 0 && present.output.includes(version)) return { command: name }
  if (!mayInstall) return { why: `${name} ${version} is not here; ${howTo} installs it` }
  const venv = join(dir, 'venv')
  const made = await run('python3', ['-m', 'venv', venv])
  if (made.code !== 0) return { why: `Python 3 with venv is not here: ${made.output.slice(-200)}` }
  const pip = ['-m', 'pip', 'install', '--quiet', `${name}==${version}`]
  const installed = await run(join(venv, 'bin', 'python3'), pip)
  return installed.code === 0
    ? { command: join(venv, 'bin', name) }
    : { why: `pip could not install ${name} ${version}: ${installed.output.slice(-200)}` }
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>> }>
  >
}

/** A document of OpenAPI has paths, and a path its operations. */
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Described {
  name?: string
  schema?: Described
  required?: boolean
  pattern?: string
  properties?: Record<string, Described>
  parameters?: Described[]
  operationId?: string
}

/**
 * The document without what no schema can say, so that whatever fits it must be taken: a cursor belongs to the answer before; `from`
 * is before `to`; what is pruned, and what a notebook keeps, is past; a suppression ends in the future; a list without a handle needs a `from`; a time zone is one that exists; and who follows the tail
 * or waits for a record may wait longer than the tool does. A stream of events has no end that the tool could wait for: it is left out.
 */
function narrowed(document: OpenApi): OpenApi {
  const year = {
    from: '19[1-9][0-9]',
    after: '190[1-9]',
    before: '19[1-9][0-9]',
    to: '20[0-9]{2}',
    as_recorded: '19[1-9][0-9]',
    until: '2[12][0-5][0-9]',
  }
  const narrowTime = (name: string, schema: Described | undefined): void => {
    if (schema?.pattern?.includes('-02-29') !== true) return
    const years = new Map(Object.entries(year)).get(name)
    if (years !== undefined) schema.pattern = `^${years}-0[1-9]-1[0-9]T[01][0-9]:[0-5][0-9]:00Z$`
  }
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    // Sound: each field is looked at before it is used.
    const node = value as Described
    if (Array.isArray(node.parameters)) {
      node.parameters = node.parameters.filter(({ name }) => name !== 'cursor' && name !== 'follow')
      for (const parameter of node.parameters) {
        narrowTime(parameter.name ?? '', parameter.schema)
        if (parameter.name === 'zone' && parameter.schema !== undefined)
          parameter.schema.pattern = '^(?:UTC|Europe/(?:Berlin|Lisbon)|America/Los_Angeles)$'
        if (parameter.name === 'wait' && parameter.schema !== undefined)
          parameter.schema.pattern = '^[01]$'
        if (parameter.name === 'from' && node.operationId === 'listActions')
          parameter.required = true
      }
    }
    for (const [name, schema] of Object.entries(node.properties ?? {})) narrowTime(name, schema)
    for (const inner of Object.values(value)) visit(inner)
  }
  const copy = structuredClone(document)
  for (const path of Object.values(copy.paths))
    for (const [method, operation] of Object.entries(path))
      if (isStream(operation)) Reflect.deleteProperty(path, method)
  visit(copy)
  return copy
}

function isStream({ responses }: Operation): boolean {
  return Object.values(responses).some(({ content }) => content?.['text/event-stream'])
}

/** The operations that the document describes. */
function operationsOf({ paths }: OpenApi): number {
  return Object.values(paths).flatMap((path) => Object.keys(path)).length
}

test('schemathesis finds nothing that the service does and the document does not say', async (context) => {
  const found = await findSchemathesis()
  if ('why' in found) {
    process.stderr.write(`NOT RUN: ${found.why}\n`)
    context.skip()
    return
  }
  const service = await startWhodidProcess()
  whodid = service
  const resource = 'github:pull:acme/app/812'
  await sendSpans(service, 'api-tools', [toolCall('update', resource)])
  await service.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
  // Sound: the service's own document, whose shape its tests hold.
  const whole = (await (await fetch(`${service.apiUrl}/openapi.json`)).json()) as OpenApi
  const document = narrowed(whole)
  expect(operationsOf(whole) - operationsOf(document)).toBe(1)
  await writeFile(join(dir, 'openapi.json'), JSON.stringify(document))
  const bounds = `--phases coverage,fuzzing --max-examples ${examplesMax} --request-timeout 30`
  const manner = '--continue-on-failure --no-color --warnings off'
  const { code, output } = await run(found.command, [
    'run',
    'openapi.json',
    `--url=${service.apiUrl}`,
    `--header=Authorization: Bearer ${service.tokens.admin}`,
    ...`${bounds} ${manner}`.split(' '),
  ])
  expect(code, output).toBe(0)
  expect(output).toContain(`Tested: ${operationsOf(document)}\n`)
})

test('redocly finds nothing to mend in the document', async (context) => {
  if (!mayInstall) {
    process.stderr.write(`NOT RUN: redocly is not installed here; ${howTo}\n`)
    context.skip()
    return
  }
  const path = join(import.meta.dirname, '../../packages/api/openapi.json')
  const { code, output } = await run('npx', ['--yes', redocly, 'lint', path])
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('is valid') })
  expect(output).not.toMatch(/\b[1-9]\d* (?:error|warning)/u)
})
