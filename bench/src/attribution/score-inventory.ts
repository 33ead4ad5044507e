import type { Corpus } from '@whodid/corpus'

/** What an inventory says of one template, or what is true of it; each list sorted. */
export interface Listed {
  readonly template: string
  readonly instances: number
  readonly newest: readonly string[]
  readonly delegators: readonly string[]
  readonly tools: readonly string[]
}

/** The true inventory of these templates: what senders that may speak for them have said. */
export function trueInventory(
  { requests, exporters }: Pick<Corpus, 'requests' | 'exporters'>,
  templates: readonly string[],
): Listed[] {
  const mayNameAll = new Map(exporters.map(({ name, templates: may }) => [name, may]))
  const records = requests.flatMap(({ exporter, spans }) =>
    spans.map(({ attributes, startNs }) => ({
      may: mayNameAll.get(exporter),
      attributes,
      startNs,
    })),
  )
  return templates.toSorted().map((template) => {
    const own = records.filter(
      ({ may, attributes }) =>
        attributes['gen_ai.agent.id'] === template && (may === '*' || may?.includes(template)),
    )
    const said = (...keys: readonly string[]): string[] => {
      const values = own.flatMap(({ attributes }) =>
        keys.map((key) => String(attributes[key] ?? '')),
      )
      return [...new Set(values)].filter((value) => value !== '').toSorted()
    }
    const instances = said('whodid.agent.instance.id')
    const lastOf = (instance: string): bigint =>
      own
        .filter(({ attributes }) => attributes['whodid.agent.instance.id'] === instance)
        .reduce((last, { startNs }) => (startNs > last ? startNs : last), 0n)
    return {
      template,
      instances: instances.length,
      newest: instances
        .map((id) => ({ id, last: lastOf(id) }))
        .toSorted((a, b) => Number(b.last - a.last))
        .slice(0, 20)
        .map(({ id }) => id),
      delegators: said('whodid.delegator.id'),
      tools: said('gen_ai.tool.name', 'tool.name'),
    }
  })
}
