import type { ExporterName } from './corpus-exporter.ts'
import type { Run } from './run.ts'
import type { SimSpan } from './sim-span.ts'
import type { Principal } from './truth.ts'

/** What a run's spans leave unsaid, though it is so. */
export type Unsaid =
  'delegator' | 'chain' | 'correlation' | 'parent' | 'grant' | 'refs' | 'instance' | 'actor' | 'seq'

/** How an instance of an agent is started. */
export interface RunOptions {
  readonly template?: string
  /** null: nobody stands behind it, and it says so. */
  readonly delegator: Principal | null
  readonly by?: ExporterName
  /** The instance that started it, and the record of the delegation. */
  readonly parent?: { readonly run: Run; readonly delegation: SimSpan | undefined }
  /** Whether its records stand in the trace of the parent's delegation. Default: when there is one. */
  readonly sameTrace?: boolean
  /** The grant under which it works. Default: a new one. */
  readonly grant?: string
  readonly correlation?: string
  readonly unsaid?: readonly Unsaid[]
  /** How far its clock runs ahead. */
  readonly skewMs?: number
  /** When it starts, from the beginning of the case or of its parent's present. */
  readonly afterMs?: number
}

/** A human as a delegator. */
export function onBehalfOf(id: string): Principal {
  return { id, type: 'human' }
}
