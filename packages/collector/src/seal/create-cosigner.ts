import { join } from 'node:path'
import { createTileReader } from '@whodid/store'
import { addSignatures, parseNote } from '@whodid/tlog'
import { Cosigner } from '@whodid/witness'
import type { WitnessEndpoint } from '@whodid/witness'
import { writeDurably } from '../log/log-files.ts'
import type { LogFiles } from '../log/log-files.ts'

/** Which log is cosigned, and by whom. */
interface CosignedLog {
  readonly witnesses: readonly WitnessEndpoint[]
  readonly files: LogFiles
  /** Directory of the log's tree. */
  readonly dir: string
  /** The file in it that the newest with cosignatures is kept in. */
  readonly name: 'cosigned' | 'recorded'
  readonly onProblem: (message: string) => void
}

/** Makes what has a log's checkpoints cosigned; the newest that is stands in a file beside the tree. */
export function createCosigner({ witnesses, files, dir, name, onProblem }: CosignedLog): Cosigner {
  const path = join(dir, name)
  let newest = ''
  return new Cosigner({
    witnesses,
    onProblem,
    reader: createTileReader(dir, {
      readFile: (tile) => files.readFile(tile),
      readdir: (tiles) => files.readdir(tiles),
    }),
    onCosigned: async (note) => {
      newest = isSameText(note, newest) ? addSignatures(note, linesOf(newest)) : note
      await writeDurably(files, path, newest)
    },
  })
}

/** A witness that comes later adds its line to the others'. */
function isSameText(note: string, other: string): boolean {
  return other !== '' && parseNote(note).text === parseNote(other).text
}

function linesOf(note: string): string[] {
  return note.slice(note.lastIndexOf('\n\n') + 2).split(/(?<=\n)/u)
}
