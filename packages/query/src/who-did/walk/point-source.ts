import { nameKey } from '@whodid/model'
import { addCosts } from '@whodid/store'
import type {
  ActsWanted,
  NamedAct,
  NamedClaim,
  NamedPlace,
  PlacesWanted,
  PointCost,
  PointReader,
  PointRows,
  StoredTextBlock,
  TracePlace,
  UnnamedWanted,
} from '@whodid/store'
import { recordOf } from './walked-record.ts'
import type { WalkedRecord } from './walked-record.ts'

/**
 * The point reads of one question, each key once. Where there are more rows under some keys than a point read returns, the
 * result is undefined: the caller then asks a statement that orders and cuts inside the engine.
 */
export class PointSource {
  readonly #points: PointReader
  readonly #tenant: string
  readonly #names = new Map<bigint, Promise<readonly NamedPlace[] | undefined>>()
  readonly #records = new Map<string, Promise<readonly WalkedRecord[] | undefined>>()
  readonly #under = new Map<string, Promise<readonly WalkedRecord[] | undefined>>()
  readonly #traces = new Map<string, readonly WalkedRecord[]>()
  readonly #textBlocks = new Map<string, Promise<readonly StoredTextBlock[] | undefined>>()
  #cost: PointCost = { statements: new Set(), rowsRead: 0, bytesRead: 0 }

  constructor(points: PointReader, tenant: string) {
    this.#points = points
    this.#tenant = tenant
  }

  /** What the reads have cost so far. */
  get cost(): { statements: number; rowsRead: number; bytesRead: number } {
    return { ...this.#cost, statements: this.#cost.statements.size }
  }

  /** The occurrences of names by their keys. */
  names(keys: readonly bigint[]): Promise<readonly NamedPlace[] | undefined> {
    return this.#load(this.#names, new Set(keys), async (missing) => {
      const rows = await this.#points.names(this.#tenant, missing)
      return { ...rows, rows: groupBy(rows.rows, ({ key }) => key) }
    })
  }

  /** The records of all places where a name occurs. */
  recordsUnder(kind: string, name: string): Promise<readonly WalkedRecord[] | undefined> {
    return this.#load(this.#under, new Set([`${kind}:${name}`]), async () => {
      const found = await this.#points.recordsUnder(this.#tenant, [{ kind, name }])
      const rows = found.rows.map(recordOf)
      if (!found.isCut) this.#keep(rows)
      return { ...found, rows: new Map([[`${kind}:${name}`, rows]]) }
    })
  }

  /** Returns the records of a trace that were read, by whatever name. */
  known(trace: string): readonly WalkedRecord[] {
    return this.#traces.get(trace) ?? []
  }

  /** Places are read whole, so that what was found by a name need not be read again. */
  #keep(rows: readonly WalkedRecord[]): void {
    for (const [place, records] of groupBy(rows, textOf)) {
      if (this.#records.has(place)) continue
      this.#records.set(place, Promise.resolve(records))
      const [{ trace } = { trace: '' }] = records
      this.#traces.set(trace, [...this.known(trace), ...records])
    }
  }

  /** The records at some places. */
  records(places: readonly TracePlace[]): Promise<readonly WalkedRecord[] | undefined> {
    const byText = new Map(places.map((place) => [textOf(place), place]))
    return this.#load(this.#records, new Set(byText.keys()), async (missing) => {
      const wanted = missing.flatMap((text) => byText.get(text) ?? [])
      const found = await this.#points.records(this.#tenant, wanted)
      return { ...found, rows: groupBy(found.rows.map(recordOf), textOf) }
    })
  }

  /** Of each name the first occurrence by each template and exporter. */
  async firstNames(
    keys: readonly bigint[],
    recorded: bigint | null,
  ): Promise<readonly NamedClaim[] | undefined> {
    const { rows, isCut, cost } = await this.#points.firstNames(this.#tenant, keys, recorded)
    this.#cost = addCosts(this.#cost, cost)
    return isCut ? undefined : rows
  }

  /** The newest acts under a name. */
  async acts(wanted: ActsWanted): Promise<readonly NamedAct[]> {
    const { rows, cost } = await this.#points.acts(this.#tenant, wanted)
    this.#cost = addCosts(this.#cost, cost)
    return rows
  }

  /** The newest places of a name, by their hours. */
  async newestPlaces(wanted: PlacesWanted): Promise<readonly TracePlace[]> {
    const { rows, cost } = await this.#points.newestPlaces(this.#tenant, wanted)
    this.#cost = addCosts(this.#cost, cost)
    return rows
  }

  /** The newest acts in some places that do not carry a name. */
  async unnamedActs(wanted: UnnamedWanted): Promise<readonly WalkedRecord[]> {
    const { rows, cost } = await this.#points.unnamedActs(this.#tenant, wanted)
    this.#cost = addCosts(this.#cost, cost)
    return rows.map(recordOf)
  }

  /** Text blocks by their names. */
  textBlocks(refs: readonly string[]): Promise<readonly StoredTextBlock[] | undefined> {
    return this.#load(this.#textBlocks, new Set(refs), async (missing) => {
      const found = await this.#points.textBlocks(this.#tenant, missing)
      return { ...found, rows: groupBy(found.rows, ({ ref }) => ref) }
    })
  }

  async #load<Key, Row>(
    known: Map<Key, Promise<readonly Row[] | undefined>>,
    keys: ReadonlySet<Key>,
    load: (missing: readonly Key[]) => Promise<Grouped<Key, Row>>,
  ): Promise<readonly Row[] | undefined> {
    const missing = [...keys].filter((key) => !known.has(key))
    if (missing.length > 0) {
      const loading = load(missing).then(({ rows, isCut, cost }) => {
        this.#cost = addCosts(this.#cost, cost)
        // Of many keys, some may be asked for again without the others.
        if (isCut && missing.length > 1) for (const key of missing) known.delete(key)
        return isCut ? undefined : rows
      })
      for (const key of missing)
        known.set(
          key,
          loading.then((rows) => rows && (rows.get(key) ?? [])),
        )
    }
    const asked = [...keys].flatMap((key) => known.get(key) ?? [])
    const rows: Row[] = []
    for (const found of await Promise.all(asked)) {
      if (found === undefined) return undefined
      rows.push(...found)
    }
    return rows
  }
}

type Grouped<Key, Row> = Omit<PointRows<Row>, 'rows'> & {
  readonly rows: ReadonlyMap<Key, readonly Row[]>
}

function groupBy<Key, Row>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

/** Returns the text that stands for a place. */
export function textOf({ hour, trace }: TracePlace): string {
  return `${trace}${hour}`
}

/** Returns the key of a trace by its ID. */
export function traceKey(trace: string): bigint {
  return nameKey('trace', trace)
}
