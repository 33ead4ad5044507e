import type { Verdict } from '@whodid/model'
import type { Evidence } from './evidence/evidence.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import type { Unheard } from './rules/cross-exporters.ts'
import type { Contradicted } from './rules/find-contradiction.ts'
import type { Hop } from './rules/join-path.ts'
import type { Testimony } from './rules/merge-versions.ts'
import type { Trail } from './rules/walk-trail.ts'

/** The grades given today. */
export type ClaimGrade = 'channel' | 'asserted' | 'inferred' | 'none' | 'contradicted'

/** Why two things on record cannot both be true. */
export type Contradiction =
  'conflicting_identity' | 'exporter_not_entitled' | 'simultaneous_actions'

/** Why the instance is open though the template is known. */
export type Doubt = 'conflicting_identity' | 'instance_of_another_template' | 'simultaneous_actions'

/** What the evidence comes to. The rest of this package puts it into words. */
export interface Decision extends Contradicted {
  readonly evidence: Evidence
  readonly verdict: Verdict
  readonly grade: ClaimGrade
  /** The instance, `user.id` or service that acted; '' when undetermined. */
  readonly actorId: string
  /** Of the acting agent; '' when nobody says, or it is no agent. */
  readonly instance: string
  readonly template: string
  /** The instance, also where it is in doubt: whose records are looked at for what led to the act. */
  readonly claimedInstance: string
  readonly delegator: string
  readonly delegatorType: string
  /** Who speaks for each claim; undefined when nobody does. */
  readonly speakers: Readonly<Record<ClaimName, EvidenceRecord | undefined>>
  readonly grades: Readonly<Record<ClaimName, ClaimGrade>>
  /** Whether only the steps of the act's run name the agent. */
  readonly isNamedBySteps?: boolean
  readonly conflictingDelegators: readonly EvidenceRecord[]
  /** By key, the records of the trail whose identity was written over, and who speaks for them. */
  readonly overwritten: ReadonlyMap<string, EvidenceRecord>
  /** The subject and its ancestors in its trace, nearest first, as far as they are heard. */
  readonly trail: Trail
  /** What stands above the trail and is not heard; undefined when all is. */
  readonly unheard: Unheard | undefined
  /** The trail and on, across traces, outwards; the first is the subject. */
  readonly path: readonly Hop[]
  /** What the records under a key that settle something about the actor say together; undefined when there is none. */
  readonly testimony: (key: string) => Testimony | undefined
  /** Whether the record's exporter may speak for the actor. */
  readonly isOwn: (record: EvidenceRecord) => boolean
}

/** The claims a verdict is made of. */
export type ClaimName = 'actor' | 'instance' | 'template' | 'delegator'
