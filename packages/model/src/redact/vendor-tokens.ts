import { patternRule } from './secret-rule.ts'
import type { SecretRule } from './secret-rule.ts'

/*
 * The forms of tokens of known issuers: kind, first characters (any of them), and the rest.
 *
 * The forms are facts taken from two maintained lists, gitleaks (config/gitleaks.toml at b58d3f10, MIT, Zachary Rice) and
 * secretlint (rules at 18346ba3, MIT, azu), and from issuers' own pages; docs/SECRETS.md has the notices. Lengths are lower
 * bounds, because issuers lengthen their tokens: what follows the shape to its end is hidden with it.
 */
type Row = readonly [kind: string, prefixes: string, rest: string]

const word = '[A-Za-z0-9]'
const hex = '[A-Fa-f0-9]'
const wide = '[\\w-]'
const base64 = '[A-Za-z0-9+/]'
const uuid = `${hex}{8}-(?:${hex}{4}-){3}${hex}{12}`

/** Prefixes that nothing else has: they count wherever they stand. A 0 stands for any digit. */
const distinctRows: readonly Row[] = [
  ['whodid_token', 'whodid_ing_ whodid_inv_ whodid_adm_', `${wide}{16,}`],
  ['github_token', 'ghp_ gho_ ghu_ ghs_ ghr_', `${word}{20,}`],
  ['github_token', 'github_pat_', '\\w{20,}'],
  ['gitlab_token', 'glpat- gldt- glrt- glcbt- glptt- gloas- glsoat- glft- glffct-', '[\\w.-]{20,}'],
  ['gitlab_token', 'glagent- glimt- glwt- GR1348941', '[\\w.-]{20,}'],
  ['npm_token', 'npm_', `${word}{36,}`],
  ['slack_token', 'xapp-0', '-[\\w-]{10,}'],
  ['google_key', 'AIza', `${wide}{35}`],
  ['google_key', 'GOCSPX-', `${wide}{20,}`],
  ['stripe_key', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', `${word}{10,}`],
  ['stripe_key', 'whsec_', '[A-Za-z0-9+/=]{16,}'],
  ['anthropic_key', 'sk-ant-', `${wide}{16,}`],
  ['vault_token', 'hvs. hvb. hvr.', `${wide}{20,}`],
  ['terraform_token', '.atlasv1.', '[\\w=-]{40,}'],
  ['databricks_token', 'dapi dose dkea dsap', `${hex}{32,}(?:-\\d+)?`],
  ['digitalocean_token', 'dop_v1_ doo_v1_ dor_v1_', `${hex}{40,}`],
  ['shopify_token', 'shpat_ shpca_ shppa_ shpss_ shptka_ shpua_', `${word}{16,}`],
  ['groq_key', 'gsk_', `${word}{40,}`],
  ['xai_key', 'xai-', `${word}{40,}`],
  ['grafana_token', 'glc_', `${base64}{32,}={0,3}`],
  ['grafana_token', 'glsa_', `${word}{32}_${hex}{8}`],
  ['grafana_token', 'eyJrIjoi', `${base64}{40,}={0,3}`],
  ['sentry_token', 'sntrys_ sntryu_ sntryi_', '[\\w+/=-]{30,}'],
  ['linear_key', 'lin_api_ lin_oauth_ lin_wh_', `${word}{32,}`],
  ['notion_token', 'ntn_', `${word}{36,}`],
  ['docker_token', 'dckr_pat_ dckr_oat_', `${wide}{20,}`],
  ['atlassian_token', 'ATATT3 ATCTT3 ATSTT3', '[\\w=-]{20,}'],
  ['bitbucket_token', 'ATBB', `${word}{28,}`],
  ['newrelic_key', 'NRAK- NRII- NRRA- NRAL- NRSP- NRJS- NRAA- NRBR-', `${wide}{16,}`],
  ['tailscale_key', 'tskey-', `${wide}{16,}`],
  ['figma_token', 'figd_ figo_', `${wide}{30,}`],
  ['vercel_token', 'vercel_blob_rw_', `${wide}{20,}`],
  ['supabase_key', 'sbp_ sb_secret_', `${wide}{20,}`],
  ['cloudflare_token', 'cfut_ cfat_ v1.0-', `${wide}{40,}`],
  ['replicate_token', 'r8_', `${word}{36,}`],
  ['perplexity_key', 'pplx-', `${word}{32,}`],
  ['nvidia_key', 'nvapi-', `${wide}{32,}`],
  ['pinecone_key', 'pcsk_', '\\w{32,}'],
  ['tavily_key', 'tvly-', `${wide}{20,}`],
  ['langsmith_key', 'lsv2_pt_ lsv2_sk_ ls__', `${word}{32}\\w*`],
  ['huggingface_token', 'hf_ api_org_', `${word}{30,}`],
  ['posthog_key', 'phx_', `${word}{32,}`],
  ['sendgrid_key', 'SG.', `${wide}{16,64}\\.${wide}{16,}`],
  ['brevo_key', 'xkeysib- xsmtpsib-', `${hex}{64}-${word}{16}`],
  ['postman_key', 'PMAK-', `${hex}{24}-${hex}{30,}`],
  ['circleci_token', 'CCIPAT_ CCIPRJ_', `${word}{16,}_${hex}{30,}`],
  ['buildkite_token', 'bkua_ bkpt_', `${hex}{30,}`],
  ['planetscale_token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', '[\\w=.-]{32,}'],
  ['pulumi_token', 'pul-', `${hex}{40}`],
  ['rubygems_key', 'rubygems_', `${hex}{48}`],
  ['pypi_token', 'pypi-', `${wide}{40,}`],
  ['clojars_token', 'CLOJARS_', `${word}{60}`],
  ['doppler_token', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', '[\\w.-]{40,}'],
  ['dynatrace_token', 'dt0c00. dt0s00.', `${word}{24}\\.${word}{64}`],
  ['easypost_key', 'EZAK EZTK', `${word}{54}`],
  ['flutterwave_key', 'FLWSECK_TEST- FLWSECK-', `${word}{12,}(?:-X)?`],
  ['onepassword_token', 'ops_eyJ', `${base64}{100,}={0,3}`],
  ['flyio_token', 'fo0_ fm0_ fm0r_ fm0a_', `[\\w+/-]{40,}={0,3}`],
  ['heroku_key', 'HRKU-', `${wide}{36,}`],
  ['hubspot_token', 'pat-na0- pat-eu0-', uuid],
  ['infracost_key', 'ico-', `${word}{32}`],
  ['prefect_key', 'pnu_ pnb_', `${word}{36}`],
  ['readme_key', 'rdme_', `${word}{60,}`],
  ['scalingo_token', 'tk-us-', `${wide}{48}`],
  ['shippo_token', 'shippo_live_ shippo_test_', `${hex}{40}`],
  ['sourcegraph_token', 'sgp_', `(?:(?:${hex}{16}|local)_)?${hex}{40}`],
  ['typeform_token', 'tfp_', '[\\w.=-]{40,}'],
  ['duffel_token', 'duffel_test_ duffel_live_', '[\\w=-]{40,}'],
  ['frameio_token', 'fio-u-', '[\\w=-]{60,}'],
  ['square_token', 'sq0atp- sq0csp- sq0idp-', `${wide}{22,}`],
  ['harness_key', 'pat. sat.', `${wide}{22}\\.${word}{24}\\.${word}{20}`],
  [
    'authress_key',
    'authress_ scauth_',
    `${word}{5,30}\\.${word}{4,6}\\.acc[_-][\\w-]{10,32}\\.[\\w+/=-]{30,}`,
  ],
  ['settlemint_token', 'sm_aat_ sm_pat_ sm_sat_', `${word}{16}`],
  ['contentful_token', 'CFPAT-', `${wide}{40,}`],
  ['netlify_token', 'nfp_', `${word}{36,}`],
  ['render_key', 'rnd_', `${word}{24,}`],
  ['together_key', 'tgp_v1_', `${wide}{30,}`],
  ['e2b_key', 'e2b_', `${hex}{32,}`],
  ['jina_key', 'jina_', `${word}{40,}`],
  ['honeycomb_key', 'hcaik_ hcxik_ hcalk_ hcxlk_ hcbik_', `${word}{24,}`],
  ['plaid_token', 'access-sandbox- access-production- access-development-', uuid],
  ['aws_key', 'bedrock-api-key-', `${base64}{20,}={0,2}`],
  ['aws_key', 'ABSK', `${base64}{100,}={0,2}`],
  ['facebook_token', 'EAAM EAAC EAAG EAAA EAAB', `${wide}{60,}`],
  ['private_key', 'AGE-SECRET-KEY-1', '[A-Z0-9]{20,}'],
  ['adobe_secret', 'p8e-', `${wide}{32,}`],
  ['artifactory_key', 'AKCp', `${word}{60,}`],
  ['artifactory_key', 'cmVmd', `${word}{59}`],
  ['openrouter_key', 'sk-or-', `${wide}{30,}`],
  ['mongodb_key', 'mdb_sa_sk_', `${wide}{30,}`],
  ['wandb_key', 'wandb_v0_', '\\w{40,}'],
  ['openshift_token', 'sha000~', `${wide}{43}`],
  ['mapbox_token', 'sk.eyJ', '[\\w-]{40,}\\.[\\w-]{16,}'],
]

/** Prefixes that words have too: no letter or digit before them, and none after the shape. */
const boundedRows: readonly Row[] = [
  ['openai_key', 'sess-', `${word}{40,}`],
  ['firecrawl_key', 'fc-', `${hex}{32}`],
  ['modal_token', 'ak- as-', `${word}{22}`],
  ['clickhouse_key', '4b1d', `${word}{38}`],
  ['mailgun_key', 'key-', `${hex}{32}`],
  ['resend_key', 're_', `${word}{8}_${word}{20,}`],
  ['octopus_key', 'API-', `[A-Z0-9]{25,}`],
  ['nuget_key', 'oy0', `[a-z0-9]{43}`],
  ['twilio_key', 'SK', `${hex}{32}`],
]

/** Addresses that are secrets from here on: anyone who knows the rest may post. */
const addressRows: readonly Row[] = [
  [
    'discord_webhook',
    'discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    `\\d{10,24}/${wide}{40,}`,
  ],
  ['zapier_webhook', 'hooks.zapier.com/hooks/', '[\\w/-]{10,}'],
  ['teams_webhook', '.webhook.office.com/webhookb2/ .logic.azure.com/workflows/', '[\\w@/-]{32,}'],
  [
    'slack_webhook',
    'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/',
    '[\\w/-]{10,}',
  ],
]

/** A rule for each form of token that begins with characters of its own. */
export const vendorTokenRules: readonly SecretRule[] = [
  ...distinctRows.map(([kind, prefixes, rest]) =>
    rowRule(kind, prefixes, (start) => `${start}${rest}`),
  ),
  ...boundedRows.map(([kind, prefixes, rest]) =>
    rowRule(kind, prefixes, (start) => `(?<![A-Za-z0-9])${start}${rest}(?![A-Za-z0-9])`),
  ),
  ...addressRows.map(([kind, prefixes, rest]) =>
    rowRule(kind, prefixes, (start) => `(${start})(${rest})`),
  ),
]

function rowRule(kind: string, prefixes: string, form: (start: string) => string): SecretRule {
  const starts = prefixes.split(' ')
  const literal = starts.map((start) =>
    start.replace(/[.+/]/gu, String.raw`\$&`).replaceAll('0', '\\d'),
  )
  const start = literal.length === 1 ? (literal[0] ?? '') : `(?:${literal.join('|')})`
  return patternRule({ needs: [starts], pattern: new RegExp(form(start), 'gu'), kind })
}
