import type { AuthorityAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { LogTrees } from '@whodid/tlog-posix'
import { verifyQuotedRecords } from '@whodid/verify'
import type { IntegrityMonitor } from '@whodid/verify'
import { toDateTime64 } from '../time-bounds.ts'
import { leavesSql } from './sql.ts'

/** The sources of a proof. */
export interface ProofDeps {
  readonly selector: Selector
  readonly tenant: string
  readonly trees?: LogTrees | undefined
  readonly watch?: IntegrityMonitor | undefined
}

interface LeafRow {
  readonly span: string
  readonly log: string
  readonly log_index: string
  readonly leaf: string
}

interface Proven {
  readonly integrity: AuthorityAnswer['integrity']
  readonly rowsRead: number
  readonly bytesRead: number
  readonly statements: number
}

/** Holds the records that an answer quotes against the trees of their logs. Throws the errors of `Selector.select`. */
export async function proveRecords(
  { selector, tenant, trees, watch }: ProofDeps,
  refs: readonly string[],
  at: bigint,
): Promise<Proven> {
  if (refs.length === 0)
    return { integrity: nothingToProve, rowsRead: 0, bytesRead: 0, statements: 0 }
  const { rows, rowsRead, bytesRead } = await selector.select<LeafRow>({
    sql: leavesSql,
    parameters: { refs: refs.join(','), at: toDateTime64(at) },
    tenant,
  })
  const cost = { rowsRead, bytesRead, statements: 1 }
  const placed = rows.filter(({ log }) => log !== '')
  if (trees === undefined) return { integrity: nothingToProve, ...cost }
  const judged = await verifyQuotedRecords(
    trees,
    placed.map(({ span, log, log_index: index, leaf }) => ({
      span,
      log,
      index: Number(index),
      leaf: Buffer.from(leaf, 'hex'),
    })),
    watch,
  )
  const records = judged.map(({ span, state }, place) => ({
    span,
    log: placed[place]?.log ?? '',
    index: Number(placed[place]?.log_index ?? 0),
    state,
  }))
  const findings = judged.flatMap(({ span, state, why }) =>
    state === 'failed' ? [{ span, text: why }] : [],
  )
  // A record that is quoted and has no place in a log is not proven either.
  const isWhole = refs.every((ref) => records.some(({ span }) => span === ref))
  const isSealed = isWhole && records.every(({ state }) => state === 'sealed')
  const first = judged.find(({ span }) => span === refs[0]) ?? judged[0]
  return {
    integrity: {
      state: findings.length > 0 ? 'failed' : isSealed ? 'sealed' : 'pending',
      checkpoint: first?.state === 'sealed' ? first.checkpoint : null,
      records,
      findings,
    },
    ...cost,
  }
}

const nothingToProve: AuthorityAnswer['integrity'] = {
  state: 'pending',
  checkpoint: null,
  records: [],
  findings: [],
}
