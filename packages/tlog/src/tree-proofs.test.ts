import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proveConsistency, verifyConsistency } from './consistency.ts'
import { proveInclusion, verifyInclusion } from './inclusion.ts'
import { leafHash, nodeHash } from './merkle-hash.ts'
import { ProofError } from './proof-error.ts'
import type { TileReader } from './tile.ts'
import { appendLeaves, emptyEdge, readEdge, rootOf } from './tree-edge.ts'

const sizeMax = 600
const leaves = Array.from({ length: sizeMax }, (_, index) =>
  leafHash(Buffer.from([index >> 8, index])),
)
const { roots, reader } = growOneByOne()

describe('every tree of up to 600 leaves', () => {
  it('has the root that the definition gives it', () => {
    for (let size = 1; size <= sizeMax; size++)
      expect(roots[size]!.equals(definedRoot(0, size)), `root of ${size}`).toBe(true)
  })

  it('proves each of its leaves as the definition does', async () => {
    for (let size = 1; size <= sizeMax; size++) {
      // All leaves of the small trees; of the large ones the edges and a stride through the rest.
      const step = size <= 70 ? 1 : 61
      for (let index = 0; index < size; index += index > size - 4 ? 1 : step) {
        const proof = await proveInclusion(reader, index, size)
        expect(proof, `leaf ${index} of ${size}`).toEqual(definedPath(index, 0, size))
        verifyInclusion({ leaf: leaves[index]!, index, size, root: roots[size]!, proof })
      }
    }
  })

  it('proves that each earlier tree is its beginning, as the definition does', async () => {
    for (let to = 1; to <= sizeMax; to++) {
      const step = to <= 70 ? 1 : 53
      for (let from = 1; from <= to; from += from > to - 4 ? 1 : step) {
        const proof = await proveConsistency(reader, from, to)
        expect(proof, `${from} to ${to}`).toEqual(definedProof(from, { start: 0, end: to }, true))
        verifyConsistency({ from, fromRoot: roots[from]!, to, toRoot: roots[to]!, proof })
      }
    }
  })

  it('goes on from its tiles as if it had never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
        async (batches) => {
          const tiles = new Map<string, Buffer>()
          const store: TileReader = { read: (path) => Promise.resolve(tiles.get(path)) }
          let size = 0
          for (const batch of batches) {
            const added = leaves.slice(size, size + batch)
            const grown = appendLeaves(await readEdge(store, size), added)
            for (const { path, bytes } of grown.tiles) tiles.set(path, bytes)
            size = grown.edge.size
            expect(rootOf(grown.edge)).toEqual(roots[size])
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('a proof that was changed', () => {
  const claims = fc
    .integer({ min: 1, max: sizeMax })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat({ max: size - 1 }) }))

  it('includes nothing: any bit of leaf, root or proof, a hash more, fewer, exchanged; another place or size', async () => {
    await fc.assert(
      fc.asyncProperty(claims, fc.nat(), async ({ size, index }, where) => {
        const proof = await proveInclusion(reader, index, size)
        const claim = { leaf: leaves[index]!, index, size, root: roots[size]!, proof }
        verifyInclusion(claim)
        const hashes = [claim.leaf, claim.root, ...proof]
        const [leaf, root, ...others] = flipped(hashes, where)
        refuses(() => verifyInclusion({ ...claim, leaf: leaf!, root: root!, proof: others }))
        refuses(() => verifyInclusion({ ...claim, proof: [...proof, leaves[0]!] }))
        refuses(() => verifyInclusion({ ...claim, proof: [leaves[0]!, ...proof] }))
        if (proof.length > 0) refuses(() => verifyInclusion({ ...claim, proof: proof.slice(1) }))
        if (proof.length > 0)
          refuses(() => verifyInclusion({ ...claim, proof: proof.slice(0, -1) }))
        if (proof.length > 1)
          refuses(() =>
            verifyInclusion({ ...claim, proof: [proof[1]!, proof[0]!, ...proof.slice(2)] }),
          )
        const elsewhere = where % sizeMax
        if (elsewhere !== index) refuses(() => verifyInclusion({ ...claim, index: elsewhere }))
        // A proof does not tell sizes apart that give the leaf the same path; the checkpoint's root does.
        if (elsewhere > 0 && elsewhere !== size)
          refuses(() => verifyInclusion({ ...claim, size: elsewhere, root: roots[elsewhere]! }))
      }),
      { numRuns: 1500 },
    )
  })

  it('is consistent with nothing', async () => {
    await fc.assert(
      fc.asyncProperty(claims, fc.nat(), async ({ size: to, index }, where) => {
        const from = index + 1
        const proof = await proveConsistency(reader, from, to)
        const claim = { from, fromRoot: roots[from]!, to, toRoot: roots[to]!, proof }
        verifyConsistency(claim)
        const [fromRoot, toRoot, ...others] = flipped(
          [claim.fromRoot, claim.toRoot, ...proof],
          where,
        )
        const changed = { ...claim, fromRoot: fromRoot!, toRoot: toRoot!, proof: others }
        refuses(() => verifyConsistency(changed))
        refuses(() => verifyConsistency({ ...claim, proof: [...proof, leaves[0]!] }))
        if (proof.length > 0) refuses(() => verifyConsistency({ ...claim, proof: proof.slice(1) }))
        if (proof.length > 0)
          refuses(() => verifyConsistency({ ...claim, proof: proof.slice(0, -1) }))
        const other = 1 + (where % sizeMax)
        if (other !== from) refuses(() => verifyConsistency({ ...claim, fromRoot: roots[other]! }))
        if (other !== to) refuses(() => verifyConsistency({ ...claim, toRoot: roots[other]! }))
      }),
      { numRuns: 1500 },
    )
  })

  it('does not take an inner node for a leaf', () => {
    const [left, right] = [leaves[0]!, leaves[1]!]
    const forged = leafHash(Buffer.concat([left, right]))
    expect(forged.equals(nodeHash(left, right))).toBe(false)
    const claim = {
      leaf: forged,
      index: 0,
      size: 2,
      root: roots[4]!,
      proof: [nodeHash(leaves[2]!, leaves[3]!)],
    }
    refuses(() => verifyInclusion(claim))
    expect(leafHash(Buffer.concat([Buffer.from([1]), left, right]))).not.toEqual(
      nodeHash(left, right),
    )
  })
})

describe('numbers no tree has', () => {
  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%d is refused everywhere', async (bad) => {
    const claim = { leaf: leaves[0]!, root: roots[1]!, proof: [] }
    const roots2 = { fromRoot: roots[1]!, toRoot: roots[1]!, proof: [] }
    const code = { code: 'invalid_range' }
    await expect(proveInclusion(reader, bad, 10)).rejects.toMatchObject(code)
    await expect(proveInclusion(reader, 0, bad)).rejects.toMatchObject(code)
    await expect(proveConsistency(reader, bad, 10)).rejects.toMatchObject(code)
    await expect(proveConsistency(reader, 1, bad)).rejects.toMatchObject(code)
    await expect(readEdge(reader, bad)).rejects.toMatchObject(code)
    expect(() => verifyInclusion({ ...claim, index: bad, size: 10 })).toThrow(ProofError)
    expect(() => verifyInclusion({ ...claim, index: 0, size: bad })).toThrow(ProofError)
    expect(() => verifyConsistency({ ...roots2, from: bad, to: 10 })).toThrow(ProofError)
    expect(() => verifyConsistency({ ...roots2, from: 1, to: bad })).toThrow(ProofError)
  })

  it('an index is below the size, and an old size not above the new one', async () => {
    await expect(proveInclusion(reader, 10, 10)).rejects.toThrow(
      'expected 0 to below the size 10, got 10',
    )
    await expect(proveConsistency(reader, 11, 10)).rejects.toThrow('expected at most 10, got 11')
  })

  it('counts far beyond 32 bits', async () => {
    // A tree of 2^40 + 1 leaves whose left half is known by its root alone.
    const size = 2 ** 40 + 1
    const big = nodeHash(leaves[0]!, leaves[1]!)
    const root = nodeHash(big, leaves[2]!)
    verifyInclusion({ leaf: leaves[2]!, index: 2 ** 40, size, root, proof: [big] })
    const consistency = {
      from: 2 ** 40,
      fromRoot: big,
      to: size,
      toRoot: root,
      proof: [leaves[2]!],
    }
    verifyConsistency(consistency)
    const asked: string[] = []
    const tile: TileReader = {
      read: (path) => {
        asked.push(path)
        return Promise.resolve(Buffer.alloc(path.includes('.p/') ? 32 : 8192))
      },
    }
    await proveInclusion(tile, 2 ** 40, size)
    expect(asked).toEqual(['tile/5/000.p/1'])
  })
})

describe('tiles that are not there, or not whole', () => {
  it('names the one that is missing', async () => {
    const none: TileReader = { read: () => Promise.resolve(undefined) }
    await expect(proveInclusion(none, 0, 300)).rejects.toMatchObject({
      code: 'tile_missing',
      message: expect.stringMatching(/^tile\/\d\/\d{3}/u),
    })
  })

  it('takes the full tile when the partial one is gone', async () => {
    const asked: string[] = []
    const late: TileReader = {
      read: (path) => {
        asked.push(path)
        return path.includes('.p/') ? Promise.resolve(undefined) : reader.read(path)
      },
    }
    expect(rootOf(await readEdge(late, 200))).toEqual(roots[200])
    expect(asked).toEqual(['tile/0/000.p/200', 'tile/0/000'])
  })

  it('refuses a tile of another length', async () => {
    const short: TileReader = {
      read: async (path) => (await reader.read(path))?.subarray(1),
    }
    await expect(proveInclusion(short, 3, 300)).rejects.toMatchObject({ code: 'malformed_tile' })
  })

  it('makes from an altered tile only proofs that fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 299 }), fc.nat(), async (index, where) => {
        const size = 300
        const honest = await proveInclusion(reader, index, size)
        const altered: TileReader = {
          read: async (path) => {
            const tile = await reader.read(path)
            return tile === undefined ? undefined : flipped([Buffer.from(tile)], where)[0]
          },
        }
        const proof = await proveInclusion(altered, index, size)
        fc.pre(proof.some((node, place) => !node.equals(honest[place]!)))
        refuses(() =>
          verifyInclusion({ leaf: leaves[index]!, index, size, root: roots[size]!, proof }),
        )
      }),
      { numRuns: 200 },
    )
  })
})

function growOneByOne(): { roots: Buffer[]; reader: TileReader } {
  const tiles = new Map<string, Buffer>()
  const grownRoots = [rootOf(emptyEdge)]
  let edge = emptyEdge
  for (const leaf of leaves) {
    const grown = appendLeaves(edge, [leaf])
    edge = grown.edge
    grownRoots.push(rootOf(edge))
    for (const { path, bytes } of grown.tiles) tiles.set(path, bytes)
  }
  return { roots: grownRoots, reader: { read: (path) => Promise.resolve(tiles.get(path)) } }
}

/** RFC 6962 §2.1 written down as it stands there, over leaves start to end. */
const known = new Map<number, Buffer>()
function definedRoot(start: number, end: number): Buffer {
  const key = start * 1000 + end
  const before = known.get(key)
  if (before !== undefined) return before
  const middle = start + half(end - start)
  const root =
    end - start === 1
      ? leaves[start]!
      : nodeHash(definedRoot(start, middle), definedRoot(middle, end))
  known.set(key, root)
  return root
}

function definedPath(index: number, start: number, end: number): Buffer[] {
  if (end - start === 1) return []
  const middle = start + half(end - start)
  return index < middle
    ? [...definedPath(index, start, middle), definedRoot(middle, end)]
    : [...definedPath(index, middle, end), definedRoot(start, middle)]
}

function definedProof(
  from: number,
  { start, end }: { start: number; end: number },
  whole: boolean,
): Buffer[] {
  if (from === end) return whole ? [] : [definedRoot(start, end)]
  const middle = start + half(end - start)
  return from <= middle
    ? [...definedProof(from, { start, end: middle }, whole), definedRoot(middle, end)]
    : [...definedProof(from, { start: middle, end }, false), definedRoot(start, middle)]
}

function half(count: number): number {
  let k = 1
  while (k * 2 < count) k *= 2
  return k
}

/** The same byte strings, one bit of them all changed. */
function flipped(parts: readonly Buffer[], where: number): Buffer[] {
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  let bit = where % (total * 8)
  return parts.map((part) => {
    const copy = Buffer.from(part)
    if (bit >= 0 && bit < part.length * 8) copy[bit >> 3]! ^= 1 << (bit & 7)
    bit -= part.length * 8
    return copy
  })
}

function refuses(check: () => void): void {
  expect(check).toThrow(ProofError)
}
