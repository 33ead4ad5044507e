/** The certainty that a value under a name is a secret: a password, a key or token said to be one, or something of that name. */
export type NameStrength = 'password' | 'strong' | 'weak'

/** A name of a secret in a text. */
export interface SecretName {
  /** The start and the end of its last word: in `DB_PASSWORD`, that of PASSWORD. */
  readonly start: number
  readonly end: number
  readonly strength: NameStrength
  readonly word: string
}

const passwordWords =
  'passw(?:or)?d|passwort|passwd|passphrase|pass[ _-]?code|passe|pass|pwd|kennwort|contrase(?:\u00f1|n)a|senha|masterauth|rootpw|bindpw|pw|cvv2?|cvc|otp'
const strongWords =
  'phpsessid|connect\\.sid|_gitlab_session|j?session[ _-]?id(?==)|mnemonic|seed[ _-]?phrase|recovery[ _-]?(?:phrase|code)|_auth'
const keyOwners =
  'api|access|account|private|secret|signing|encryption|decryption|auth|subscription|functions?|master|licen[cs]e|storage|app|application|' +
  'client|consumer|hmac|webhook|deploy|session|service|integration|ingest|ssh|host|fernet|jwt'

/** The places at which a name may begin; one pass skips texts that have none. */
const seeds =
  /pass|pwd|secret|token|cred|key|jwt|pw|phpsess|connect\.sid|_gitlab_s|session|mnemonic|seed|recovery|_auth|kennwort|contrase|senha|masterauth|otp|cv[vc]/giu

/** A name's last word, with the suffixes that leave its meaning unchanged: `password2`, `token_value`. */
const nameWord = new RegExp(
  `(?:(${passwordWords})|(${strongWords})|secret[ _-]?key[ _-]?base|secret|token|credentials?|creds|jwt|(key))(?:[_-]?(?:value|string|text|plain|confirm(?:ation)?|\\d{1,2}))?`,
  'iuy',
)

/** Texts without any of these hold no name of a secret. */
export const nameTriggers: readonly string[] = [
  'pass',
  'pwd',
  'kennwort',
  'contrase',
  'senha',
  'masterauth',
  'rootpw',
  'bindpw',
  ...['pw', 'cvv', 'cvc', 'otp'].flatMap((name) => [
    `${name}=`,
    `${name}:`,
    `${name}"`,
    `${name} `,
    `${name}0`,
  ]),
  'secret',
  'token',
  'credential',
  'creds',
  'jwt',
  'sessid',
  'sessionid=',
  'session_id=',
  'connect.sid',
  '_gitlab_s',
  'mnemonic',
  ...['seed', 'recovery'].flatMap((name) =>
    [' ', '_', '-', ''].flatMap((joint) => [`${name}${joint}p`, `${name}${joint}c`]),
  ),
  '_auth',
  ...[
    ...keyOwners.replaceAll('[cs]', 's').replaceAll('s?', '').split('|'),
    'function',
    'licence',
  ].flatMap((name) => ['', '_', '-', ' '].map((joint) => `${name}${joint}key`)),
]

const keyOwner = new RegExp(`(?:${keyOwners})[ _-]?$`, 'iu')

/** The words before `secret` or `token`: `client_secret`, `access token`. */
const strongOwner =
  /(?:client|consumer|app|api|shared|webhook|signing|jwt|session|cookie|auth|oauth2?|hmac|access|aws|bot|refresh|bearer|security|identity|id|personal|deploy|registry|vault|github|gitlab|slack|npm)[ _-]?$/iu

/** Words before "token" and "key" that make it none: a language model's, a page's, a database's. */
const innocentOwner =
  /(?:max|min|num|next|prev(?:ious)?|first|last|page|paging|pagination|continuation|sync|resume|cursor|eos|bos|pad|sep|stop|special|mask|unk|per|prompt|completion|input|output|cached|reasoning|total|public|cancel(?:lation)?|primary|foreign|partition|sort|cache|idempotency|ecosystem|native|utility|erc20|governance|time.to.first)[ ._-]?$/iu

/** Characters before a name that are read to classify it. */
const ownerLengthMax = 24

/** The first name of a secret in a text at or after a place. Names that only sound so (`max_token`, `bypass`) are passed over. */
export function nextSecretName(text: string, from: number): SecretName | undefined {
  seeds.lastIndex = from
  for (let seed = seeds.exec(text); seed !== null; seed = seeds.exec(text)) {
    const start = seed.index
    nameWord.lastIndex = start
    const match = nameWord.exec(text)
    if (match === null) continue
    const end = start + match[0].length
    // `tokens`, `passed`: another word.
    if (isLetter(text.charCodeAt(end))) continue
    const strength = strengthOf(match, text)
    if (strength !== undefined) return { start, end, strength, word: match[0] }
  }
  return undefined
}

function strengthOf(match: RegExpExecArray, text: string): NameStrength | undefined {
  const [word, password, strong, key] = match
  const owner = text.slice(Math.max(0, match.index - ownerLengthMax), match.index)
  if (password !== undefined) return isWhole(password, word, owner) ? 'password' : undefined
  if (strong !== undefined) return 'strong'
  if (key !== undefined) return keyOwner.test(owner) ? 'strong' : undefined
  if (innocentOwner.test(owner)) return undefined
  if (strongOwner.test(owner)) return 'strong'
  // GITHUB_TOKEN, slackToken: said to be somebody's.
  return /[A-Za-z0-9][._-]?$/u.test(owner) ? 'strong' : 'weak'
}

/** A short word is a name only if it is not a part of another: `DB_PASS`, `dbPass`, not `bypass`. */
function isWhole(password: string, word: string, owner: string): boolean {
  if (password.length > 5 || /^pwd$|^passe$/iu.test(password))
    return password.toLowerCase() !== 'passe' || /de[ _-]?$/iu.test(owner)
  if (/(?:require|ssh|db|my|root|user|admin)$/iu.test(owner)) return true
  return !/[A-Za-z]$/u.test(owner) || (/[a-z]$/u.test(owner) && /^[A-Z][a-z]/u.test(word))
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
}
