import { join } from 'node:path'
import { addSignatures, parseNote } from '@whodid/tlog'
import { createTileReader, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { Cosigner } from '@whodid/witness'
import type { WitnessEndpoint } from '@whodid/witness'

/** The log that is cosigned, and its witnesses. */
interface CosignedLog {
  readonly witnesses: readonly WitnessEndpoint[]
  readonly files: FilePort
  /** Directory of the log's tree. */
  readonly dir: string
  /** The file in it that the newest with cosignatures is kept in. */
  readonly name: 'cosigned' | 'recorded'
  readonly onProblem: (message: string) => void
}

/** Creates the cosigner of a log's checkpoints; it keeps the newest cosigned one in a file beside the tree. */
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

/** True for two notes of one text: a later witness adds its line to the others'. */
function isSameText(note: string, other: string): boolean {
  return other !== '' && parseNote(note).text === parseNote(other).text
}

function linesOf(note: string): string[] {
  return note.slice(note.lastIndexOf('\n\n') + 2).split(/(?<=\n)/u)
}
