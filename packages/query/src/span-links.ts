/** Links of one record that are looked at; more are those of a batch, and no resumed run's. */
const linksMax = 8

/** Bytes of a record's links that a question reads. */
export const linksBytesMax = 2048

const link = /"trace_id":"([0-9a-f]{32})","span_id":"([0-9a-f]{16})"/gu

/** The records that a record's links name, `<trace>-<span>`, of the JSON that the ledger holds, be it cut. */
export function linkedKeys(links: string): string[] {
  if (links === '') return []
  const keys = new Set<string>()
  for (const [, trace = '', span = ''] of links.slice(0, linksBytesMax).matchAll(link)) {
    if (keys.size >= linksMax) break
    keys.add(`${trace}-${span}`)
  }
  return [...keys]
}
