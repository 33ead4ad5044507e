import { describe, expect, it } from 'vitest'
import { verifyConsistency } from './consistency.ts'
import { verifyInclusion } from './inclusion.ts'
import { emptyRoot, leafHash, nodeHash } from './merkle-hash.ts'
import { appendLeaves, emptyEdge, rootOf } from './tree-edge.ts'

// The leaves and roots that certificate transparency's implementations share since RFC 6962.
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const hashes = leaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex')))

describe('RFC 6962', () => {
  it('hashes nothing, a leaf and a node', () => {
    expect(emptyRoot.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
    expect(leafHash(Buffer.from('L123456')).toString('hex')).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    )
    expect(nodeHash(hashes[0]!, hashes[1]!).toString('hex')).toBe(roots[1])
  })

  it.each(roots.map((root, place) => [place + 1, root] as const))(
    'gives %i leaves their known root',
    (size, root) => {
      const { edge } = appendLeaves(emptyEdge, hashes.slice(0, size))
      expect(rootOf(edge).toString('hex')).toBe(root)
      let grown = emptyEdge
      for (const hash of hashes.slice(0, size)) grown = appendLeaves(grown, [hash]).edge
      expect(grown).toEqual(edge)
    },
  )

  it('takes the known inclusion proof of leaf 5 in 8', () => {
    const proof = [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map((hash) => Buffer.from(hash, 'hex'))
    const root = Buffer.from(roots[7]!, 'hex')
    verifyInclusion({
      leaf: hashes[5]!,
      index: 5,
      size: 8,
      root,
      proof: [hashes[4]!, ...proof.slice(1)],
    })
    expect(() => verifyInclusion({ leaf: hashes[4]!, index: 5, size: 8, root, proof })).toThrow(
      'leads to',
    )
  })

  it('takes the known consistency proof from 6 to 8', () => {
    const proof = [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map((hash) => Buffer.from(hash, 'hex'))
    const [fromRoot, toRoot] = [Buffer.from(roots[5]!, 'hex'), Buffer.from(roots[7]!, 'hex')]
    verifyConsistency({ from: 6, fromRoot, to: 8, toRoot, proof })
    expect(() =>
      verifyConsistency({ from: 6, fromRoot, to: 8, toRoot, proof: proof.slice(1) }),
    ).toThrow()
  })
})
