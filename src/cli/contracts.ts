/** `forewarn contracts`: JSON Schema of every topic, AsyncAPI of the log, OpenAPI of the pages' port. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { asyncApi, describedTopics, schemaOf } from '../schemas.ts'
import { openApi } from '../serve/openApi.ts'
import { print, processScreen, type Screen } from './common.ts'

export function contractsCommand(screen: Screen = processScreen): Command {
  return new Command('contracts')
    .description(
      'Write what flows as documents: JSON Schema of every topic, AsyncAPI 3 of the log, OpenAPI 3.1 of what `serve` answers.',
    )
    .requiredOption('--out <dir>', 'folder to write to; it is made')
    .action(({ out }: { out: string }) => contracts(screen, out))
}

async function contracts(screen: Screen, out: string): Promise<void> {
  await writeContracts(out)
  await print(screen, `${out}: asyncapi.json, openapi.json, and ${describedTopics().length} schemas in topics/`)
}

/** Into a folder, which is made. */
export async function writeContracts(out: string): Promise<void> {
  const topics = path.join(out, 'topics')
  await mkdir(topics, { recursive: true })
  const write = (file: string, json: unknown): Promise<void> => writeFile(file, `${JSON.stringify(json, null, 2)}\n`)
  for (const topic of describedTopics()) await write(path.join(topics, `${topic}.schema.json`), schemaOf(topic))
  await write(path.join(out, 'asyncapi.json'), asyncApi(packageJson.version))
  await write(path.join(out, 'openapi.json'), await openApi())
}
