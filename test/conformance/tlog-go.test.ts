import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  addSignatures,
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  leafHash,
  parseSkey,
  proveConsistency,
  proveInclusion,
  rootOf,
  signNote,
  signText,
} from '@whodid/tlog'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const checker = join(import.meta.dirname, '../vectors/tlog/go')
const go = ['go', '/usr/local/go/bin/go'].find(buildsChecker)
if (go === undefined)
  process.stderr.write(
    'NOT RUN: Go, or its module golang.org/x/mod, is not here to check notes and trees; what it said is in test/vectors/tlog/go.json\n',
  )

describe.skipIf(go === undefined)('Go’s sumdb/note and sumdb/tlog', () => {
  let dir: string

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'whodid-tlog-go-'))
    await writeLog(dir, 70_000)
  })

  afterEach(() => rm(dir, { recursive: true }))

  it('accept our checkpoint, cosignature, proofs and tiles', async () => {
    expect(await check(dir)).toBe('ok: 2 signatures, 70000 leaves\n')
  })

  it.each([
    ['checkpoint', 'checkpoint: '],
    ['leaf.json', 'inclusion: '],
    ['old.json', 'consistency: '],
    ['tile/0/273.p/112', 'tiles: '],
  ])('refuse them with another byte in %s', async (name, complaint) => {
    const path = join(dir, name)
    const bytes = await readFile(path)
    // In the tile a byte of a hash; in the texts a letter of one in base64.
    const place = name.endsWith('.json') ? bytes.lastIndexOf('"') - 20 : 40
    bytes.write(bytes[place] === 0x41 ? 'B' : 'A', place)
    await writeFile(path, bytes)
    await expect(check(dir)).rejects.toThrow(complaint)
  })
})

/** Writes a log of `size` leaves as C2SP has it, with proofs for one leaf and for one earlier tree. */
async function writeLog(dir: string, size: number): Promise<void> {
  const log = parseSkey(generateNoteKey('example.com/log', 'note').skey)
  const witness = parseSkey(generateNoteKey('example.com/w1', 'cosignature').skey)
  const record = (index: number) => Buffer.from(`record ${index}`)
  const tiles = new Map<string, Buffer>()
  const reader = { read: (path: string) => Promise.resolve(tiles.get(path)) }
  let edge = emptyEdge
  let oldRoot = ''
  const oldSize = 66_000
  for (const end of [1, 300, oldSize, size]) {
    const leaves = Array.from({ length: end - edge.size }, (_, n) =>
      leafHash(record(edge.size + n)),
    )
    const grown = appendLeaves(edge, leaves)
    edge = grown.edge
    for (const { path, bytes } of grown.tiles) tiles.set(path, bytes)
    if (end === oldSize) oldRoot = rootOf(edge).toString('base64')
  }
  const text = formatCheckpoint({ origin: 'example.com/log', size, root: rootOf(edge) })
  const index = 69_999
  const files: Record<string, string | Buffer> = {
    vkey: log.verifier.vkey,
    witness: witness.verifier.vkey,
    checkpoint: addSignatures(signNote(text, [log]), [signText(text, witness, 1_700_000_000)]),
    'leaf.json': JSON.stringify({
      index,
      leaf: record(index).toString('base64'),
      proof: base64(await proveInclusion(reader, index, size)),
    }),
    'old.json': JSON.stringify({
      size: oldSize,
      root: oldRoot,
      proof: base64(await proveConsistency(reader, oldSize, size)),
    }),
    ...Object.fromEntries(tiles),
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
  }
}

async function check(dir: string): Promise<string> {
  const run = promisify(execFile)(go ?? '', ['run', '.', 'check', dir], { cwd: checker })
  return (await run).stdout
}

function buildsChecker(command: string): boolean {
  return spawnSync(command, ['build', '-o', '/dev/null', '.'], { cwd: checker }).status === 0
}

function base64(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString('base64'))
}
