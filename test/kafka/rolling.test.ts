/** An update without a pause: two processes of a group under load, of which one is replaced and then the other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { longTestMsMax, until } from '../support/patience.ts'
import { Fleet } from './chaos/fleet.ts'
import { Load } from './chaos/load.ts'
import { hourlyProfile } from './chaos/profile.ts'
import { countFates, differencesFromCalm, ownReader, untilFolded } from './chaos/verdict.ts'
import { deleteTopics, type KafkaPlace, logArgs, newKafkaPlace } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const beatMs = 500
const tasks = 5 // one a partition, and the watch

describeWithKafka('a rolling update', () => {
  let folder: string
  let profile: string
  let place: KafkaPlace
  let fleet: Fleet
  let load: Load

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'forewarn-rolling-'))
    profile = await hourlyProfile(path.join(folder, 'profile'), Date.now())
    const { host } = await sharedBroker()
    place = await newKafkaPlace(host, tasks - 1, 'log')
    const setting = ['--profile', profile, '--beat-ms', String(beatMs), '--slack-ms', '300', '--http', '127.0.0.1:0']
    fleet = new Fleet(['run', ...logArgs(place), ...setting, '--checkpoint-every', '4'])
    load = new Load(host, place.prefixes.input, 200, 1)
  })
  afterAll(async () => {
    await load?.stop()
    fleet?.killAll()
    await deleteTopics(place.connection, place.prefixes)
    await rm(folder, { recursive: true, force: true })
  })

  /** Starts a process, and waits until it folds a task. */
  async function join(): Promise<void> {
    fleet.start()
    await until('it folds', async () => {
      const said = fleet.lines().at(-1) ?? []
      return said.some(({ kind }) => kind === 'Restored') ? true : undefined
    })
  }

  test('loses nothing, says nothing twice, and nothing else than one process', { timeout: longTestMsMax }, async () => {
    await join()
    await join()
    for (const old of fleet.running) {
      await join()
      await fleet.stop(old)
    }
    await load.stop()
    const log = await openKafkaLog(place)
    await untilFolded(log, beatMs)
    await fleet.stopAll()
    const { records, lost, twice } = await countFates(ownReader(log))
    expect({ lost, twice, ends: fleet.badEnds() }).toEqual({ lost: 0, twice: 0, ends: [] })
    expect(records).toBeGreaterThan(1_000)
    expect(await differencesFromCalm(log, { profile, beatMs })).toEqual([])
    await log.close()
  })
})
