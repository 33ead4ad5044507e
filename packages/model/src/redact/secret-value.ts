/** Values after a secret's name that are no secret: kept, so that an empty or a templated setting stays readable. */
const placeholder = [
  'null|undefined|true|false|none|nil|\\*+|\u2022+|\\.{3,}|x{3,16}|-{3,}|_{3,}',
  // Templates and variables of shells, frameworks, SQL and format strings.
  '\\$\\{?[\\w.]+(?:[:-][^}]*)?\\}?|\\$\\{\\{[^}]*\\}\\}|\\$\\([^)]*\\)?|\\$[A-Za-z]\\w*(?:(?:->|::|\\.)\\w+)*|<[^>]*>|%\\w+%|%[sdrqv]|%\\([\\w.]+\\)s',
  '\\{\\{[^}]*\\}?\\}?|\\{[\\w.$]*\\}|#\\{[^}]*\\}|@[A-Z_]+@|:[a-z_]+|<%=?[^%]*%>|\\[[A-Za-z_ -]{1,40}\\]|\\{[a-z_]+(?:\\.[a-z_]+)*(?:![rsa])?\\}',
  '\\[redacted(?::[\\w ]+)?\\]?|\\(?(?:redacted|hidden|masked|removed|secret|sensitive|filtered|omitted|encrypted|not set|unset|empty)\\)?',
  '(?:your|my|the|some|insert|replace|enter|put|add|change)[-_ ]?(?:own[-_ ])?[\\w -]{0,40}(?:here|me|this|token|key|secret|password|value|api)[\\w -]{0,20}',
  '(?:changeme|change[-_]me|replace[-_]?me|todo|tbd|n/a|example|dummy|placeholder|fake|sample)(?:[-_][a-z]{1,12}){0,3}',
].join('|')
const isPlaceholder = new RegExp(`^(?:${placeholder})$`, 'iu')
/** `YOUR_TOKEN`, `API_KEY`: the name of a variable. */
const constantName = /^[A-Z]{2,16}(?:_[A-Z]{2,16}){1,6}$/u

/** The name of a place where a secret is kept: a reference is no secret. */
const reference =
  /^(?:arn:|op:\/\/|vault:|ssm:|gsm:|asm:|secrets?manager[:/]|sops:|env[:.(]|ENV[[(]|file:|secret:\/\/|keyring:|awssm:|kms:|!\w+|@Microsoft\.KeyVault|\/(?:run|etc|var|opt|srv|home|usr|mnt|tmp)\/|\.{1,2}\/|\/(?:[a-z][a-z0-9_.-]*\/)+[\w.-]*$|~\/|[A-Za-z]:\\|projects\/|https?:\/\/[^\s:@?]+$)/u

/** An expression that fetches a secret, in any language. */
const expression =
  /^(?:await\b|new\b|async\b|function\b|lambda\b|process\.env|os\.(?:environ|getenv)|import\.meta|Deno\.env|System\.|env\.|ctx\.|self\.|this\.|req(?:uest)?\.|res(?:ponse)?\.|config\.|cfg\.|settings\.|options?\.|opts\.|params?\.|props\.|args\.|body\.|headers?\.|data\.|user\.|session\.|secrets\.|vars?\.|[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)*[([{<])|^(?:[A-Za-z_$]+(?:\.|\?\.|::|->))+[A-Za-z_$]+[!;,)]*$/u

/** An identifier that is named after what it holds: `password=password`, `token: accessToken`. */
const ownName = /^[A-Za-z_$][A-Za-z_$.]*$/u
const namesSecret = /passw|pwd|secret|token|cred|key|auth|user|pass$|bearer|session/iu

const types =
  'string|str|text|varchar|char|number|int|integer|bool|boolean|bytes?|buffer|object|any|unknown|optional|option|uuid|date|array|list|map|dict|secretstr|jwt|opaque|float|double|char|blob|bearer|basic|apikey|oauth2?|oidc|saml|http|header|query|cookie'
const words =
  'please|required|missing|invalid|incorrect|wrong|expired|empty|unset|set|hidden|masked|redacted|secret|password|token|key|value|values|changed|updated|reset|field|input|here|yes|no|ok|okay|valid|' +
  'accepted|rejected|failed|failure|success|succeeded|default|private|public|protected|readonly|sensitive|encrypted|hashed|must|should|will|can|cannot|may|might|the|an|your|my|this|that|to|for|is|are|was|were|be|not|see|' +
  'use|used|using|same|enter|forgot|forgotten|type|policy|page|based|auth|authentication|authorization|strength|length|manager|rotation|rotated|revoked|refresh|refreshed|granted|denied|found|provided|given|only|and|or|but|' +
  'with|without|from|into|in|on|at|by|as|of|it|its|if|when|then|than|which|who|what|how|flag|option|argument|parameter|parameters|instead|before|after|because|protection|recovery|prompt|hash|hashes|store|stored|storage|' +
  'generated|generator|created|deleted|removed|exists|check|checks|checked|checking|validation|verification|verified|change|update|updates|pending|active|inactive|disabled|enabled|unknown|error|errors|login|user|username|' +
  'email|new|old|current|previous|confirm|confirmation|mismatch|matches|match|bucket|limit|limits|count|counts|usage|budget|window|stream|price|sale|scope|scopes|lifetime|endpoint|exchange|ring|parser|expiry|issuer|claims|include|same-origin|omit|inherit'
const word = new RegExp(`^(?:${types}|${words})$`, 'iu')

/** Words of digits and letters that are names all the same: algorithms, versions, counts, steps. */
const technical =
  /^(?:sha-?\d|md[45]|base-?\d\d|utf-?\d|oauth|pbkdf|argon|bcrypt|scrypt|https?|ed25519|curve25519|x509|[rehp]s(?:256|384|512)|rsa-?\d|aes|des3|ntlm|ldap|1password|web\d|python\d|node\d|ipv\d|erc-?\d|eip-?\d|rfc-?\d|iso-?\d|pkcs|tls|ssl|windows\d|win\d|v?\d+(?:\.\d+)+|(?:step|line|col|column|field|input|test|case|user|page|item|section|chapter|table|figure|part|phase|stage|level|version|option|type|example|v|p|h|q)-?\d+$|\d+(?:-|%|(?:st|nd|rd|th|x|ms|s|m|h|d|kb|mb|gb|k|chars?|days?|hours?|minutes?|seconds?|weeks?|months?|years?|digits?|characters?|words?|attempts?|times|tokens?|bits?|bytes?|fa)\b))/iu

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/iu

/** Returns true when a value stands for a secret and is none: a placeholder, a reference to a vault, code, a word about it. */
export function isInnocentValue(value: string): boolean {
  return (
    isPlaceholder.test(value) ||
    constantName.test(value) ||
    reference.test(value) ||
    expression.test(value) ||
    isWord(value) ||
    isOwnName(value)
  )
}

/** As {@link isInnocentValue}, for what stands in quotes: code does not, so that only names of things are left. */
export function isInnocentText(value: string): boolean {
  const bare = value.replace(/^(?:bearer|basic|token)\s+/iu, '')
  return (
    isPlaceholder.test(bare) || constantName.test(bare) || reference.test(value) || isWord(value)
  )
}

/** A word of the language, of a type system, or of what is said about secrets. */
export function isWord(value: string): boolean {
  return word.test(value)
}

function isOwnName(value: string): boolean {
  return ownName.test(value) && namesSecret.test(value)
}

/** Returns true when a word looks like a chosen password: letters and a digit or a symbol among them. */
export function looksLikePassword(value: string): boolean {
  if (value.length < 5 || technical.test(value) || uuid.test(value)) return false
  if (
    /^[\w.+-]+@[\w-]+\.[\w.-]+$/u.test(value) ||
    /^[\w.-]+\.(?:[a-z]{1,4}|html|json|yaml)$/iu.test(value)
  )
    return false
  if (!/[A-Za-z\u00c0-\uffff]/u.test(value))
    return /^[\d!@#$%^&*-]{6,}$/u.test(value) && /[!@#$%^&*]/u.test(value)
  return /\d/u.test(value) || /[!@#$%^&*?~+=]/u.test(value.slice(0, -1))
}

/** Returns true when a word looks random: long enough, and letters and digits mixed, as no word or name has them. */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || technical.test(value)) return false
  if (!/\d/u.test(value) || !/[A-Za-z]/u.test(value)) return false
  // Names of resources: words, with a number at the end or in the midst (`build-42`, `web-1.example`).
  return value.length >= 16
    ? !/^[a-z]+(?:[-_./:][a-z]+)*[-_./:]?v?\d{0,4}$/iu.test(value)
    : !/^[a-z]+(?:[-_./:][a-z]+)*[-_./:]?v?\d{1,4}$/iu.test(value) &&
        !/^[a-z\d]+(?:[-_./:]+[a-z\d]+)+$/u.test(value)
}
