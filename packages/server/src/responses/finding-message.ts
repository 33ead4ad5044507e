import type { Detection, MessageOrder } from '@whodid/detect'

/** Characters of one measured value in a message. */
const valueLengthMax = 300

/** The parts that a message is made of beside the order. */
export interface MessageParts {
  readonly response: string
  readonly tenant: string
  readonly detections: readonly Detection[]
  readonly consoleUrl: string | undefined
}

/** The JSON that a webhook and a program get: the finding as the API gives it, its newest hit, and what its rule advises. */
export function findingMessage(order: MessageOrder, parts: MessageParts): string {
  const { deliveryId, attempt, finding, hit } = order
  const rule = parts.detections.find(({ id }) => id === finding.rule)
  return JSON.stringify({
    type: 'whodid.finding',
    version: 1,
    delivery: deliveryId,
    attempt,
    response: parts.response,
    tenant: parts.tenant,
    finding,
    hit: hit === undefined ? null : { ...hit, measured: cutValues(hit.measured) },
    rule:
      rule === undefined
        ? null
        : {
            id: rule.id,
            title: rule.title,
            advice: rule.advice,
            limits: rule.limits,
            owasp: rule.owasp,
            atlas: rule.atlas,
          },
    url: linkOf(order, parts.consoleUrl) ?? null,
  })
}

/** The JSON that Slack's incoming webhooks take. Names that agents chose can neither mark up the text nor mention anybody. */
export function slackMessage(order: MessageOrder, parts: MessageParts): string {
  const { finding } = order
  const link = linkOf(order, parts.consoleUrl)
  const lines = [
    `${finding.severity.toUpperCase()}: ${finding.text}`,
    `${finding.rule} on ${finding.subject}, ${finding.hits === 1 ? '1 hit' : `${finding.hits} hits`}`,
    `whodid findings show ${finding.id}`,
  ]
  const text = [...lines.map(escapeText), ...(link === undefined ? [] : [link])].join('\n')
  return JSON.stringify({ text, mrkdwn: false })
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function linkOf({ finding }: MessageOrder, consoleUrl: string | undefined): string | undefined {
  return consoleUrl === undefined ? undefined : `${consoleUrl}/finding?id=${finding.id}`
}

function cutValues(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.slice(0, valueLengthMax)]),
  )
}
