import { patternRule } from './secret-rule.ts'
import type { SecretRule, Sighting } from './secret-rule.ts'
import { isInnocentText, isInnocentValue, isWord, looksRandom } from './secret-value.ts'

const schemes =
  'bearer|basic|token|digest|negotiate|apikey|api-key|ntlm|bot|key|sso|ssws|geniekey|splunk|oauth|hawk|sharedaccesssignature|sharedkey(?:lite)?|aws4-hmac-sha256|mac|pve(?:api)?token|snowflake token="?|app|klaviyo-api-key|sentry|shared'

/** Secrets in headers and in addresses. */
export const headerRules: readonly SecretRule[] = [
  // scheme://user:password@host and scheme://token@host; a password may itself hold an @.
  patternRule({
    needs: [['@'], ['://']],
    pattern: /(:\/\/[^\s/@:"'<>]{0,256}:)([^\s/"'<>]{1,512})(?=@)/gu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentText(secret),
  }),
  patternRule({ needs: [['@'], ['://']], pattern: /(:\/\/)([\w-]{20,512})(?=@)/gu, kind: 'token' }),
  // A password with a slash in it, which no address should hold and many do.
  patternRule({
    needs: [['@'], ['://']],
    pattern:
      /(:\/\/[\w.%-]{1,64}:)([^\s@:"'<>]{1,128}\/[^\s@:"'<>]{0,128})(?=@[\w.-]{1,253}(?:[:/?\s"']|$))/gu,
    kind: 'password',
    accept: ({ secret }) => !/^\d{1,5}\//u.test(secret) && !isInnocentText(secret),
  }),
  // jdbc:oracle:thin:scott/tiger@host, sqlplus scott/tiger@db
  patternRule({
    needs: [['jdbc:oracle', 'sqlplus']],
    pattern:
      /((?:jdbc:oracle:\w{2,8}:|sqlplus(?: -\w{1,2}){0,3} )["']?\w{1,64}\/)([^\s@"']{2,128})(?=@|\s|$)/giu,
    kind: 'password',
  }),
  patternRule({
    needs: [['authorization']],
    pattern: new RegExp(
      `(\\bauthorization\\\\{0,7}["']?[ \\t]{0,16}[:=,][ \\t]{0,16}(?:[\\[(](?!redacted:))?\\\\{0,7}["']?(?:(?:${schemes})[ \\t]{1,4})?)([^\\s"'\\\\,;]{4,})`,
      'giu',
    ),
    kind: 'authorization',
    accept: acceptAuthorization,
  }),
  // The signature of a request, in the parameters of its Authorization header or of its address.
  patternRule({
    needs: [['signature', 'sig=', 'response=', 'mac=', 'oauth_token', 'hmac']],
    pattern:
      /((?<![\w-])(?:(?:x-amz-|x-goog-|oauth_|x-hub-|x-slack-|x-ms-|hmac[_-]?)?signature|sig|response|mac|oauth_token|hmac)["']?=["']?(?:v\d=|sha\d{1,3}=)?)([\w+/%.~=-]{16,2048})/giu,
    kind: 'signature',
    accept: ({ secret }) => looksSigned(secret),
  }),
  patternRule({
    needs: [
      ['x-amz-', 'x-goog-'],
      ['credential', 'security-token'],
    ],
    pattern:
      /((?<![\w-])x-(?:amz|goog)-(?:credential|security-token)[=:] ?)([\w+/%.~=@-]{8,4096})/giu,
    kind: 'credential',
  }),
  // A code or a key of an address's query: an OAuth code, an Azure function's key.
  patternRule({
    needs: [['code=', 'assertion=', 'ticket=', 'key=', 'auth=', '-key:', '_key=']],
    pattern:
      /((?<=^|[?&;#\s"'])(?:code|client_assertion|assertion|samlresponse|ticket|key|auth|x-[\w-]{0,32}key)[=:] ?)([\w+/%.~=-]{16,8192})/giu,
    kind: 'token',
    accept: ({ secret }) => looksRandom(secret) && !isInnocentValue(secret) && !isHash(secret),
  }),
  patternRule({
    needs: [['bearer ', 'bearer\t']],
    pattern: /(\bbearer[ \t]+)([\w.~+/-]{16,}=*)/giu,
    kind: 'bearer',
    accept: ({ secret }) => /\d/u.test(secret) && !isInnocentValue(secret),
  }),
  patternRule({
    needs: [['basic ', 'basic\t']],
    pattern: /(\bbasic[ \t]+)([A-Za-z0-9+/]{8,4096}={0,2})/giu,
    kind: 'basic',
    accept: ({ secret }) => isBasicCredential(secret),
  }),
  // Docker's and npm's files: user and password in base64.
  patternRule({
    needs: [['auth"', "auth'", 'auth:', 'auth=']],
    pattern:
      /(["'_]auth["']?[ \t]{0,8}[:=][ \t]{0,8}["']?)([A-Za-z0-9+/]{8,4096}={0,2})(?![\w+/-])/gu,
    kind: 'basic',
    accept: ({ secret }) => isBasicCredential(secret),
  }),
  patternRule({
    needs: [['cookie']],
    pattern:
      /(\b(?:set-)?cookie\\{0,7}["']?[ \t]{0,16}[:,=][ \t]{0,16}(?:[[(](?!redacted:))?\\{0,7}["']?)([^\r\n"'\\]{4,})/giu,
    kind: 'cookie',
    accept: acceptCookie,
  }),
]

function acceptAuthorization({ before, secret }: Sighting): boolean {
  if (isInnocentText(secret) || isInnocentValue(secret)) return false
  const hasScheme = new RegExp(`(?:${schemes})[ \\t]{1,4}$`, 'iu').test(before)
  return hasScheme ? !isWord(secret) : /\d/u.test(secret) || secret.length >= 24
}

/** A cookie is a pair, or one long word; anything else is prose about cookies. */
function acceptCookie({ before, secret }: Sighting): boolean {
  if (isInnocentText(secret)) return false
  if (/cookie=$/iu.test(before)) return /^\S{16,}$/u.test(secret) && looksRandom(secret)
  return /^[\w!#$%&*.^|~+-]{1,128}=[^\s]/u.test(secret) || /^[^\s(),]{16,}/u.test(secret)
}

function looksSigned(value: string): boolean {
  return /\d/u.test(value) && /[A-Za-z]/u.test(value) && !isInnocentValue(value)
}

function isHash(value: string): boolean {
  return /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$/iu.test(value)
}

/** Returns true when base64 holds a name, a colon and characters that can be typed. */
function isBasicCredential(encoded: string): boolean {
  return /^[^:\p{Cc}]{0,256}:[^\p{Cc}]{1,}$/u.test(
    Buffer.from(encoded, 'base64').toString('latin1'),
  )
}
