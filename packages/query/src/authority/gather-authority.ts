import type { AuthorityAnswer, QuestionCost, Reason } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { RevocationLookup } from '../who-did/answer/attach-revocation.ts'
import type { AuthorityQuestion } from './question.ts'
import { readFacts, templateOf } from './read-facts.ts'
import type { InstanceFacts } from './read-facts.ts'
import { readLineage } from './read-lineage.ts'
import type { Ancestor } from './read-lineage.ts'
import { noVersion, readVersion } from './read-version.ts'
import type { RegistryPart } from './read-version.ts'
import { stopsInForce } from './stops-in-force.ts'
import type { StoppableNames } from './stops-in-force.ts'

/** The sources of the facts. */
export interface GatheringSources {
  readonly selector: Selector
  /** Without them it is not known if the instance was stopped. */
  readonly revocations?: Pick<RevocationLookup, 'stopsOf'> | undefined
}

/** The facts that an answer on authority rests on. */
export interface GatheredAuthority {
  readonly facts: InstanceFacts
  readonly ancestors: readonly Ancestor[]
  readonly registry: RegistryPart
  readonly stops: AuthorityAnswer['stops']
  readonly knowsStops: boolean
  /** The reasons that keep the list of ancestors from being whole. */
  readonly unknowns: readonly Reason[]
  readonly costs: readonly QuestionCost[]
}

/** Gathers the facts on an instance as of an instant. Throws the errors of `Selector.select`. */
export async function gatherAuthority(
  { selector, revocations }: GatheringSources,
  tenant: string,
  { instance, at }: Pick<AuthorityQuestion, 'instance' | 'at'>,
): Promise<GatheredAuthority> {
  const { facts, cost } = await readFacts(selector, tenant, { id: instance, at })
  const lineage = await readLineage(selector, tenant, { start: { instance, facts }, at })
  const template = templateOf(facts)
  const registry =
    template === undefined ? noVersion : await readVersion(selector, tenant, { template, at })
  const names = namesOf(instance, facts, lineage.ancestors)
  return {
    facts,
    ancestors: lineage.ancestors,
    registry,
    stops: revocations === undefined ? [] : stopsInForce(revocations, tenant, { names, at }),
    knowsStops: revocations !== undefined,
    unknowns: lineage.unknowns,
    costs: [cost, ...lineage.costs, ...registry.costs],
  }
}

function namesOf(
  instance: string,
  facts: InstanceFacts,
  ancestors: readonly Ancestor[],
): StoppableNames {
  const { delegators, tasks, delegations, credentials } = facts
  return {
    instance,
    ancestors: ancestors.map((ancestor) => ancestor.instance),
    template: templateOf(facts),
    ancestorTemplates: ancestors.flatMap((ancestor) => templateOf(ancestor.facts) ?? []),
    delegations: delegations.flatMap(({ id, parent }) => [id, parent]),
    credentials: credentials.map(({ id }) => id),
    delegators,
    tasks,
  }
}
