/** Longest answer that is read, in bytes: a checkpoint with many cosignatures. */
const responseBytesMax = 262_144

/** Reads a response as text. Throws when it is longer than an answer can be. */
export async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > responseBytesMax)
      throw new Error(`its answer is longer than ${responseBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
