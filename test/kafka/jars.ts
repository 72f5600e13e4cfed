/** Kafka's own jars, fetched once by Maven, and whether this machine can run them. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { longTestMsMax } from '../support/patience.ts'
import { mustRun, run } from './java.ts'

export const kafkaVersion = '4.3.1'
const javaVersionMin = 17

const dependencies = [
  ['org.apache.kafka', 'kafka_2.13', kafkaVersion],
  ['org.apache.kafka', 'kafka-tools', kafkaVersion], // the console tools
  ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.25.5'], // without it the broker logs nothing
] as const

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/forewarn-kafka')

/**
 * The folder of the jars. The first call fetches them into a folder of its own, which then takes its name in one step: whoever
 * fetches at the same time finds a whole folder or none. @throws Error when Maven cannot.
 */
export async function brokerJars(): Promise<string> {
  const jars = path.join(cache, kafkaVersion)
  if (existsSync(jars)) return jars
  await mkdir(cache, { recursive: true })
  const scratch = await mkdtemp(path.join(cache, 'fetch-'))
  try {
    await writeFile(path.join(scratch, 'pom.xml'), pom())
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${scratch}/jars`]
    await mustRun('mvn', ['-q', '-B', ...goal], { cwd: scratch, timeoutMs: longTestMsMax })
    await rename(path.join(scratch, 'jars'), jars).catch((error: unknown) => {
      if (!existsSync(jars)) throw error // else somebody else was first
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return jars
}

/** True, or why no broker can run here. Fetches the jars if need be; installs nothing. */
export async function kafkaAvailable(): Promise<true | string> {
  if (process.platform === 'win32') return 'the broker of the tests needs a POSIX shell'
  try {
    const java = await run('java', ['-version']).catch(() => null)
    const version = Number(/version "(\d+)/.exec(java?.err ?? '')?.[1] ?? 0)
    if (version < javaVersionMin) return `a Kafka broker needs Java ${javaVersionMin}, here is ${version || 'none'}`
    await brokerJars()
    return true
  } catch (error) {
    return `Maven could not fetch Kafka: ${messageOf(error).split('\n')[0]}`
  }
}

/** True, or why no program of Java's own language can run here beside the broker's classes. */
export async function javaCompilerAvailable(): Promise<true | string> {
  const broker = await kafkaAvailable()
  if (broker !== true) return broker
  const { out } = await run('java', ['--list-modules'])
  return out.includes('jdk.compiler@') || 'this Java has no compiler: it is not a JDK'
}

function pom(): string {
  const listed = dependencies.map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>forewarn</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>${listed.join('\n')}</dependencies>
</project>
`
}
