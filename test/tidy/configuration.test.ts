import { join } from 'node:path'
import { describeSetting, settingKeys, variableOf } from '@whodid/server/config'
import type { SettingGroup, SettingKey } from '@whodid/server/config'
import { expect, it } from 'vitest'
import { root } from './source.ts'

const page = join(root, 'docs/howto/configuration.md')

const groups: readonly (readonly [SettingGroup, string])[] = [
  ['service', 'The service'],
  ['sign-in', 'Sign-in'],
  ['evidence', 'Evidence'],
  ['ledger', 'The ledger'],
  ['client', 'Commands that ask'],
]

const opening = `# Configuration

Generated from the schema of the settings, \`packages/server/src/config/settings-schema.ts\`, by \`npm run docs:configuration\`.

Every setting is a variable of the environment, or a key of the JSON file that \`WHODID_CONFIG\` names:

\`\`\`sh
WHODID_CONFIG=/etc/whodid.json whodid serve
\`\`\`

\`\`\`json
{
  "data_dir": "/var/lib/whodid",
  "host": "10.0.0.7",
  "allowed_hosts": ["ledger.example", "otel.example"],
  "retain_text_days": 90
}
\`\`\`

- A variable takes precedence over the key in the file. An empty value counts as unset.
- A relative path is relative to the working directory, also in the file.
- In the file, a number may also be text, a list may also be the text of the variable, and \`on\` and \`off\` may be \`true\` and \`false\`.
- An unknown key, a value of another form, and a file of more than 64 KiB are refused with [\`invalid_config\`](errors.md#invalid_config), which names the
  variable, or the key and the file. The value of a secret appears in no message.
- A command checks the settings that it uses. \`whodid serve\` checks all of them.
- Other users must not be able to read a file that holds a password or a token: \`chmod 600\`.

The variables of the SDK (\`WHODID_ENDPOINT\`, \`WHODID_INGEST_TOKEN\`, \`WHODID_CAPTURE\` and others) belong to the agent's process and have no key in the file.
`

// When a setting changed on purpose: npm run docs:configuration
it('docs/howto/configuration.md is generated from the schema of the settings', async () => {
  const sections = groups.map(([group, title]) => {
    const rows = settingKeys.filter((key) => describeSetting(key).group === group).map(row)
    const heading = '| variable | key | default | |\n|---|---|---|---|'
    return `## ${title}\n\n${heading}\n${rows.join('\n')}\n`
  })
  await expect([opening, ...sections].join('\n')).toMatchFileSnapshot(page)
})

function row(key: SettingKey): string {
  const { defaultText, description, isSecret } = describeSetting(key)
  const secret = isSecret === true ? ' A secret.' : ''
  return `| \`${variableOf(key)}\` | \`${key}\` | ${defaultText} | ${description}${secret} |`
}
