/**
 * How to reach the brokers, from the environment: TLS, and a user by SASL. Secrets come from files or from the environment, never
 * from the command line, which other users of the machine can read.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ForewarnError, messageOf } from '../errors.ts'
import type { KafkaConnection } from '../log/kafka/connection.ts'
import type { Listener } from '../notices.ts'

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

const text = z.string().min(1).optional()
/** The variables, with what each means. */
const Environment = z.object({
  FOREWARN_KAFKA_TLS: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: connect by TLS, with the certificates that Node trusts'),
  FOREWARN_KAFKA_TLS_CA_FILE: text.describe('PEM file of the authorities to trust instead; turns TLS on'),
  FOREWARN_KAFKA_TLS_CERT_FILE: text.describe('PEM file of the client certificate; turns TLS on'),
  FOREWARN_KAFKA_TLS_KEY_FILE: text.describe('PEM file of its key'),
  FOREWARN_KAFKA_TLS_SERVER_NAME: text.describe('name on the brokers’ certificate, where it is not the host’s'),
  FOREWARN_KAFKA_SASL: z
    .enum(mechanisms)
    .optional()
    .describe(`mechanism of the user: ${mechanisms.join(', ')}`),
  FOREWARN_KAFKA_USERNAME: text.describe('the user'),
  FOREWARN_KAFKA_PASSWORD: text.describe('the password'),
  FOREWARN_KAFKA_PASSWORD_FILE: text.describe('file that holds the password, instead of FOREWARN_KAFKA_PASSWORD'),
  FOREWARN_KAFKA_PLAINTEXT_PASSWORD: z
    .literal('allow')
    .optional()
    .describe('`allow`: let plain send the password without TLS, for everybody on the way to read'),
})
/** What each variable means; docs/kafka.md has a table of them, which is written from this. */
export const kafkaVariables: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(Environment.shape).map(([name, { description = '' }]) => [name, description]),
)
type Environment = z.infer<typeof Environment>

/** @throws ForewarnError FW_USAGE for a variable that makes no sense, or a file that cannot be read. */
export function kafkaConnection(
  brokers: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  listener?: Listener,
): KafkaConnection {
  const parsed = Environment.safeParse(env)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]
    throw new ForewarnError('FW_USAGE', [`The variable ${path.join('.')} does not fit: ${message}.`])
  }
  const tls = tlsOf(parsed.data)
  const sasl = saslOf(parsed.data)
  const { FOREWARN_KAFKA_SASL: mechanism, FOREWARN_KAFKA_PLAINTEXT_PASSWORD: inClear } = parsed.data
  if (mechanism === 'plain' && tls.tls === undefined && inClear === undefined)
    throw new ForewarnError('FW_USAGE', [
      'FOREWARN_KAFKA_SASL=plain sends the password in clear without TLS: set FOREWARN_KAFKA_TLS=true, or another mechanism, or FOREWARN_KAFKA_PLAINTEXT_PASSWORD=allow.',
    ])
  return { brokers, clientId: 'forewarn', ...tls, ...sasl, ...(listener === undefined ? {} : { listener }) }
}

function tlsOf(env: Environment): Pick<KafkaConnection, 'tls'> {
  const { FOREWARN_KAFKA_TLS_CA_FILE: ca, FOREWARN_KAFKA_TLS_CERT_FILE: cert, FOREWARN_KAFKA_TLS_KEY_FILE: key } = env
  if ((cert === undefined) !== (key === undefined))
    throw new ForewarnError('FW_USAGE', ['FOREWARN_KAFKA_TLS_CERT_FILE and FOREWARN_KAFKA_TLS_KEY_FILE go together.'])
  if (env.FOREWARN_KAFKA_TLS !== 'true' && ca === undefined && cert === undefined) {
    if (env.FOREWARN_KAFKA_TLS_SERVER_NAME === undefined) return {}
    throw new ForewarnError('FW_USAGE', ['FOREWARN_KAFKA_TLS_SERVER_NAME needs FOREWARN_KAFKA_TLS=true.'])
  }
  return {
    tls: {
      ...(ca === undefined ? {} : { ca: [fileText('FOREWARN_KAFKA_TLS_CA_FILE', ca)] }),
      ...(cert === undefined ? {} : { cert: fileText('FOREWARN_KAFKA_TLS_CERT_FILE', cert) }),
      ...(key === undefined ? {} : { key: fileText('FOREWARN_KAFKA_TLS_KEY_FILE', key) }),
      ...(env.FOREWARN_KAFKA_TLS_SERVER_NAME === undefined ? {} : { servername: env.FOREWARN_KAFKA_TLS_SERVER_NAME }),
    },
  }
}

function saslOf(env: Environment): Pick<KafkaConnection, 'sasl'> {
  const { FOREWARN_KAFKA_SASL: mechanism, FOREWARN_KAFKA_USERNAME: username } = env
  const file = env.FOREWARN_KAFKA_PASSWORD_FILE
  if (mechanism === undefined) {
    if (username === undefined && file === undefined && env.FOREWARN_KAFKA_PASSWORD === undefined) return {}
    throw new ForewarnError('FW_USAGE', ['A user or a password of Kafka needs FOREWARN_KAFKA_SASL.'])
  }
  const password = file === undefined ? env.FOREWARN_KAFKA_PASSWORD : passwordIn(file)
  if (username === undefined || password === undefined)
    throw new ForewarnError('FW_USAGE', [
      'FOREWARN_KAFKA_SASL needs FOREWARN_KAFKA_USERNAME, and FOREWARN_KAFKA_PASSWORD_FILE or FOREWARN_KAFKA_PASSWORD.',
    ])
  switch (mechanism) {
    case 'plain':
      return { sasl: () => ({ mechanism: 'plain', username, password }) }
    case 'scram-sha-256':
      return { sasl: () => ({ mechanism: 'scram-sha-256', username, password }) }
    case 'scram-sha-512':
      return { sasl: () => ({ mechanism: 'scram-sha-512', username, password }) }
  }
}

/** Without the end of its line; blanks may be of the password. */
function passwordIn(file: string): string {
  const password = fileText('FOREWARN_KAFKA_PASSWORD_FILE', file).replace(/\r?\n$/, '')
  if (password !== '') return password
  throw new ForewarnError('FW_USAGE', [`FOREWARN_KAFKA_PASSWORD_FILE: ${file} is empty.`])
}

function fileText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`${variable}: ${messageOf(error)}.`], { cause: error })
  }
}
