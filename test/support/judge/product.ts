/** The product's side of a comparison with the judge's oracle: one enterprise task and the watch, driven by hand. */

import { cellKeys } from '../../../src/cells.ts'
import { partOf } from '../../../src/columns/cellPart.ts'
import { unpacked } from '../../../src/columns/packedRecords.ts'
import { EnterpriseTask } from '../../../src/enterprise/task.ts'
import { recordsByName } from '../../../src/fold/beatRecords.ts'
import { foldVersion } from '../../../src/fold/version.ts'
import type { LogRecord } from '../../../src/log/port.ts'
import { WatchTask } from '../../../src/watch/task.ts'
import type { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ArchiveRecord } from '../../../streams/ticks.ts'
import { type FoldedTopic, warningTopics } from '../../../streams/topics.ts'
import { Warning } from '../../../streams/warnings.ts'
import { bytesOf } from '../fold.ts'
import type { Role, SourceFact } from './beginnings.ts'
import { codesOf } from './cells.ts'
import type { Expected, Silent, Turns } from './judgeOracle.ts'

/** A record as it is sent; a value that is text is sent as it is. */
export type Sent = { topic: FoldedTopic; key: string | null; value: object | string }

const topicsOfWarnings: ReadonlySet<string> = new Set(Object.values(warningTopics))

export class JudgeInTasks {
  readonly #enterprises: EnterpriseTask
  readonly #watch: WatchTask
  readonly #profile: Profile

  constructor(profile: Profile, beatMs: number) {
    const common = { profile, model: null, beatMs, partitions: 1, listener: () => {} }
    this.#profile = profile
    this.#enterprises = new EnterpriseTask({ ...common, partition: 0, hashSeed: [0, 0] })
    this.#watch = new WatchTask({ ...common, foldVersion })
  }

  /** Folds one beat through both tasks; `counted` is given the parts before the watch takes them. `texts`: warnings as they are published, with their keys. */
  beat(
    beat: number,
    sent: readonly Sent[],
    counted: (parts: CellPart[]) => void = () => {},
  ): { said: Warning[]; texts: string[]; turns: Turns & Silent } {
    const taken = this.#enterprises.inputs.map((input) =>
      sent
        .filter(({ topic }) => topic === input.topic)
        .map(({ key, value }, offset) => record(offset, key, bytesOf(value))),
    )
    const { id, inputs } = this.#enterprises
    const parts: LogRecord[] = []
    this.#enterprises.fold(beat, recordsByName(id, inputs, taken), ({ topic, record: { key, value } }) => {
      if (topic === 'cell-parts') parts.push(...unpacked(record(parts.length, key, value)))
    })
    counted(parts.map(partOf))
    const [said, texts]: [Warning[], string[]] = [[], []]
    const turns: { begun: string[]; ended: string[]; silent: string[] } = { begun: [], ended: [], silent: [] }
    this.#watch.fold(beat, { commands: [], parts, artifacts: [] }, ({ topic, record: { key, value } }) => {
      if (topicsOfWarnings.has(topic)) {
        said.push(Warning.parse(jsonIn(value)))
        texts.push(`${key} ${Buffer.from(value).toString('utf8')}`)
      }
      const record = topic === 'ticks' ? ArchiveRecord.parse(jsonIn(value)) : undefined
      if (record?.kind !== 'tick') return
      for (const kind of ['begun', 'ended', 'silent'] as const)
        turns[kind].push(...(record[kind] ?? []).map((region) => this.#profile.regions.nodes[region].code))
    })
    return { said, texts, turns }
  }

  /** What events of a source from a region are in the open tick. */
  roleOf({ source, region }: SourceFact): Role {
    const { regions, sourceIndex } = this.#profile
    return this.#watch.beginnings.roleOf(sourceIndex.get(source) ?? 0, regions.leafOf[regions.find(region)])
  }

  /** What a cell should count in a tick; undefined for one that is not judged yet. */
  expected(cell: string, tick: number): Expected | undefined {
    const { regions, industries } = this.#profile
    const { region, industry } = codesOf(cell)
    const { cells } = this.#watch.engine
    const at = cells.index.get(cellKeys(this.#profile).cell(regions.find(region), industries.find(industry)))
    return at === undefined ? undefined : cells.expect(at, tick)
  }

  /** How many cells it judges. */
  get cells(): number {
    return this.#watch.engine.cells.nodes.length
  }
}

const jsonIn = (value: Uint8Array): unknown => JSON.parse(Buffer.from(value).toString('utf8'))

const record = (offset: number, key: string | null, value: Uint8Array): LogRecord => ({
  offset,
  timeMs: 0,
  key,
  value,
  headers: null,
})
