/** TLS and users by SASL, from the environment alone: every command gets through, and a refusal says why and keeps the password. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, projectFolder } from '../e2e/forewarn.ts'
import { expectError, tempFolder } from '../e2e/support.ts'
import { type Broker, startBroker } from './broker.ts'
import { graveEvents } from './graveEvents.ts'
import { run } from './java.ts'
import { describeWithKafka } from './support.ts'

type Variables = Readonly<Record<string, string>>

const wrongPassword = 'not-what-the-broker-knows'
const enterpriseId = '91110000600037341L'
const events = graveEvents(enterpriseId, 20)

/** The program with these variables, and none of ours. */
async function forewarn(variables: Variables, args: readonly string[], stdin = ''): Promise<Ended> {
  const env = Object.entries({ PATH: process.env.PATH ?? '', ...variables }).map(([name, value]) => `${name}=${value}`)
  const program = [process.execPath, path.join(projectFolder, 'src/main.ts')]
  return { ...(await run('env', ['-i', ...env, ...program, ...args], { stdin })), signal: null }
}

describeWithKafka('a broker that asks who is there', () => {
  let folder: string
  let broker: Broker
  let log: string
  let ca: Variables
  beforeAll(async () => {
    folder = await tempFolder()
    broker = await startBroker({ sasl: true })
    const { host, caPem, password } = broker.sasl!
    log = `kafka://${host}`
    ca = { FOREWARN_KAFKA_TLS_CA_FILE: path.join(folder, 'ca.pem') }
    await writeFile(path.join(folder, 'ca.pem'), caPem)
    await writeFile(path.join(folder, 'right'), `${password}\n`)
    await writeFile(path.join(folder, 'wrong'), `${wrongPassword}\n`)
  })
  afterAll(() => broker?.stop())

  const userBy = (mechanism: string, password: 'right' | 'wrong'): Variables => ({
    ...ca,
    FOREWARN_KAFKA_SASL: mechanism,
    FOREWARN_KAFKA_USERNAME: broker.sasl!.user,
    FOREWARN_KAFKA_PASSWORD_FILE: path.join(folder, password),
  })

  test('lets every command through, by each mechanism', async () => {
    const through = async (mechanism: string): Promise<void> => {
      const call = async (command: string, stdin = ''): Promise<unknown> => {
        const place = ['--log', log, '--input-prefix', mechanism, '--output-prefix', mechanism]
        const args = [...command.split(' '), ...place, '--json']
        const { code, out, err } = await forewarn(userBy(mechanism, 'right'), args, stdin)
        expect({ command, code, err }).toMatchObject({ code: 0 })
        return JSON.parse(out.split('\n')[0])
      }
      const made = expect.arrayContaining([`${mechanism}.risk-events.v1`])
      expect(await call('topics create --partitions 2')).toEqual({ made })
      expect(await call('topics check')).not.toContainEqual(expect.objectContaining({ severity: 'fail' }))
      const ingested = await call('ingest --as risk-events -', `${events.join('\n')}\n`)
      expect(ingested).toMatchObject({ accepted: events.length })
      expect(await call('run --until-end')).toMatchObject({ fates: { applied: events.length } })
      expect(await call('tail scores')).toMatchObject({ key: enterpriseId, value: { enterpriseId } })
    }
    await Promise.all(['scram-sha-512', 'scram-sha-256', 'plain'].map(through))
  })

  test('refuses a wrong password, which nobody gets to read', async () => {
    const refused = async (mechanism: string, command: string): Promise<void> => {
      const args = [...command.split(' '), '--log', log]
      const ended = await forewarn(userBy(mechanism, 'wrong'), args, `${events[0]}\n`)
      expectError(ended, 'FW_KAFKA_REFUSED')
      expect(ended.err).toMatch(/refuse: SASL .* authentication failed/)
      expect(ended.err).not.toContain(wrongPassword)
    }
    await Promise.all([
      refused('scram-sha-512', 'topics create'),
      refused('scram-sha-256', 'topics check'),
      refused('scram-sha-256', 'ingest --as risk-events -'),
      refused('plain', 'run --until-end --log-level trace'),
      refused('scram-sha-512', 'tail scores'),
    ])
  })

  test('is not trusted with a certificate of no authority, or of another host', async () => {
    const distrusted = async (variables: Variables, says: RegExp): Promise<void> => {
      const ended = await forewarn(variables, ['topics', 'check', '--log', log])
      expectError(ended, 'FW_KAFKA_REFUSED')
      expect(ended.err).toMatch(says)
    }
    await Promise.all([
      distrusted({ FOREWARN_KAFKA_TLS: 'true' }, /self-signed certificate/),
      distrusted({ ...ca, FOREWARN_KAFKA_TLS_SERVER_NAME: 'elsewhere.example' }, /not match .*elsewhere\.example/),
    ])
  })
})
