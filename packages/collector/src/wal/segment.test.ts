import { describe, expect, it } from 'vitest'
import { decodeSegment, encodeFrame, encodeHeader } from './segment.ts'

const name = { logIdHex: '00112233445566778899aabbccddeeff', number: 7 }
const key = (byte: number): Buffer => Buffer.alloc(16, byte)
const frame = (firstIndex: number, keys: readonly Buffer[], block: string): Buffer =>
  Buffer.concat(
    encodeFrame({
      firstIndex,
      fillsHole: firstIndex === 9,
      lastReceivedUnixNs: 77n,
      keys: Buffer.concat(keys),
      leaves: Buffer.alloc(32 * keys.length, firstIndex),
      block: Buffer.from(block),
    }),
  )
const first = frame(7, [key(1), key(2)], 'block one')
const second = frame(9, [key(3)], 'block two')
const third = frame(10, [key(4)], 'block three')
const whole = Buffer.concat([encodeHeader(name), first, second, third])
const blocks = (bytes: Buffer): string[] =>
  decodeSegment(bytes).frames.map(({ block }) => block.toString())

describe('segment', () => {
  it('has the format it says it has', () => {
    expect(encodeHeader(name).toString('hex')).toBe(
      '57445347' + '0400' + '0000' + name.logIdHex + '0700000000000000' + '2f48570a',
    )
    const head = '57444652' + '51000000' + '0385ce99' + '01000000' + '01000000'
    const sequence = '0900000000000000' + '4d00000000000000'
    const hashes = '03'.repeat(16) + '09'.repeat(32)
    expect(second.toString('hex')).toBe(head + sequence + hashes + '626c6f636b2074776f')
  })

  it('gives back what was written', () => {
    const content = decodeSegment(whole)
    expect(content).toMatchObject({ name, endOfLastFrame: whole.length, damagedBytes: 0 })
    expect(content.frames.map(({ rowCount }) => rowCount)).toEqual([2, 1, 1])
    expect(content.frames[1]).toMatchObject({
      firstIndex: 9,
      fillsHole: true,
      lastReceivedUnixNs: 77n,
      leaves: Buffer.alloc(32, 9),
    })
    expect(blocks(whole)).toEqual(['block one', 'block two', 'block three'])
  })

  it('cut at any byte, keeps the frames that are whole', () => {
    const ends = [36, 36 + first.length, 36 + first.length + second.length, whole.length]
    for (let length = 0; length <= whole.length; length += 1) {
      const { frames, endOfLastFrame, damagedBytes } = decodeSegment(whole.subarray(0, length))
      const wholeFrames = ends.filter((end) => end > 36 && end <= length).length
      expect(frames, `cut at ${length}`).toHaveLength(wholeFrames)
      expect(endOfLastFrame).toBe(Math.min(ends[wholeFrames]!, Math.max(length, 0), whole.length))
      expect(damagedBytes).toBe(0)
    }
  })

  it('with any one bit flipped, loses at most the frame it is in, and says so', () => {
    const bounds = [36, 36 + first.length, 36 + first.length + second.length, whole.length]
    const all = ['block one', 'block two', 'block three']
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = Buffer.from(whole)
      const at = Math.floor(bit / 8)
      bytes[at] = bytes[at]! ^ (1 << (bit % 8))
      const content = decodeSegment(bytes)
      const kept = content.frames.map(({ block }) => block.toString())
      const hit = bounds.findIndex((bound) => at < bound) - 1
      expect(kept, `bit ${bit}`).toEqual(all.filter((_, index) => index !== hit))
      if (hit === -1) expect(content.name).toBeUndefined()
      if (hit === 0 || hit === 1) expect(content.damagedBytes).toBeGreaterThan(0)
    }
  })
})
