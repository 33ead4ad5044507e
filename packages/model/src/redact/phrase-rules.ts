import { trimEnd } from '../printable.ts'
import { patternRule } from './secret-rule.ts'
import type { SecretRule } from './secret-rule.ts'
import { isInnocentText, isInnocentValue, looksLikePassword } from './secret-value.ts'

/** Secrets in phrases of languages and protocols, that no name of a secret stands right before. */
export const phraseRules: readonly SecretRule[] = [
  // Credentials in one word: "log in with admin/hunter2".
  patternRule({
    needs: [['log in ', 'login ', 'logged in ', 'sign in ', 'log in:', 'login:']],
    pattern:
      /((?:log(?:ged)?[ -]?in|sign[ -]?in)(?: (?:as|with|using|to [\w.-]{1,40} (?:as|with)))?:?[ \t]{1,4}["'`]?[\w.@-]{2,40}(?: ?[/:] ?| and ))([^\s"'`/:]{5,64})/giu,
    kind: 'password',
    accept: ({ secret }) => {
      const value = trimEnd(secret, '.,;:!?)')
      return looksLikePassword(value) && !isInnocentValue(value) && value.length
    },
  }),
  patternRule({
    needs: [['identified ']],
    pattern:
      /(\bidentified(?:[ \t]{1,4}with[ \t]{1,4}[\w`'"]{1,40})?[ \t]{1,4}(?:by|as)(?:[ \t]{1,4}password)?[ \t]{1,4}["'])([^"'\n]{3,512})/giu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentText(secret),
  }),
  // .netrc: login and password, in one line or several.
  patternRule({
    needs: [['login'], ['password']],
    pattern: /(\blogin[ \t]{1,8}\S{1,256}\s{1,16}password[ \t]{1,8})(\S{2,4096})/giu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentValue(secret),
  }),
  // .pgpass: host:port:database:user:password.
  patternRule({
    needs: [[':000', ':*:']],
    pattern:
      /(?<=^|\n)([\w.*-]{1,255}:(?:\d{3,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}:)([^\s:]{3,512})(?=$|\r?\n)/gu,
    kind: 'password',
  }),
  // A command of a mail's, a file's or a cache's protocol.
  patternRule({
    needs: [['\npass ', '\nauth ']],
    pattern: /(?<=^|\n)((?:PASS|AUTH(?: default)?)[ \t])([^\s/]{5,256})(?=$|\r?\n)/gu,
    kind: 'password',
    accept: ({ secret }) => looksLikePassword(secret) && !/\.(?:test|spec)\./u.test(secret),
  }),
  patternRule({
    needs: [['convertto-securestring']],
    pattern:
      /(ConvertTo-SecureString[ \t]{1,8}(?:-String[ \t]{1,8})?["']?)([^\s"'$-][^\s"']{2,})/giu,
    kind: 'password',
  }),
]
