import { basename } from 'node:path'

/** The command that an agent is started with, changed where its product takes a setting in no other way than by a flag. */
export function productArguments(
  command: readonly [string, ...string[]],
  { relayUrl, showsText }: { readonly relayUrl: string; readonly showsText: boolean },
): readonly [string, ...string[]] {
  const [program, ...args] = command
  if (basename(program) !== 'codex') return command
  // Codex reads no variable for its exporter, but lets a flag stand in for a line of its file. Its token it takes from OTEL_EXPORTER_OTLP_HEADERS:
  // in an argument every user of the machine could read it.
  const exporter = `{otlp-http={endpoint="${relayUrl}/v1/logs",protocol="binary"}}`
  const settings = [`otel.exporter=${exporter}`, `otel.log_user_prompt=${String(showsText)}`]
  return [program, ...settings.flatMap((setting) => ['-c', setting]), ...args]
}
