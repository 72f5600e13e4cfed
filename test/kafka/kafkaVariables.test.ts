/** The environment as a connection, and what it may not say. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { kafkaConnection, type kafkaVariables } from '../../src/settings/kafkaConnection.ts'
import { tempFolder } from '../ingest/support.ts'

type Variables = Partial<Record<keyof typeof kafkaVariables, string>>

const user = { FOREWARN_KAFKA_SASL: 'plain', FOREWARN_KAFKA_USERNAME: 'u' }
const inClear = { FOREWARN_KAFKA_PLAINTEXT_PASSWORD: 'allow' }
const secret = 'not to be told'
const nowhere = '/nowhere/at/all'

/** Files of these names and contents, made for each run. */
const contents = {
  ca: 'the authority',
  cert: 'the certificate',
  key: 'the key',
  password: ' pass word \n',
  empty: '\n',
}
let files: Record<keyof typeof contents, string>
beforeAll(async () => {
  const folder = await tempFolder()
  const make = async (name: keyof typeof contents): Promise<string> => {
    const file = path.join(folder, name)
    await writeFile(file, contents[name])
    return file
  }
  const [ca, cert, key, password, empty] = await Promise.all(
    (['ca', 'cert', 'key', 'password', 'empty'] as const).map(make),
  )
  files = { ca, cert, key, password, empty }
})

test.each<[Variables, string]>([
  [{ FOREWARN_KAFKA_TLS: 'yes' }, 'FOREWARN_KAFKA_TLS'],
  [{ FOREWARN_KAFKA_TLS_CA_FILE: '' }, 'FOREWARN_KAFKA_TLS_CA_FILE'],
  [{ FOREWARN_KAFKA_TLS_CA_FILE: nowhere }, 'FOREWARN_KAFKA_TLS_CA_FILE'],
  [{ FOREWARN_KAFKA_TLS_CERT_FILE: nowhere }, 'FOREWARN_KAFKA_TLS_KEY_FILE'],
  [{ FOREWARN_KAFKA_TLS_KEY_FILE: nowhere }, 'FOREWARN_KAFKA_TLS_CERT_FILE'],
  [{ FOREWARN_KAFKA_TLS_SERVER_NAME: 'broker' }, 'FOREWARN_KAFKA_TLS_SERVER_NAME'],
  [{ ...user, FOREWARN_KAFKA_SASL: 'gssapi', FOREWARN_KAFKA_PASSWORD: secret }, 'FOREWARN_KAFKA_SASL'],
  [{ FOREWARN_KAFKA_SASL: 'plain', FOREWARN_KAFKA_PASSWORD: secret }, 'FOREWARN_KAFKA_USERNAME'],
  [{ ...user, FOREWARN_KAFKA_USERNAME: '', FOREWARN_KAFKA_PASSWORD: secret }, 'FOREWARN_KAFKA_USERNAME'],
  [user, 'FOREWARN_KAFKA_PASSWORD'],
  [{ ...user, FOREWARN_KAFKA_PASSWORD: '' }, 'FOREWARN_KAFKA_PASSWORD'],
  [{ ...user, FOREWARN_KAFKA_PASSWORD_FILE: nowhere }, 'FOREWARN_KAFKA_PASSWORD_FILE'],
  [{ FOREWARN_KAFKA_USERNAME: 'u', FOREWARN_KAFKA_PASSWORD: secret }, 'FOREWARN_KAFKA_SASL'],
  [{ FOREWARN_KAFKA_PASSWORD_FILE: nowhere }, 'FOREWARN_KAFKA_SASL'],
  [{ ...user, FOREWARN_KAFKA_PASSWORD: secret }, 'FOREWARN_KAFKA_PLAINTEXT_PASSWORD=allow'],
  [{ ...user, FOREWARN_KAFKA_PASSWORD: secret, FOREWARN_KAFKA_TLS: 'false' }, 'FOREWARN_KAFKA_TLS=true'],
  [
    { ...user, FOREWARN_KAFKA_PASSWORD: secret, FOREWARN_KAFKA_PLAINTEXT_PASSWORD: 'true' },
    'FOREWARN_KAFKA_PLAINTEXT_PASSWORD',
  ],
])('%o is refused, and %s is named', (variables, named) => {
  const connect = (): unknown => kafkaConnection(['broker:9092'], variables)
  expect(connect).toThrow(ForewarnError)
  expect(connect).toThrow(expect.objectContaining({ code: 'FW_USAGE', message: expect.stringMatching(`${named}\\b`) }))
  expect(connect).not.toThrow(secret)
})

test('an empty file is no password', () => {
  const variables = { ...user, FOREWARN_KAFKA_PASSWORD_FILE: files.empty }
  expect(() => kafkaConnection([], variables)).toThrow(/FOREWARN_KAFKA_PASSWORD_FILE.* is empty/)
})

test('files become TLS and a user; a password keeps its blanks', () => {
  const { tls, sasl } = kafkaConnection(['broker:9092'], {
    ...user,
    FOREWARN_KAFKA_TLS_CA_FILE: files.ca,
    FOREWARN_KAFKA_TLS_CERT_FILE: files.cert,
    FOREWARN_KAFKA_TLS_KEY_FILE: files.key,
    FOREWARN_KAFKA_TLS_SERVER_NAME: 'kafka.example',
    FOREWARN_KAFKA_PASSWORD_FILE: files.password,
  })
  expect(tls).toEqual({ ca: [contents.ca], cert: contents.cert, key: contents.key, servername: 'kafka.example' })
  expect(sasl?.()).toEqual({ mechanism: 'plain', username: 'u', password: ' pass word ' })
  expect(sasl?.()).not.toBe(sasl?.()) // kafkajs writes into it
})

test.each<Variables>([
  { ...user, ...inClear },
  { ...user, FOREWARN_KAFKA_TLS: 'true' },
  { ...user, FOREWARN_KAFKA_SASL: 'scram-sha-256' },
  { ...user, FOREWARN_KAFKA_SASL: 'scram-sha-512' },
])('%o sends its password where it should', (variables) => {
  const { sasl } = kafkaConnection([], { ...variables, FOREWARN_KAFKA_PASSWORD: secret })
  expect(sasl?.()).toMatchObject({ mechanism: variables.FOREWARN_KAFKA_SASL, password: secret })
})

test('without variables there is neither', () => {
  expect(kafkaConnection(['broker:9092'], {})).toEqual({ brokers: ['broker:9092'], clientId: 'forewarn' })
})
