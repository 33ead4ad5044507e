/**
 * Writes plain data as YAML: maps and lists by indentation, every text in double quotes as JSON writes it, which YAML reads alike. Enough for
 * the provisioning files of Grafana; `undefined` and functions are left out, as in JSON.
 */
export function toYaml(value: unknown): string {
  return `${blockOf(JSON.parse(JSON.stringify(value)), '').trimStart()}\n`
}

/** The value after a key or a dash, on its own lines where it has parts. */
function blockOf(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []'
    return value
      .map((item: unknown) => `\n${indent}- ${blockOf(item, `${indent}  `).trimStart()}`)
      .join('')
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (entries.length === 0) return ' {}'
    return entries
      .map(([key, part]) => {
        const inner = Array.isArray(part) ? indent : `${indent}  `
        return `\n${indent}${key}:${blockOf(part, inner)}`
      })
      .join('')
  }
  return ` ${JSON.stringify(value)}`
}
