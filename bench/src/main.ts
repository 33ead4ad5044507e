import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench.ts'
import { benches } from './benches.ts'
import { describeMachine } from './machine.ts'
import { reportLine } from './report-line.ts'

const usage = `usage: npm run bench -- <${Object.keys(benches).join(' | ')}> [--quick] [--json]
  --quick           seconds instead of minutes: shows that the bench works, no more
  --json            one JSON object on standard output
  --soak <minutes>  ingest only: full load for so long, drawn into docs/performance/`

const soakMinutesMax = 24 * 60

process.exitCode = await main(process.argv.slice(2))

async function main(argv: string[]): Promise<number> {
  const order = readOrder(argv)
  if (typeof order === 'string') {
    process.stderr.write(`bench: ${order}\n${usage}\n`)
    return 2
  }
  const { name, json, options } = order
  const machine = describeMachine()
  const measures = (await benches[name]?.(options)) ?? []
  const text = json
    ? JSON.stringify({ bench: name, machine, measures }, undefined, 2)
    : measures.map(reportLine).join('\n')
  process.stdout.write(`${text}\n`)
  return 0
}

interface Order {
  readonly name: string
  readonly json: boolean
  readonly options: BenchOptions
}

/** What was typed, or what is wrong with it. */
function readOrder(argv: string[]): Order | string {
  const parsed = parse(argv)
  if (typeof parsed === 'string') return parsed
  const { values, positionals } = parsed
  const [name = ''] = positionals
  if (positionals.length !== 1 || !Object.hasOwn(benches, name))
    return `expected one of ${Object.keys(benches).join(', ')}; got "${positionals.join(' ')}"`
  const soakMinutes = values.soak === undefined ? undefined : Number(values.soak)
  if (soakMinutes !== undefined && name !== 'ingest') return '--soak belongs to ingest'
  if (soakMinutes !== undefined && !(soakMinutes > 0 && soakMinutes <= soakMinutesMax))
    return `--soak expected minutes up to ${soakMinutesMax}; got "${values.soak ?? ''}"`
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  return { name, json: values.json, options: { quick: values.quick, soakMinutes, say } }
}

type Typed = ReturnType<typeof parseTyped>

function parse(argv: string[]): Typed | string {
  try {
    return parseTyped(argv)
  } catch (thrown) {
    // An option that is unknown or lacks its value; node:util names it.
    return thrown instanceof Error ? thrown.message : 'the arguments cannot be read'
  }
}

function parseTyped(argv: string[]) {
  return parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      soak: { type: 'string' },
    },
  })
}
