import { tileWidth } from '@whodid/tlog'

/** The entries at the beginning of a growing bundle that are there in full; what a crash has torn is left out. At most 256. */
export function wholeEntries(bytes: Uint8Array): Buffer[] {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Buffer[] = []
  let start = 0
  while (entries.length < tileWidth && start + 2 <= bundle.length) {
    const end = start + 2 + bundle.readUInt16BE(start)
    // No entry is empty: a length of 0 is a file that grew before its content came.
    if (end === start + 2 || end > bundle.length) break
    entries.push(bundle.subarray(start + 2, end))
    start = end
  }
  return entries
}
