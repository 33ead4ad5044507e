import { patternRule } from './secret-rule.ts'
import type { SecretRule } from './secret-rule.ts'
import { isInnocentText, isInnocentValue } from './secret-value.ts'

/** Commands that take a password in their arguments: their names, and what precedes it. */
type Row = readonly [commands: string, flags: readonly string[], before: string, within?: string]

/** Characters of a command's line that are searched for its flag. */
const reach = '[^\\n]{0,200}?'
/** The same where another such search follows: the two multiply. */
const near = '[^\\n]{0,16}?'
/** Between two arguments, in a line or in a list of them. */
const gap = `["']?[ \\t,]{1,8}["']?`
const argument = `(?:"[^"\\n]{3,256}|'[^'\\n]{3,256}|[^\\s"'\`,;|&<>]{3,256})`

const rows: readonly Row[] = [
  [
    'mysql mysqldump mysqladmin mysqlimport mysqlsh mariadb mariadb-dump mycli',
    ['-p'],
    `${gap}-p(?=[^\\s"'-])`,
  ],
  [
    'mysql mysqldump mysqladmin mysqlimport mysqlsh mariadb mariadb-dump mycli',
    ['-p'],
    `[ \\t]-p(?=["'])`,
  ],
  ['sshpass', ['-p'], `${gap}-p[ \\t"',]{0,4}`],
  ['mongo mongosh mongodump mongorestore mongoexport mongoimport cqlsh', ['-p'], `${gap}-p${gap}`],
  [
    'docker podman helm oc az buildah skopeo nerdctl crane cf',
    ['login'],
    `${gap}login${reach}${gap}(?:-p|--password)${gap}`,
    near,
  ],
  ['sqlcmd bcp osql isql', ['-p'], `${gap}-P[ \\t"',]{0,4}`],
  ['redis-cli keydb-cli valkey-cli', ['-a', '--pass'], `${gap}(?:-a|--pass)${gap}`],
  ['ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd', ['-w'], `${gap}-w${gap}`],
  ['7z 7za unrar rar zip unzip', [' -p', '"-p'], `${gap}-[pP][ \\t]?`],
  ['ipmitool', ['-p'], `${gap}-P${gap}`],
  ['snmpwalk snmpget snmpset', ['-a', '-x'], `${gap}-[AX]${gap}`],
  [
    'htpasswd',
    [' -', '"-'],
    `${gap}-\\w{0,6}b\\w{0,6}${gap}[^\\s"',]{1,128}${gap}[^\\s"',]{1,64}${gap}`,
  ],
  ['openssl keytool', ['pass:'], `pass:`],
  ['keytool jarsigner', ['pass'], `${gap}-(?:store|key)pass${gap}`],
  [
    'rabbitmqctl',
    ['_user', 'password'],
    `${gap}(?:add_user|change_password|authenticate_user)${gap}[^\\s"',]{1,64}${gap}`,
  ],
  ['net', ['net user'], `${gap}user${gap}[\\w.-]{1,64}${gap}(?=[^\\s/])`],
  ['net', ['/user:'], `${gap}use${reach}/user:[^\\s]{1,64}${gap}`, near],
  ['smbclient rpcclient crackmapexec', ['%'], `${gap}-U${gap}[^\\s%"']{1,64}%`],
  ['vault', ['vault login'], `${gap}login${gap}(?:token=)?(?=[^\\s-][^\\s"']{7})`],
  ['bw', ['bw login', 'bw unlock'], `${gap}(?:login${gap}[^\\s"']{3,128}|unlock)${gap}`],
  ['lftp ncftp', ['-u'], `${gap}-u${gap}[^\\s,"']{1,64},`],
  ['snowsql influx', ['-p'], `${gap}-{1,2}p(?:assword)?${gap}`],
  ['wpa_passphrase', ['wpa_'], `${gap}["']?[^\\s"']{1,32}${gap}`],
  ['xfreerdp rdesktop', ['/p:', '-p'], `(?:/p:|${gap}-p${gap})`],
]

/** Secrets in the arguments of well-known commands. */
export const commandRules: readonly SecretRule[] = [
  // curl -u user:password, wget and the like.
  patternRule({
    needs: [
      [' -u', '"-u', "'-u", ' -a', '"-a', "'-a", '--user', '--auth', '--proxy-user'],
      ['curl', 'wget', 'http', 'xh '],
    ],
    pattern:
      /((?<=[\s"',])(?:-u|-a|--user|--auth|--proxy-user|-U)["']?[\s,=]{0,4}["']?[^\s:"'$/{]{0,128}:)([^\s"',/][^\s"',]{2,255})/gu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentText(secret) && !/^\d+$/u.test(secret),
  }),
  patternRule({
    needs: [['chpasswd']],
    pattern:
      /((?:echo|printf)[ \t]{1,4}["']?[\w.-]{1,64}:)([^\s"'|\\]{3,256})(?=[^\n]{0,40}chpasswd)/gu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentValue(secret),
  }),
  patternRule({
    needs: [['sudo -s', 'passwd --stdin', '--password-stdin', '--with-token', 'kinit', 'sudo -']],
    pattern:
      /((?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4})?["']?)([^\s"'|$\\]{3,256})(?=["']?[ \t]{0,4}\|[ \t]{0,4}[^\n|]{0,100}(?:sudo -\w*S|passwd --stdin|--password-stdin|--with-token|kinit))/gu,
    kind: 'password',
    accept: ({ secret }) => !isInnocentValue(secret),
  }),
  ...rows.map(([commands, flags, before, within = reach]) => {
    const starts = commands.split(' ')
    return patternRule({
      // Words that are rarer in other texts come first.
      needs: starts.some((start) => start.length <= 3) ? [flags, starts] : [starts, flags],
      pattern: new RegExp(
        `((?<![\\w-])(?:${starts.join('|')})(?:\\.exe)?(?=["' \\t,])${within}${before}["']?)(${argument})`,
        'gu',
      ),
      kind: 'password',
      accept: ({ secret }) => !isInnocentValue(secret.replace(/^["']/u, '')),
    })
  }),
]
