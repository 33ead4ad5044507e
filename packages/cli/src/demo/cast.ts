/** Everyone and everything that the incident is about. Nothing in it is a secret. */
export const cast = {
  repository: 'acme/app',
  identityProvider: 'https://id.acme.example',
  /** The engineer whose token is borrowed. */
  dev: 'dev@acme.example',
  /** Another engineer, who uses the same agent for something else. */
  sam: 'sam@acme.example',
  triagePrompt: 'Triage the open issues of acme/app',
  samPrompt: 'Triage issue 903 of acme/app and thank the reporter',
  poisonedIssue: 901,
  mergedByAgent: 812,
  mergedByHand: 815,
  billedCustomer: 7,
} as const

/** The canonical names of what is touched. */
export const issueResource = (number: number): string => `github:issue:${cast.repository}/${number}`
export const pullResource = (number: number): string => `github:pull:${cast.repository}/${number}`
export const customerResource = (id: number): string => `db:row:shop/customers/${id}`
