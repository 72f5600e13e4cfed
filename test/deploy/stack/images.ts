/** What stands in for the images that compose.yaml names: the same programs, from packages. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { brokerJars, kafkaVersion } from '../../kafka/jars.ts'
import { javaArgs } from '../../kafka/java.ts'
import { propertiesFile } from '../../kafka/settings.ts'
import { type ComposeService, deployFolder } from '../composeFile.ts'
import { type Image, inApp } from './container.ts'

const [nobody, firstUser] = [65_534, 1_000]
const dockerfile = readFileSync(path.resolve(deployFolder, '../Dockerfile'), 'utf8')
const Words = z.array(z.string())

/** undefined: no package registry has the program. */
export async function imageOf({ image, environment }: ComposeService): Promise<Image | undefined> {
  const [name, version] = image.split(':')
  if (name === 'forewarn')
    return {
      user: firstUser,
      entrypoint: wordsOf('ENTRYPOINT'),
      command: wordsOf('CMD', '^'),
      env: { HOME: '/tmp', ...environmentOfImage() },
    }
  if (name === 'apache/kafka') {
    if (version !== kafkaVersion) throw new Error(`compose.yaml has Kafka ${version}, the tests have ${kafkaVersion}`)
    return kafka(environment)
  }
  if (name === 'prom/prometheus') return { user: nobody, entrypoint: ['prometheus'] }
  if (name === 'prom/alertmanager') return { user: nobody, entrypoint: ['prometheus-alertmanager'] }
  return undefined
}

/** The health check of our image. */
export const ownHealthCheck = (): string[] => ['CMD', ...wordsOf('CMD', '^HEALTHCHECK .*\\\\\\n\\s+')]

/** The words of an instruction in the form of JSON. */
function wordsOf(instruction: string, before = '^'): string[] {
  const words = new RegExp(`${before}${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1]
  return Words.parse(JSON.parse(words ?? 'null'))
}

function environmentOfImage(): Record<string, string> {
  const lines = [...dockerfile.matchAll(/^ENV (.*)$/gm)].map(([, line]) => line)
  return Object.fromEntries(lines.flatMap((line) => line.split(' ').map((one) => one.split('='))))
}

/** Settings come from the environment, as the image of Kafka reads them: KAFKA_LOG_DIRS is log.dirs. */
async function kafka(environment: Readonly<Record<string, string>>): Promise<Image> {
  const settings = Object.entries(environment).map(([name, value]) => [
    name
      .replace(/^KAFKA_/, '')
      .toLowerCase()
      .replaceAll('_', '.'),
    value,
  ])
  const java = ['java', ...javaArgs(await brokerJars(), 'INFO', 512)].map((word) => `'${inApp(word)}'`).join(' ')
  const properties = '/opt/kafka/config/server.properties'
  return {
    user: firstUser,
    entrypoint: ['/etc/kafka/docker/run'],
    files: {
      [properties]: propertiesFile(Object.fromEntries(settings)),
      '/etc/kafka/docker/run': `#!/bin/sh
${java} kafka.tools.StorageTool format --ignore-formatted -t 5L6g3nShT-eMCtK--X86sw -c ${properties} && exec ${java} kafka.Kafka ${properties}
`,
      '/opt/kafka/bin/kafka-topics.sh': `#!/bin/sh
exec ${java} org.apache.kafka.tools.TopicCommand "$@"
`,
    },
  }
}
