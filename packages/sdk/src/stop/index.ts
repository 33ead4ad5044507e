export { followStops } from './follow-stops.ts'
export type { StopSource } from './follow-stops.ts'
export { StopView } from './stop-view.ts'
export type { Actor } from '../context/identity.ts'
