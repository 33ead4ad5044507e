/** A version of a name, as the ledger holds it. Instants are nanoseconds since 1970. */
export interface NameVersion {
  readonly person: string
  readonly name: string
  readonly kind: string
  readonly source: string
  readonly isTheirs: boolean
  readonly validFrom: bigint
  readonly recordedAt: bigint
}

/** A name of a person for some time. */
export interface NameOfPerson {
  readonly person: string
  readonly name: string
  readonly kind: string
  readonly source: string
  readonly from: bigint
  /** Null while it is theirs. */
  readonly until: bigint | null
}

/**
 * The people of a tenant and their names, in time. Of two versions of one name from the same instant, the one that was recorded later
 * holds. Pure.
 */
export class People {
  readonly #byName = new Map<string, NameOfPerson[]>()
  readonly #byPerson = new Map<string, NameOfPerson[]>()

  /** @param recorded only versions that were recorded by this instant count; null counts all */
  constructor(versions: readonly NameVersion[], recorded: bigint | null = null) {
    const byPair = new Map<string, NameVersion[]>()
    for (const version of versions) {
      if (recorded !== null && version.recordedAt > recorded) continue
      const pair = JSON.stringify([version.person, version.name])
      byPair.set(pair, [...(byPair.get(pair) ?? []), version])
    }
    for (const pair of byPair.values())
      for (const name of spansOf(pair)) {
        this.#byName.set(name.name, [...(this.#byName.get(name.name) ?? []), name])
        this.#byPerson.set(name.person, [...(this.#byPerson.get(name.person) ?? []), name])
      }
  }

  /** The people whose name this is at an instant, or whose ID it is: more than one is a conflict. */
  holdersOf(name: string, at: bigint): readonly NameOfPerson[] {
    const holders = (this.#byName.get(name) ?? []).filter((held) => isHeld(held, at))
    const own = this.#byPerson.get(name)?.[0]
    if (own === undefined || holders.some(({ person }) => person === name)) return holders
    return [{ ...own, name, kind: 'person', from: 0n, until: null }, ...holders]
  }

  /** Every person who ever had a name, or has this ID. */
  everHeld(name: string): readonly string[] {
    const people = new Set((this.#byName.get(name) ?? []).map(({ person }) => person))
    if (this.#byPerson.has(name)) people.add(name)
    return [...people]
  }

  /** Every name that a person ever had, with its time; the ID itself is not among them. */
  namesOf(person: string): readonly NameOfPerson[] {
    return this.#byPerson.get(person) ?? []
  }
}

function isHeld({ from, until }: NameOfPerson, at: bigint): boolean {
  return from <= at && (until === null || at < until)
}

function spansOf(versions: readonly NameVersion[]): NameOfPerson[] {
  const ordered = versions.toSorted(
    (a, b) => order(a.validFrom, b.validFrom) || order(a.recordedAt, b.recordedAt),
  )
  // The last of those from one instant holds.
  const steps = ordered.filter((step, index) => ordered[index + 1]?.validFrom !== step.validFrom)
  const spans: NameOfPerson[] = []
  let open: NameVersion | undefined
  const close = (until: bigint | null): void => {
    if (open === undefined) return
    const { person, name, kind, source, validFrom: from } = open
    spans.push({ person, name, kind, source, from, until })
    open = undefined
  }
  for (const step of steps) {
    if (!step.isTheirs) close(step.validFrom)
    else open ??= step
  }
  close(null)
  return spans
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
