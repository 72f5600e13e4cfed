/** `npm run dashboards`: compiles the dashboards to the JSON that Grafana is provisioned with. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dashboards } from './dashboards/all.ts'

const folder = path.resolve(import.meta.dirname, '../deploy/grafana/dashboards')
mkdirSync(folder, { recursive: true })
for (const { file, text } of dashboards()) {
  writeFileSync(path.join(folder, file), text)
  console.log(`deploy/grafana/dashboards/${file}: written`)
}
