/** The settings of a broker for tests: one JVM that is broker and controller, topics with one replica, quick to start again. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { mustRun } from './java.ts'

export type Ports = { plain: number; controller: number; sasl: number }
export type Properties = Readonly<Record<string, string>>

export const user = 'forewarn'
export const password = 'password-of-the-tests'

export function plainSettings(ports: Ports, folder: string): Properties {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${ports.plain},CONTROLLER://127.0.0.1:${ports.controller}`,
    'log.dirs': path.join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'broker.session.timeout.ms': '3000', // a broker that was killed waits for its old registration to end
    'broker.heartbeat.interval.ms': '500',
    'log.cleaner.dedupe.buffer.size': '2097152',
  }
}

/** What a second listener adds: TLS with the certificate of `makeCertificate`, and three ways to give a password. */
export function saslSettings(ports: Ports, folder: string): Properties {
  const listener = 'listener.name.sasl_ssl'
  const { listeners } = plainSettings(ports, folder)
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return {
    listeners: `${listeners},SASL_SSL://127.0.0.1:${ports.sasl}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN',
    [`${listener}.scram-sha-512.sasl.jaas.config`]: scram,
    [`${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${listener}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user}="${password}";`,
    [`${listener}.ssl.keystore.type`]: 'PKCS12',
    [`${listener}.ssl.keystore.location`]: keystoreIn(folder),
    [`${listener}.ssl.keystore.password`]: password,
  }
}

/** What the format of the storage takes to know the user. */
export const scramArgs: readonly string[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256'].flatMap((mechanism) => [
  '--add-scram',
  `${mechanism}=[name=${user},password=${password}]`,
])

/** Makes a key for 127.0.0.1 and localhost and returns its certificate, which signs itself, as PEM. */
export async function makeCertificate(folder: string): Promise<string> {
  const store = ['-alias', 'broker', '-keystore', keystoreIn(folder), '-storetype', 'PKCS12', '-storepass', password]
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-validity', '3650']
  await rm(keystoreIn(folder), { force: true })
  await mustRun('keytool', ['-genkeypair', '-keyalg', 'EC', ...store, ...names])
  return mustRun('keytool', ['-exportcert', '-rfc', ...store])
}

/** The form of Java's properties files; Kafka's values need no more escapes than the backslash. */
export function propertiesFile(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('')
}

const keystoreIn = (folder: string): string => path.join(folder, 'broker.p12')
