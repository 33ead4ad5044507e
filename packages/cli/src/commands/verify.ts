import { firstUnstoredIndex } from '@whodid/collector'
import { parseHandle, printableLine, WhodidError } from '@whodid/model'
import {
  exitCodeOf,
  gatherEvidence,
  judgeLosses,
  judgeWitnesses,
  openSealedLog,
  unsealedLog,
  verifyLedger,
  verifyRows,
  withDerived,
  withoutAccepted,
  withTexts,
} from '@whodid/verify'
import type {
  EvidenceWanted,
  Finding,
  LedgerVerification,
  LogAssurance,
  LogToVerify,
  SealedLog,
} from '@whodid/verify'
import { readServiceConfig } from '@whodid/server/config'
import type { ServiceConfig } from '@whodid/server/config'
import { openKeyWrapping, readLogKey } from '@whodid/server/credentials'
import type { LeafReader } from '@whodid/store'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { verificationJson, verificationText } from '../verify/show-verification.ts'
import { withLeafReader } from '../verify/with-leaf-reader.ts'

/** `whodid verify`: whether the ledger is what was sealed. */
export const verifyCommand: Command = {
  name: 'verify',
  help: `Usage: whodid verify [options]

Recomputes the hash of every row inside ClickHouse from the row's own columns, and holds it against the tiles and the signed
checkpoint of its log; names each row that is not what was sealed, is missing, stands twice, or was never sealed. Then recomputes the
tables that questions read beside the records, and names acts that are hidden in them or forged.

  --of <handle>        only the records of the traces in which the handle is named
  --log <origin>       only this log
  --from, --to <n>     only these places of the log, --to not among them
  --keys <file>        the log's keys to trust; default: those beside its tree
  --anchor <file>      a checkpoint that was kept elsewhere; the log must begin with it. May be repeated
  --policy <file>      whom to trust (C2SP tlog-policy): witnesses, which are asked themselves, and every log there must be
  --meta-log <place>   URL or directory of the meta-log: every log that it registers must be here, and begin with what it took
  --meta-key <vkey>    the meta-log's key, from somewhere else than the meta-log; with --policy its witnesses are asked, not the logs'
  --no-derived         leave the tables beside the records; they are left with --of, --log, --from and --to anyway
  --no-texts           leave texts unopened; where the keys of their subjects are not, they are left so anyway
  --threads <n>        threads of ClickHouse; default: as many as there are cores
  --json               one JSON object

Exit code: 0 all is as it was sealed; 5 what is left is, and the loss of the rest was accepted; 10 unwitnessed; 20 stale; 30 inconsistent with an earlier checkpoint, or rolled back; 40 tampered
with, or not sealed; 50 malformed; 1 could not verify; 2 asked wrongly. docs/howto/verify.md says what each finding means.
Environment: WHODID_DATA_DIR, WHODID_KEYS_DIR, CLICKHOUSE_URL and WHODID_CLICKHOUSE_VERIFIER_PASSWORD.`,
  run: verify,
}

const progressAfterMs = 2_000
const progressEveryMs = 5_000

async function verify(context: CommandContext): Promise<number> {
  const { environment, stdout, stderr } = context
  const typed = parse(context.args)
  // Read before anything is verified: a range that is not understood must not be verified as another.
  const counts = {
    from: readCount(typed, 'from'),
    to: readCount(typed, 'to'),
    threads: readCount(typed, 'threads'),
  }
  checkRange(typed, counts)
  const config = readServiceConfig(environment, ['verifier'])
  const places = {
    dataDir: config.dataDir,
    keysDir: config.keysDir,
    anchorPaths: typed.values('anchor'),
    keysPath: typed.value('keys'),
    firstUnstored: firstUnstoredIndex,
  }
  const policyPath = typed.value('policy')
  const metaLog = readMetaLogPlace(typed)
  const evidence = await gatherEvidence({
    places,
    policyPath,
    metaLog,
    onUnanswered: (line) => stderr.write(`${line}\n`),
    onProgress: progress(context),
    signal: context.stopping,
  })
  // A third party that vouches for the log, or keys from elsewhere, say that there was one: then it has to be here.
  const isAlone = policyPath === undefined && metaLog === undefined && !places.keysPath
  const unsealed = isAlone ? await unsealedLog(evidence.logs, config.dataDir) : undefined
  if (unsealed !== undefined)
    stderr.write(`${printableLine(unsealed.origin)}: new, it has sealed nothing yet\n`)
  const found = evidence.logs.filter((log) => log !== unsealed)
  const only = typed.value('log')
  const logs = found.filter(({ origin }) => only === undefined || origin === only)
  if (only !== undefined && logs.length === 0)
    throw new WhodidError(
      'invalid_parameter',
      `--log expected one of ${found.map(({ origin }) => origin).join(', ') || 'no log at all'}; got "${printableLine(only, 80)}"`,
    )
  const { threads } = counts
  const verified = await withLeafReader(
    config,
    threads === undefined ? {} : { threadsMax: threads },
    (reader) => run({ context, typed, counts, logs, reader, known: found, config }),
  )
  const result = await evidence.judge(verified, only)
  if (typed.flag('json')) stdout.write(`${JSON.stringify(verificationJson(result))}\n`)
  else stdout.write(verificationText(result))
  return result.exitCode
}

/** The meta-log to hold the logs against, if one is named. */
function readMetaLogPlace(typed: ParsedArguments): EvidenceWanted['metaLog'] {
  const place = typed.value('meta-log')
  const vkey = typed.value('meta-key')
  if (place === undefined && vkey === undefined) return undefined
  if (place === undefined || vkey === undefined)
    throw new WhodidError('invalid_parameter', '--meta-log and --meta-key expected each other')
  return { place, key: readLogKey('--meta-key', vkey) }
}

function parse(args: readonly string[]): ParsedArguments {
  const string = { type: 'string' } as const
  return parseArguments(
    args,
    {
      of: string,
      log: string,
      from: string,
      to: string,
      keys: string,
      anchor: { type: 'string', multiple: true },
      policy: string,
      'no-texts': { type: 'boolean' },
      'no-derived': { type: 'boolean' },
      'meta-log': string,
      'meta-key': string,
      threads: string,
      json: { type: 'boolean' },
    },
    { min: 0, max: 0, what: 'options only' },
  )
}

/** The numbers among the options. */
interface Counts {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly threads: number | undefined
}

function checkRange(typed: ParsedArguments, { from, to, threads }: Counts): void {
  if (typed.value('of') !== undefined && (from !== undefined || to !== undefined))
    throw new WhodidError('invalid_parameter', '--from and --to expected no --of beside them')
  if (from !== undefined && to !== undefined && from >= to)
    throw new WhodidError(
      'invalid_parameter',
      `--from expected a place before --to; got ${from} and ${to}`,
    )
  if (threads === 0)
    throw new WhodidError('invalid_parameter', '--threads expected 1 or more; got "0"')
}

interface Run {
  readonly context: CommandContext
  readonly typed: ParsedArguments
  readonly counts: Counts
  readonly logs: readonly LogToVerify[]
  /** Every log there is: a row of another is a finding. */
  readonly known: readonly LogToVerify[]
  readonly reader: LeafReader
  readonly config: Pick<ServiceConfig, 'keysDir' | 'keysCommand'>
}

async function run(wanted: Run): Promise<LedgerVerification> {
  const { context, typed, logs, known, reader } = wanted
  const { from, to } = wanted.counts
  const of = typed.value('of')
  if (of !== undefined) return verifyHandle(of, known, reader)
  if ((from !== undefined || to !== undefined) && logs.length > 1)
    throw new WhodidError('invalid_parameter', '--from and --to expected --log beside them')
  const onProgress = progress(context)
  const chosen = logs.map((log) => ({
    ...log,
    options: {
      ...log.options,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      onProgress,
      signal: context.stopping,
    },
  }))
  const others = known.filter(({ origin }) => !logs.some((log) => log.origin === origin))
  const ofRows = await verifyLedger(chosen, reader, others)
  const isPart = from !== undefined || to !== undefined || typed.value('log') !== undefined
  const result =
    isPart || typed.flag('no-derived')
      ? ofRows
      : await withDerived(ofRows, { known, reader, onProgress, signal: context.stopping })
  if (typed.flag('no-texts')) return result
  const { keysDir } = wanted.config
  const wrapping = await openKeyWrapping(wanted.config)
  const places = { from: from ?? 0, ...(to === undefined ? {} : { to }) }
  const ground = { logs, known, keysDir, wrapping, reader, onProgress, signal: context.stopping }
  return withTexts(result, { ...places, ...ground })
}

async function verifyHandle(
  of: string,
  logs: readonly LogToVerify[],
  reader: LeafReader,
): Promise<LedgerVerification> {
  const rows = await reader.of(parseHandle(of))
  const findings: Finding[] = []
  const verified: LedgerVerification['logs'][number][] = []
  const assurances: LogAssurance[] = []
  for (const logId of new Set(rows.map((row) => row.logId))) {
    const log = logs.find(({ origin }) => origin === logId)
    const own = rows.filter((row) => row.logId === logId)
    if (log === undefined) {
      const text = `each row expected to name a log that is known; got ${own.length} of "${printableLine(logId, 200)}"`
      findings.push({ code: 'row_of_unknown_log', log: printableLine(logId, 200), text })
      continue
    }
    const opened = await openSealedLog(log)
    if (opened.log === undefined) {
      findings.push(...opened.findings)
      continue
    }
    const { epochs } = log
    const about = { log: opened.log, epochs, findings: opened.findings }
    const ofLosses = await judgeLosses(about, await openAll(logs), reader)
    findings.push(...ofLosses.findings)
    if (log.witnesses !== undefined) {
      const judged = await judgeWitnesses(opened.log, { epochs, ...log.witnesses })
      findings.push(...withoutAccepted(judged.findings, ofLosses.losses))
      assurances.push({ log: logId, assurance: judged.assurance, size: judged.size })
    }
    const { rowCount, pendingCount, findings: ofRows } = await verifyRows(opened.log, own)
    findings.push(...ofRows)
    const { size } = opened.log.checkpoint
    const range = { from: own[0]?.index ?? 0, to: (own.at(-1)?.index ?? 0) + 1 }
    verified.push({
      log: logId,
      size,
      ...range,
      rowCount,
      pendingCount,
      prunedCount: 0,
      lostCount: 0,
      lossesUsed: [],
      findings: ofRows,
    })
  }
  return { logs: verified, findings, assurances, exitCode: exitCodeOf(findings) }
}

async function openAll(logs: readonly LogToVerify[]): Promise<SealedLog[]> {
  const opened = await Promise.all(logs.map(openSealedLog))
  return opened.flatMap(({ log }) => (log === undefined ? [] : [log]))
}

function progress({
  stderr,
}: CommandContext): (progress: { readonly done: number; readonly total: number }) => void {
  let nextMs = performance.now() + progressAfterMs
  return ({ done, total }) => {
    if (performance.now() < nextMs) return
    nextMs = performance.now() + progressEveryMs
    stderr.write(`${done} of ${total} verified (${Math.floor((100 * done) / total)} %)\n`)
  }
}

function readCount(typed: ParsedArguments, name: string): number | undefined {
  const text = typed.value(name)
  if (text === undefined) return undefined
  if (/^\d{1,15}$/u.test(text)) return Number(text)
  throw new WhodidError(
    'invalid_parameter',
    `--${name} expected a whole number; got "${printableLine(text, 40)}"`,
  )
}
