/** Rights by role, on a broker that lets nobody do anything else: each role of the table in docs/kafka.md can do its work, and is told which right it lacks. */
import { existsSync } from 'node:fs'
import { appendFile, cp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Admin, Kafka } from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { kafkaClient } from '../../src/log/kafka/connection.ts'
import { wireName } from '../../streams/topics.ts'
import { event, tempFolder } from '../ingest/support.ts'
import { waitMsMax } from '../support/patience.ts'
import { makeTrainingMarket, type TrainingMarket } from '../support/trainingMarket.ts'
import { type Broker, startBroker } from './broker.ts'
import { type Ended, runCommandLine } from './commandLine.ts'
import { aclsOf, allOf, type Right, type RoleName, roles, textOf } from './roles.ts'
import { describeWithKafka } from './support.ts'

const names = Object.keys(roles).filter((name): name is RoleName => name in roles)
const passwordOf = (name: RoleName): string => `password-of-${name}`
const enterprise = '91110000600037341L'
const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required'

describeWithKafka('rights by role', () => {
  let folder: string
  let broker: Broker
  let market: TrainingMarket
  let admin: Admin
  let retrained = 0
  const at = (name: string): string => path.join(folder, name)

  beforeAll(async () => {
    folder = await tempFolder()
    market = await makeTrainingMarket(folder)
    await cp(market.champion, at('other'), { recursive: true })
    await appendFile(at('other/MODEL_CARD.md'), 'Another one.\n')
    const users = names.map((name) => `user_${name}="${passwordOf(name)}"`)
    broker = await startBroker({
      sasl: true,
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS', // the broker itself, and this test, by the plain listener
        'listener.name.sasl_ssl.plain.sasl.jaas.config': `${plain} ${users.join(' ')};`,
      },
    })
    await writeFile(at('ca.pem'), broker.sasl?.caPem ?? '')
    admin = kafkaClient({ brokers: [broker.host], clientId: 'administrator' }).admin()
    await admin.connect()
    for (const name of names) await give(name, roles[name].rights)
  })
  afterAll(async () => {
    await admin?.disconnect()
    await broker?.stop()
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  /** Gives a user these rights and no others, and waits until the broker goes by them. */
  async function give(name: RoleName, rights: readonly Right[]): Promise<void> {
    const acl = rights.flatMap((right) => aclsOf(name, right))
    await admin.deleteAcls({ filters: [allOf(name)] })
    if (acl.length > 0) await admin.createAcls({ acl })
    const settled = async (): Promise<void> => {
      const { resources } = await admin.describeAcls(allOf(name))
      expect(resources.reduce((sum, { acls }) => sum + acls.length, 0)).toBe(acl.length)
    }
    await vi.waitFor(settled, { timeout: waitMsMax, interval: 5 })
  }

  /** A command as this role, in this process. */
  function forewarn(role: RoleName, line: string, stdin = ''): Promise<Ended> {
    vi.stubEnv('FOREWARN_KAFKA_TLS_CA_FILE', at('ca.pem'))
    vi.stubEnv('FOREWARN_KAFKA_SASL', 'plain')
    vi.stubEnv('FOREWARN_KAFKA_USERNAME', role)
    vi.stubEnv('FOREWARN_KAFKA_PASSWORD', passwordOf(role))
    const profile = /^(topics|dead-letters) /.test(line) ? [] : ['--profile', market.profile]
    return runCommandLine([...line.split(' '), '--log', `kafka://${broker.sasl?.host}`, ...profile], stdin)
  }

  /** What each role does, command after command, in the order in which a log needs them: last who takes away what others read. */
  const work: readonly [RoleName, () => string[], string?][] = [
    ['administrator', () => ['topics create --partitions 2 --times create', 'topics check']],
    ['history', () => [`ingest --resume --known-at knownAt ${market.files.join(' ')}`]],
    ['run', () => ['run --until-end --beat-ms 3600000 --log-level error', 'upgrade --yes']],
    ['scientist', () => [`extract --from 2025-06-01 --out ${at('rows')}`, `explain ${market.enterprise}`]],
    ['retrain', () => [`retrain --from 2025-03-15 --ridge 20 --out ${at(`retrained-${retrained++}`)}`]],
    ['reviewer', () => ['models list']],
    ['promoter', () => [`models publish ${at('other')}`, 'challenge none --at next']],
    ['redrive', () => ['dead-letters redrive --any --again --yes']],
    ['ingest', () => ['ingest --as risk-events -'], manyEvents()],
    ['prune', () => ['prune --keep fates=0d,risk-events=30d --yes']],
  ]

  test.each(work)('%s', async (name, lines, stdin) => {
    const failure = async (): Promise<Ended | undefined> => {
      for (const line of lines()) {
        const ended = await forewarn(name, line, stdin)
        if (ended.code !== 0) return ended
      }
      return undefined
    }
    for (const right of roles[name].rights) {
      if (name === 'redrive' && 'transactionalIds' in right) continue // a transaction takes a megabyte of letters
      await give(
        name,
        roles[name].rights.filter((one) => one !== right),
      )
      const failed = await failure()
      expect({ right: textOf(right), ...failed }).toMatchObject({ code: 1, err: missing(right) })
    }
    await give(name, roles[name].rights)
    expect(await failure()).toBeUndefined()
  })

  test.each([
    ['commands', 'artifacts'],
    ['artifacts', 'commands'],
  ] as const)('retrain asks for Write on %s before it works', async (topic, other) => {
    const reads = roles.retrain.rights.filter(({ operations }) => !operations.includes('Write'))
    await give('retrain', [...reads, { topics: [other], operations: ['Write'] }])
    const { code, err } = await forewarn('retrain', `retrain --out ${at('none')}`)
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`^error FW_KAFKA_REFUSED: .*the right Write on ${wireName(topic)} is missing`))
    expect(existsSync(at('none'))).toBe(false)
  })

  const describing: Right = { topics: 'all', operations: ['DescribeConfigs'] }
  const Checks = z.array(
    z.object({ name: z.string(), verdict: z.string(), says: z.string(), remedy: z.string().optional() }),
  )

  test('doctor names what run by this user lacks, and looks at the rest', async () => {
    const doctor = async (rights: readonly Right[]) => {
      await give('run', rights)
      const { code, out } = await forewarn('run', 'doctor --json')
      const checks = Checks.parse(JSON.parse(out))
      const of = (name: string): string =>
        checks.flatMap((one) => (one.name === name ? `${one.verdict} ${one.says}` : [])).join(' ')
      for (const { verdict, says, remedy } of checks)
        expect([says, remedy === undefined]).toEqual([says, verdict === 'ok'])
      return { code, of }
    }
    const well = await doctor([...roles.run.rights, describing])
    expect(well.of('rights')).toMatch(/^ok /)
    expect([well.code, well.of('topics')]).toEqual([0, expect.stringMatching(/^warn .* has 1 replica/)])
    for (const right of roles.run.rights.filter(({ operations }) => !operations.includes('Read')))
      expect((await doctor([...roles.run.rights.filter((one) => one !== right), describing])).of('rights')).toMatch(
        new RegExp(`^warn .*the right ${right.operations[0]} on `),
      )
    const blind = await doctor(roles.run.rights)
    expect([blind.code, blind.of('topics')]).toEqual([
      0,
      expect.stringMatching(/^warn .*the right DescribeConfigs on /),
    ])
    expect(blind.of('rights')).toMatch(/^ok /)
    const unread = await doctor(roles.run.rights.filter(({ operations }) => !operations.includes('Read')))
    expect([unread.code, unread.of('log')]).toEqual([1, expect.stringMatching(/^fail .*the right (Read|Describe) on /)])
  })

  test('programs of others write and read what is theirs, and no names without the right', async () => {
    const producer = clientOf('writer').producer({ idempotent: true, allowAutoTopicCreation: false })
    await producer.connect()
    const value = JSON.stringify(event('of-others', enterprise, new Date().toISOString()))
    await producer.send({ topic: wireName('risk-events'), acks: -1, messages: [{ key: enterprise, value }] })
    await producer.disconnect()
    await fetched('publicReader', 'public-readers', wireName('region-warnings'))
    await fetched('restrictedReader', 'restricted-readers', wireName('scores'))
    const names = fetched('publicReader', 'public-readers', wireName('scores'))
    await expect(names).rejects.toThrow('Not authorized to access topics')
  })

  function clientOf(name: RoleName): Kafka {
    const { host, caPem } = broker.sasl!
    const sasl = () => ({ mechanism: 'plain', username: name, password: passwordOf(name) }) as const
    return kafkaClient({ brokers: [host], clientId: name, tls: { ca: [caPem] }, sasl })
  }

  /** Resolves when a consumer of this group has fetched from the topic. */
  async function fetched(name: RoleName, groupId: string, topic: string): Promise<void> {
    const consumer = clientOf(name).consumer({ groupId })
    try {
      await consumer.connect()
      const first = Promise.withResolvers<void>()
      consumer.on(consumer.events.FETCH, () => first.resolve())
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || first.reject(payload.error))
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachBatch: async () => {} })
      await first.promise
    } finally {
      await consumer.disconnect()
    }
  }
})

/** More than one batch of one partition, which takes a transaction. */
function manyEvents(): string {
  const at = new Date().toISOString()
  return Array.from({ length: 500 }, (_, nth) => `${JSON.stringify(event(`many-${nth}`, enterprise, at))}\n`).join('')
}

/** What an error says that names the right and what to do. */
function missing(right: Right): unknown {
  const operation = `(Describe|${right.operations.join('|')})` // who may read or write may describe
  const what =
    'topics' in right
      ? '(forewarn\\.|the topics)'
      : 'group' in right
        ? `the group ${right.group}`
        : 'the transactional id '
  return expect.stringMatching(
    new RegExp(
      `^error FW_KAFKA_REFUSED: .*the right ${operation} on ${what}.* is missing .*\\n.*the rights that docs/kafka.md`,
      'm', // ingest says first how far it came
    ),
  )
}
