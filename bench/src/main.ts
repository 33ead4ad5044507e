import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench.ts'
import { benches } from './benches.ts'
import { describeMachine } from './machine.ts'
import { reportLine } from './report-line.ts'

const usage = `usage: npm run bench -- <${Object.keys(benches).join(' | ')}> [--quick] [--json]
  --quick           seconds instead of minutes: shows that the bench works, no more
  --json            one JSON object on standard output
  --soak <minutes>  ingest only: full load for so long, its memory drawn into docs/performance/
  --ledgers <dir>   ask only: keeps the ledgers it fills there, and takes those that are there already
  --fill-only       ask only, with --ledgers: fills them and measures nothing
  --rows-max <n>    ask: fills the ledger to so many spans, tenfold a step from a million; 100000000 writes docs/
                    proof: verifies so many`

interface NumberOption {
  readonly option: string
  /** The benches that take it. */
  readonly benches: readonly string[]
  readonly range: readonly [least: number, most: number]
  /** What it counts. */
  readonly of: string
}

const soakOption: NumberOption = {
  option: '--soak',
  benches: ['ingest'],
  range: [0.01, 24 * 60],
  of: 'minutes',
}
const rowsOption: NumberOption = {
  option: '--rows-max',
  benches: ['ask', 'proof'],
  range: [50_000, 1_000_000_000],
  of: 'spans',
}

// Exits instead of dying of the signal, so that what must end with the bench is told.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

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
  const soakMinutes = readNumber(values.soak, soakOption, name)
  if (typeof soakMinutes === 'string') return soakMinutes
  const rowsMax = readNumber(values['rows-max'], rowsOption, name)
  if (typeof rowsMax === 'string') return rowsMax
  const { quick, ledgers: ledgersDir, 'fill-only': fillOnly } = values
  if (name !== 'ask' && (fillOnly || ledgersDir !== undefined))
    return '--ledgers and --fill-only belong to ask'
  if (fillOnly && ledgersDir === undefined) return '--fill-only expected --ledgers <dir> with it'
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  return {
    name,
    json: values.json,
    options: { quick, soakMinutes, rowsMax, ledgersDir, fillOnly, say },
  }
}

/** The number that was typed, undefined when none was, or what is wrong with it. */
function readNumber(
  typed: string | undefined,
  { option, benches: takers, range: [least, most], of }: NumberOption,
  name: string,
): number | undefined | string {
  if (typed === undefined) return undefined
  if (!takers.includes(name)) return `${option} belongs to ${takers.join(' and ')}`
  const value = Number(typed)
  return value >= least && value <= most
    ? value
    : `${option} expected ${of} from ${least} to ${most}; got "${typed}"`
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
      'rows-max': { type: 'string' },
      ledgers: { type: 'string' },
      'fill-only': { type: 'boolean', default: false },
    },
  })
}
