/** The kinds of what a clue may lead to: those of handles, and what several records have in common. */
export const candidateKinds = [
  'trace',
  'span',
  'action',
  'instance',
  'template',
  'delegator',
  'correlation',
  'credential',
  'resource',
  'session',
  'conversation',
  'tool',
  'prompt',
  'resources',
  'text',
  'acts',
] as const
export type CandidateKind = (typeof candidateKinds)[number]

/** Why a candidate was found, or why a name is one that may have been meant. */
export const matchCodes = [
  'is_the_name',
  'other_form_of_the_name',
  'begins_with_it',
  'contains_it',
  'in_attributes',
  'in_text',
  'in_the_time',
  'same_trace',
  'holds_it',
  'near_in_spelling',
] as const
export type MatchCode = (typeof matchCodes)[number]

/** Where a clue was looked for. */
export const searchPlaces = [
  'index',
  'resources',
  'people',
  'records',
  'attributes',
  'texts',
  'time',
] as const
