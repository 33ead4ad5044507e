import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { proveConsistency, verifyConsistency } from './consistency.ts'
import { proveInclusion, verifyInclusion } from './inclusion.ts'
import { leafHash } from './merkle-hash.ts'
import { generateNoteKey, parseSkey, parseVkey } from './note-key.ts'
import { parseSignatures, signNote, signText, verifyNote, verifySignatures } from './note.ts'
import type { TileReader } from './tile.ts'
import { appendLeaves, emptyEdge, readEdge, rootOf } from './tree-edge.ts'
import type { TreeEdge } from './tree-edge.ts'

interface Proof {
  readonly proof: readonly string[]
}
interface Recording {
  readonly roots: readonly string[]
  readonly inclusions: readonly (Proof & { readonly index: number; readonly size: number })[]
  readonly consistency: readonly (Proof & { readonly from: number; readonly to: number })[]
  readonly large: Pick<Recording, 'inclusions' | 'consistency'> & {
    readonly size: number
    readonly root: string
    readonly tiles: Readonly<Record<string, string>>
  }
  readonly notes: readonly Readonly<
    Record<'name' | 'seed' | 'skey' | 'vkey' | 'text' | 'note', string>
  >[]
  readonly cosignatures: readonly (Readonly<
    Record<'name' | 'seed' | 'vkey' | 'text' | 'line', string>
  > & { readonly time: number })[]
}

const path = join(import.meta.dirname, '../../../test/vectors/tlog/go.json')
// The file is recorded; a value of another shape fails its comparison.
const go = JSON.parse(readFileSync(path, 'utf8')) as Recording

describe('what Go’s sumdb/tlog makes of the same leaves', () => {
  const stored = new Map<string, Buffer>()
  const reader: TileReader = { read: (tile) => Promise.resolve(stored.get(tile)) }
  const edges: TreeEdge[] = [emptyEdge]
  const leaves = Array.from({ length: go.large.size }, (_, index) =>
    leafHash(Buffer.from(`leaf ${index}`)),
  )
  // One by one first, so that there is a root of each size; then in one batch.
  for (const leaf of leaves.slice(0, go.roots.length - 1)) append([leaf])
  append(leaves.slice(go.roots.length - 1))

  it('is each root', () => {
    expect(edges.slice(0, -1).map((edge) => rootOf(edge).toString('hex'))).toEqual(go.roots)
    expect(rootOf(edges.at(-1)!).toString('hex')).toBe(go.large.root)
  })

  it('is each tile', async () => {
    const ours = Object.keys(go.large.tiles).map((tile) => {
      const bytes = stored.get(tile)
      return [tile, bytes === undefined ? 'missing' : hash('sha256', bytes)]
    })
    expect(Object.fromEntries(ours)).toEqual(go.large.tiles)
    expect(await readEdge(reader, go.large.size)).toEqual(edges.at(-1))
  })

  it('is each inclusion proof', async () => {
    const root = (size: number) => rootOf(edges[size] ?? edges.at(-1)!)
    for (const { index, size, proof } of [...go.inclusions, ...go.large.inclusions]) {
      const ours = await proveInclusion(reader, index, size)
      expect(ours.map((node) => node.toString('hex'))).toEqual(proof)
      verifyInclusion({ leaf: leaves[index]!, index, size, root: root(size), proof: ours })
    }
  })

  it('is each consistency proof', async () => {
    for (const { from, to, proof } of [...go.consistency, ...go.large.consistency]) {
      const ours = await proveConsistency(reader, from, to)
      expect(ours.map((node) => node.toString('hex'))).toEqual(proof)
      const fromRoot = rootOf(appendLeaves(emptyEdge, leaves.slice(0, from)).edge)
      verifyConsistency({
        from,
        fromRoot,
        to,
        toRoot: rootOf(edges[to] ?? edges.at(-1)!),
        proof: ours,
      })
    }
  })

  function append(added: Buffer[]): void {
    const { edge, tiles } = appendLeaves(edges.at(-1)!, added)
    for (const tile of tiles) stored.set(tile.path, tile.bytes)
    edges.push(edge)
  }
})

describe('what Go’s sumdb/note makes of the same keys and texts', () => {
  it.each(go.notes)('is the note of $name', ({ name, seed, skey, vkey, text, note }) => {
    expect(generateNoteKey(name, 'note', Buffer.from(seed, 'hex'))).toEqual({ skey, vkey })
    expect(signNote(text, [parseSkey(skey)])).toBe(note)
    const opened = verifyNote(note, [parseVkey(vkey)])
    expect(opened.text).toBe(text)
    expect(opened.signatures.map(({ key }) => key.vkey)).toEqual([vkey])
  })

  it.each(go.cosignatures)(
    'is the cosignature of $name',
    ({ name, seed, vkey, time, text, line }) => {
      const key = generateNoteKey(name, 'cosignature', Buffer.from(seed, 'hex'))
      expect(key.vkey).toBe(vkey)
      expect(signText(text, parseSkey(key.skey), time)).toBe(line)
      const [verified] = verifySignatures(text, parseSignatures(line), [parseVkey(vkey)])
      expect(verified?.time).toBe(time)
    },
  )
})
