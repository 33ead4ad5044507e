/*
 * Patterns that the OpenTelemetry Collector's redaction processor masks: RE2, for secrets of the kinds that Whodid's own redactor
 * hides. They are fewer: Whodid knows more issuers, and looks into encoded text too.
 */

/** Names of attributes whose value is masked. */
export const blockedKeys: readonly string[] = [
  '(?i)(password|passwd|passphrase|secret|authorization|cookie|private[._-]?key|api[._-]?key|access[._-]?key)$',
  '(?i)(auth|access|refresh|bearer|session|id)[._-]?token$',
]

/** What is masked in any value. */
export const blockedValues: readonly string[] = [
  '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[ A-Za-z0-9+/=\\r\\n-]*',
  'eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(\\.[A-Za-z0-9_-]*)?',
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_\\w{20,}',
  'gl(pat|dt|rt|cbt|ptt|oas|soat|ft)-[A-Za-z0-9_.-]{20,}',
  'npm_[A-Za-z0-9]{36,}',
  'xox[a-z](\\.[a-z]+)?-[A-Za-z0-9-]{10,}',
  '(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}',
  'AIza[A-Za-z0-9_-]{35}',
  '(sk|rk)_(live|test|prod)_[A-Za-z0-9]{10,}',
  'sk-[A-Za-z0-9_-]{20,}',
  'hv[sbr]\\.[A-Za-z0-9_-]{20,}',
  '(?i)\\b(bearer|basic)[ \\t]+[A-Za-z0-9._~+/-]{16,}=*',
  '(?i)(password|passwd|passphrase|secret|token|api[_-]?key)["\']?[ \\t]*[=:][ \\t]*["\']?[^\\s"\']{3,}',
  '(?i)[a-z][a-z0-9+.-]*://[^\\s/:@]+:[^\\s/@]+@',
  '\\b[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\\b',
]
