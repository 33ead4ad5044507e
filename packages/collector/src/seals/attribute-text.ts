import type { Attributes } from '../otlp/batch.ts'

/** An attribute that is a text; '' where there is none. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes.get(key)
  return typeof value === 'string' ? value : ''
}
