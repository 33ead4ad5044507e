export type { Detection } from './definition/detection.ts'
export { readDetections } from './definition/read-detections.ts'
export { describeFinding, triageMax } from './findings/describe-finding.ts'
export { findingsLimit, listFindings, parseFindingsQuestion } from './findings/list-findings.ts'
export { backTest, backTestDaysMax } from './run/back-test.ts'
export type { BackTested } from './run/back-test.ts'
export { createDetectionRunner } from './run/detection-runner.ts'
export { statementLimitsDefault } from './run/detection-statement.ts'
export { runDetection } from './run/run-detection.ts'
export { createResponder } from './respond/responder.ts'
export type { Response } from './respond/responder.ts'
export type {
  MessageOrder,
  ResponseOutcome,
  StopOrder,
  StopPolicy,
} from './respond/response-policy.ts'
