import { readFile } from 'node:fs/promises'
import { dataOf, openApi } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readAdminAccess, readApiAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { listFormats, readPeopleList } from '../people/read-people-list.ts'
import type { ListedName } from '../people/read-people-list.ts'

/** `whodid people`: which names are one person's. */
export const peopleCommand: Command = {
  name: 'people',
  help: `Usage: whodid people add <person> <name> [--kind <kind>] [--from <time>] [--no-longer] [--source <list>] [--json]
       whodid people import <file> --format csv|scim|github-org [--source <list>] [--json]
       whodid people show <name> [--at <time>] [--json]

Says which names are one person's: e-mail addresses, GitHub logins, IDs of an identity provider. A question about any of them then finds
what is on record under all, and an answer shows the person beside the name on record. Nothing is overwritten: each addition is a version.

  --kind <kind>      such as email, github, slack, idp, os_user; default name
  --from <time>      since when, RFC 3339; default always
  --no-longer        from then on the name is theirs no longer
  --source <list>    the list that says so; default cli, or the format of the file
  --at <time>        whose it was then; default now

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's, to add and import).`,
  run: people,
}

/** Names in one request. */
const batchMax = 500

async function people(context: CommandContext): Promise<number> {
  const [action = '', ...rest] = context.args
  const typed = parseArguments(
    rest,
    {
      kind: { type: 'string' },
      from: { type: 'string' },
      at: { type: 'string' },
      'no-longer': { type: 'boolean' },
      source: { type: 'string' },
      format: { type: 'string' },
      json: { type: 'boolean' },
    },
    { min: action === 'add' ? 2 : 1, max: action === 'add' ? 2 : 1, what: 'see --help' },
  )
  if (action === 'show') return show(context, typed)
  if (action === 'add')
    return add(context, typed, {
      names: [typedName(typed)],
      source: typed.value('source') ?? 'cli',
    })
  if (action !== 'import') throw invalid(`add, import or show; got "${printableLine(action, 60)}"`)
  const given = typed.value('format')
  const format = listFormats.find((known) => known === given)
  if (format === undefined) throw invalid(`--format ${listFormats.join(', ')}`)
  const names = readPeopleList(await readList(typed.positionals[0] ?? ''), format)
  return add(context, typed, { names, source: typed.value('source') ?? format })
}

function typedName(typed: ParsedArguments): ListedName {
  const [person = '', name = ''] = typed.positionals
  const from = typed.value('from')
  return {
    person,
    name,
    kind: typed.value('kind') ?? 'name',
    ...(from === undefined ? {} : { from }),
    ...(typed.flag('no-longer') ? { theirs: false } : {}),
  }
}

async function readList(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError('invalid_parameter', `the list cannot be read: ${why}`, { cause: thrown })
  }
}

async function add(
  { environment, stdout, stopping }: CommandContext,
  typed: ParsedArguments,
  { names, source }: { readonly names: readonly ListedName[]; readonly source: string },
): Promise<number> {
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  let recorded = 0
  for (let at = 0; at < names.length; at += batchMax) {
    const body = { source, names: names.slice(at, at + batchMax) }
    recorded += (await dataOf(api.POST('/v1/people', { body }))).recorded
  }
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ recorded })}\n`)
  else stdout.write(`${recorded} ${recorded === 1 ? 'name is' : 'names are'} recorded.\n`)
  return 0
}

async function show(
  { environment, stdout, stopping }: CommandContext,
  typed: ParsedArguments,
): Promise<number> {
  const api = openApi(await readApiAccess(environment), { signal: stopping })
  const [name = ''] = typed.positionals
  const at = typed.value('at')
  const query = at === undefined ? { name } : { name, at }
  const answer = await dataOf(api.GET('/v1/people', { params: { query } }))
  if (typed.flag('json')) {
    stdout.write(`${JSON.stringify(answer)}\n`)
    return 0
  }
  if (answer.people.length === 0) stdout.write('No list says whose name this is.\n')
  if (answer.conflict) stdout.write('This name is of more than one person at that time:\n')
  for (const known of answer.people) {
    const [person, alias, kind, source] = [known.person, known.name, known.kind, known.source].map(
      (text) => printableLine(text),
    )
    const time = `${known.from ?? 'always'} – ${known.until ?? 'now'}`
    stdout.write(`${person}  ${alias}  ${kind}  ${time}  (${source})\n`)
  }
  return 0
}

function invalid(expected: string): WhodidError {
  return new WhodidError('invalid_parameter', `"people" expected ${expected}`)
}
