import { join } from 'node:path'
import { expect } from 'vitest'
import { checkTree } from './check-tree.ts'
import type { Load } from './load.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { SimulatedLedger } from './simulated-ledger.ts'

interface Run {
  readonly disk: SimulatedDisk
  readonly dirs: string
  readonly ledger: SimulatedLedger
  readonly load: Load
  readonly mayLose: boolean
}

/**
 * Checks what a run came to: both tables hold each acknowledged span once and nothing that was never sent, and the tree
 * holds each row once. Gives what was acknowledged and is lost, which fails unless the run may lose.
 */
export async function checkRun({ disk, dirs, ledger, load, mayLose }: Run): Promise<string[]> {
  const { marks } = ledger.spans
  expect(marks.toSorted(), 'spans').toEqual(ledger.actions.marks.toSorted())
  const stored = new Set(marks)
  const lost = [...load.acknowledged].filter((id) => !stored.has(`~${id}~`))
  checkMarks(marks, load.sent)
  if (mayLose) return lost
  expect(lost, 'acknowledged and lost').toEqual([])
  await checkSealed(disk, dirs, ledger)
  return lost
}

function checkMarks(marks: readonly string[], sent: ReadonlySet<string>): void {
  const ids = marks.map((mark) => mark.replaceAll('~', ''))
  expect(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    'stored twice',
  ).toEqual([])
  expect(
    ids.filter((id) => !sent.has(id)),
    'stored and never sent',
  ).toEqual([])
}

/** Every index was given to one record, and the tree has them all. */
async function checkSealed(
  disk: SimulatedDisk,
  dirs: string,
  ledger: SimulatedLedger,
): Promise<void> {
  const files = disk.files()
  const trees = join(dirs, 'tlog')
  const [name = ''] = await files.readdir(trees)
  const { size } = await checkTree(
    {
      readFile: (path) => files.readFile(path),
      readdir: (path) => files.readdir(path),
    },
    join(trees, name),
  )
  const indexes = ledger.spans.indexes.toSorted((a, b) => a - b)
  expect(indexes, 'indexes').toEqual(Array.from({ length: size }, (_, index) => index))
}
