import { cardRule } from './card-rule.ts'
import { commandRules } from './command-rules.ts'
import { headerRules } from './header-rules.ts'
import { manifestRule } from './manifest-rule.ts'
import { namedSecrets } from './named-secrets.ts'
import { phraseRules } from './phrase-rules.ts'
import type { SecretRule } from './secret-rule.ts'
import { tokenRules } from './token-rules.ts'

/** Every rule, those that know a secret by its own form first. Of two that see the same secret the first names it. */
export const secretRules: readonly SecretRule[] = [
  ...tokenRules,
  ...headerRules,
  namedSecrets,
  ...phraseRules,
  manifestRule,
  ...commandRules,
  cardRule,
]
