import { patternRule } from './secret-rule.ts'
import type { SecretRule } from './secret-rule.ts'
import { vendorTokenRules } from './vendor-tokens.ts'

/** Before a token that begins with so common a thing as `s.`: what can stand before a value. */
const openers = ['\n', ' ', '\t', '"', "'", '`', '=', ':', '(', '[', '/', ',', '>']

/**
 * Secrets that are known by their own form, in any context: tokens of known issuers, JSON web tokens, private keys.
 *
 * Every pattern is linear in the text: it starts with a literal or a bounded class, and any part that can run long either
 * succeeds and is consumed, or cannot be entered twice from the same run (a look-behind on the same class, or a bound).
 */
export const tokenRules: readonly SecretRule[] = [
  patternRule({
    needs: [['-----begin ']],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/gu,
    kind: 'private_key',
  }),
  patternRule({
    needs: [['private-lines:']],
    pattern: /(Private-Lines: \d{1,4}\s{1,4})([A-Za-z0-9+/=\s]{16,})/gu,
    kind: 'private_key',
  }),
  // A JSON web key: the members that are private, or the key itself of a symmetric one.
  patternRule({
    needs: [['"kty"']],
    pattern: /("(?:d|p|q|dp|dq|qi|k)"[ \t]{0,8}:[ \t]{0,8}")([\w-]{16,})(?=")/gu,
    kind: 'private_key',
  }),
  patternRule({
    needs: [['eyj']],
    pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+/gu,
    kind: 'jwt',
  }),
  ...vendorTokenRules,
  patternRule({
    needs: [['xox']],
    pattern: /xox[a-z](?:\.[a-z]+)?-[\w-]{10,}/gu,
    kind: 'slack_token',
  }),
  patternRule({
    needs: [['akia', 'asia', 'abia', 'acca', 'a0t']],
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])/gu,
    kind: 'aws_key',
  }),
  patternRule({ needs: [['ya00.']], pattern: /\bya29\.[\w-]{20,}/gu, kind: 'google_token' }),
  patternRule({
    needs: [['0//0']],
    pattern: /(?<![\w/.-])1\/\/0[\w-]{38,}/gu,
    kind: 'google_token',
  }),
  patternRule({
    needs: [['sk-']],
    pattern: /(?<![A-Za-z0-9])sk-[\w-]{20,}/gu,
    kind: 'openai_key',
    // `task-` and `desk-` are kept by the look-behind, kebab-case words by the want of a digit.
    accept: ({ secret }) => /\d/u.test(secret),
  }),
  patternRule({
    needs: [['sk_']],
    pattern: /(?<![A-Za-z0-9_])sk_[A-Za-z0-9]{32,}(?![\w-])/gu,
    kind: 'api_key',
    accept: ({ secret }) => /\d/u.test(secret),
  }),
  // The old form of Vault's tokens.
  patternRule({
    needs: [openers.map((opener) => `${opener}s.`)],
    pattern: /(?<![\w.-])s\.[A-Za-z0-9]{24}(?![\w.-])/gu,
    kind: 'vault_token',
    accept: ({ secret }) => /\d/u.test(secret) && /[A-Za-z]/u.test(secret.slice(2)),
  }),
  patternRule({
    needs: [['secret_']],
    pattern: /(?<![A-Za-z0-9_])secret_[A-Za-z0-9]{40,}/gu,
    kind: 'notion_token',
  }),
  // Telegram: the bot's number, then 35 characters.
  patternRule({
    needs: [['0:aa']],
    pattern: /(?<!\d)\d{6,12}:AA[\w-]{32,}/gu,
    kind: 'telegram_token',
  }),
  patternRule({
    needs: [['jqqj00']],
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{30,64}JQQJ99[A-Za-z0-9]{20,}/gu,
    kind: 'azure_key',
  }),
  // An application's secret of Entra ID has these two characters in the midst.
  patternRule({
    needs: [['0q~']],
    pattern: /(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,}/gu,
    kind: 'azure_secret',
  }),
  patternRule({
    needs: [openers.map((opener) => `${opener}a0-`)],
    pattern: /(?<![\w-])A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}(?![\w-])/gu,
    kind: 'onepassword_key',
  }),
  patternRule({
    needs: [['_mmk']],
    pattern: /(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)/gu,
    kind: 'maxmind_key',
  }),
  patternRule({
    needs: [['.0', '.a', '.b', '.c', '.d', '.e', '.f'], ['pat']],
    pattern: /(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/gu,
    kind: 'airtable_token',
  }),
  patternRule({
    needs: [['nral']],
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{30,42}NRAL(?![A-Za-z0-9])/gu,
    kind: 'newrelic_key',
  }),
  patternRule({
    needs: [['-us0']],
    pattern: /(?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])/gu,
    kind: 'mailchimp_key',
  }),
  // Discord: the bot's number in base64, a time, a digest.
  patternRule({
    needs: [['discord', 'bot ', 'token']],
    pattern: /(?<![\w.-])[MNO][A-Za-z\d]{22,27}\.[\w-]{6}\.[\w-]{27,}/gu,
    kind: 'discord_token',
  }),
]
