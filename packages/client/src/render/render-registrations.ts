import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { factLines } from './terminal-text.ts'
import type { Palette } from './terminal-text.ts'

type Registration = Schemas['ListedRegistration']

/** Versions of templates for a person, a block each. */
export function renderRegistrations(
  registrations: readonly Registration[],
  palette: Palette,
): string[] {
  return registrations.flatMap((registration, place) => [
    ...(place === 0 ? [] : ['']),
    ...blockOf(registration, palette),
  ])
}

function blockOf(registration: Registration, palette: Palette): string[] {
  const { in_force: isInForce, prompt } = registration
  const facts = factLines(
    {
      Template: registration.template,
      Owner: registration.owner,
      Because: registration.justification,
      Expires: renderInstant(registration.expires_at),
      Scopes: listed(registration.scopes),
      Tools: listed(registration.tools),
      Resources: listed(registration.resources),
      Audiences: listed(registration.audiences),
      Prompt: prompt === null ? 'not stated' : `${prompt.file} ${prompt.hash}`,
      Recorded: `${renderInstant(registration.recorded_at)} by ${registration.recorded_by}, span:${registration.record}`,
    },
    palette,
  )
  return isInForce ? facts : [...facts, palette.dim('  not in force')]
}

/** A list that is not stated is not the same as an empty one. */
function listed(members: readonly string[] | null): string | readonly string[] {
  if (members === null) return 'not stated'
  return members.length === 0 ? 'none' : members
}
