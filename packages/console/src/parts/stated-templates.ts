/** A template as records of an instance name it; some of them leave out the version. */
interface NamedTemplate {
  readonly id: string
  readonly version: string | null
}

/** The templates of an instance in a fixed order, each without a version only where no record states one. */
export function statedTemplates<Template extends NamedTemplate>(
  templates: readonly Template[],
): Template[] {
  return templates
    .filter(
      ({ id, version }) =>
        version !== null || !templates.some((other) => other.id === id && other.version !== null),
    )
    .toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

function textOf({ id, version }: NamedTemplate): string {
  return `${id}\n${version ?? ''}`
}
