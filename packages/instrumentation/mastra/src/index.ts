export { whodidExporter } from './whodid-exporter.ts'
