/** Counts runs by fault and prints them as the table that the issue asks for. */
export interface FaultTable {
  /** Runs one run of a fault; what it throws counts against the fault and is thrown on. */
  run(fault: string, act: () => Promise<void>): Promise<void>
  readonly runs: () => number
  readonly print: (title: string) => void
}

/** An empty table. */
export function createFaultTable(): FaultTable {
  const rows = new Map<string, { runs: number; failed: number }>()
  return {
    run: async (fault, act) => {
      const row = rows.get(fault) ?? { runs: 0, failed: 0 }
      rows.set(fault, row)
      row.runs += 1
      try {
        await act()
      } catch (thrown) {
        row.failed += 1
        throw thrown
      }
    },
    runs: () => [...rows.values()].reduce((sum, { runs }) => sum + runs, 0),
    print: (title) => {
      const width = Math.max(...[...rows.keys()].map((fault) => fault.length))
      const lines = [...rows].map(
        ([fault, { runs, failed }]) =>
          `  ${fault.padEnd(width)}  ${String(runs).padStart(4)} runs  ${failed === 0 ? 'nothing lost' : `${failed} FAILED`}`,
      )
      process.stdout.write(`${title}\n${lines.join('\n')}\n`)
    },
  }
}
