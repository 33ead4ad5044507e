export { recordQuery } from './record-query.ts'
