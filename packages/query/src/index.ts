export { describeAuthority } from './authority/describe-authority.ts'
export { parseAuthorityQuestion, toolLengthMax } from './authority/question.ts'
export { templateInForce } from './registry/template-in-force.ts'
export { find } from './find/find.ts'
export { parseCount, parsePageLimit } from './questions/parse-parameters.ts'
export { candidatesLimit, clueTakenMax, parseFindQuestion } from './find/question.ts'
export { clueLengthMax } from './find/clue/read-clue.ts'
export { describeName } from './people/describe-people.ts'
export { createPeopleBook, versionsMax } from './people/people-book.ts'
export { personIn } from './people/person-in.ts'
export type { PeopleBook, PeopleRead } from './people/people-book.ts'
export type { NameOfPerson, People } from './people/people.ts'
export { checkpointsMax, listCheckpoints } from './proof/list-checkpoints.ts'
export { proveAction } from './proof/prove-action.ts'
export { accessLogMax, listAccessLog, parseAccessLogLimit } from './questions/access-log.ts'
export {
  caseEntriesMax,
  casesMax,
  countCaseEntries,
  listCases,
  parseCaseId,
  parseCasesLimit,
  readCaseEntries,
  shapeCaseEntry,
} from './questions/cases.ts'
export { blastRadius, resourcesLimit } from './questions/blast-radius/blast-radius.ts'
export { parseBlastRadiusQuestion } from './questions/blast-radius/blast-radius.ts'
export {
  completenessRecordsMax,
  describeCompleteness,
} from './questions/completeness/completeness.ts'
export { parseCompletenessQuestion } from './questions/completeness/completeness.ts'
export { describeDelegator } from './questions/describe-delegator/describe-delegator.ts'
export { latestActsLimit, parseDelegatorQuestion } from './questions/describe-delegator/question.ts'
export { describeInstance, timelineLimit } from './questions/describe-instance/describe-instance.ts'
export { parseInstanceQuestion } from './questions/describe-instance/describe-instance.ts'
export { ghosts } from './questions/ghosts/ghosts.ts'
export { ghostsLimit, parseGhostsQuestion } from './questions/ghosts/question.ts'
export { listActions } from './questions/list-actions/list-actions.ts'
export { actionsLimit, parseActionsQuestion } from './questions/list-actions/question.ts'
export type { ActionsQuestion, RawActionsQuestion } from './questions/list-actions/question.ts'
export {
  listTemplates,
  parseTemplatesQuestion,
  templatesLimit,
} from './questions/list-templates/list-templates.ts'
export { listRegistry, parseRegistryQuestion, registryLimit } from './registry/list-registry.ts'
export { tail, tailStepMax } from './questions/tail.ts'
export type { TailedRecord } from './questions/tail.ts'
export type { DecisionRules } from './who-did/evidence/evidence.ts'
export { parseQuestion } from './who-did/question.ts'
export type { Question, RawQuestion } from './who-did/question.ts'
export { checkMany, handlesMax, whoDidMany } from './who-did/who-did-many.ts'
export type { HandleOutcome, RawManyQuestion } from './who-did/who-did-many.ts'
export { whoDid } from './who-did/who-did-answer.ts'
export { whoDidOnEvidence } from './who-did/who-did.ts'
export type { EvidencedAnswer } from './who-did/who-did.ts'
export type { WhoDidSources } from './who-did/who-did-sources.ts'
