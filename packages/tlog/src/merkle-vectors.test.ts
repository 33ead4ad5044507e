import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyConsistency } from './consistency.ts'
import { verifyInclusion } from './inclusion.ts'
import { ProofError } from './proof-error.ts'

interface Vectors {
  readonly inclusion: readonly {
    readonly name: string
    readonly leafIdx: number
    readonly treeSize: number
    readonly root: string
    readonly leafHash: string
    readonly proof: readonly string[] | null
    readonly wantErr: boolean
  }[]
  readonly consistency: readonly {
    readonly name: string
    readonly size1: number
    readonly size2: number
    readonly root1: string
    readonly root2: string
    readonly proof: readonly string[] | null
    readonly wantErr: boolean
  }[]
}

const path = join(import.meta.dirname, '../../../test/vectors/tlog/merkle.json')
// The file is recorded; a value of another shape fails its vector.
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors

// The roots in this vector are no hashes, and equal; a root of another length than 32 bytes is refused here.
const stricter = ['additional/sizes-are-equal-one-and-proof-is-empty']

describe('the vectors of transparency-dev/merkle', () => {
  it('are all there', () => {
    expect(vectors.inclusion.length + vectors.consistency.length).toBe(196)
  })

  it.each(vectors.inclusion)('inclusion: $name', (vector) => {
    const claim = {
      leaf: bytes(vector.leafHash),
      index: vector.leafIdx,
      size: vector.treeSize,
      root: bytes(vector.root),
      proof: (vector.proof ?? []).map(bytes),
    }
    expect(refuses(() => verifyInclusion(claim))).toBe(vector.wantErr)
  })

  it.each(vectors.consistency)('consistency: $name', (vector) => {
    const claim = {
      from: vector.size1,
      fromRoot: bytes(vector.root1),
      to: vector.size2,
      toRoot: bytes(vector.root2),
      proof: (vector.proof ?? []).map(bytes),
    }
    const expected = vector.wantErr || stricter.includes(vector.name)
    expect(refuses(() => verifyConsistency(claim))).toBe(expected)
  })
})

/** Whether a check refuses with an error of ours; any other is a bug and goes on. */
function refuses(check: () => void): boolean {
  try {
    check()
    return false
  } catch (error) {
    if (error instanceof ProofError) return true
    throw error
  }
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64')
}
