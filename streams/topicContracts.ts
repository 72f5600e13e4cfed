/** The contract of each topic whose records are JSON, its key, and in a line what it is for: from it JSON Schema and AsyncAPI are made. */
import type { z } from 'zod'
import { ArtifactChunk } from './artifacts.ts'
import { Command } from './commands.ts'
import { CreditGrade, Enterprise, RiskEvent } from './contracts.ts'
import { Contributions } from './contributions.ts'
import { CellPart, CommandResult, EnterpriseAlert, FateColumns, PublicNotice, Score, ShadowScore } from './outputs.ts'
import { Contradiction, RiskLevels } from './riskLevels.ts'
import { ArchiveRecord } from './ticks.ts'
import type { TopicName } from './topics.ts'
import { Warning } from './warnings.ts'

export type TopicContract = {
  contract: z.ZodType
  key: string
  about: string
  /** Names enterprises: not for everybody. */
  restricted?: true
}

/** The rest are bytes: dead letters are records as they came, checkpoints pages of state, the journal the program's own. */
export const topicContracts: Readonly<Partial<Record<TopicName, TopicContract>>> = {
  'risk-events': { contract: RiskEvent, key: 'enterprise id', about: 'Risk events, and what takes them back.' },
  'credit-grades': { contract: CreditGrade, key: 'enterprise id', about: 'Credit grades, in force from an hour on.' },
  enterprises: { contract: Enterprise, key: 'enterprise id', about: 'The register of enterprises.' },
  commands: { contract: Command, key: 'none', about: 'What people and importers tell the system.' },
  artifacts: { contract: ArtifactChunk, key: 'artefact', about: 'Models and profiles, in chunks.' },
  scores: { contract: Score, key: 'enterprise id', about: 'Scores with their reasons.', restricted: true },
  'shadow-scores': { contract: ShadowScore, key: 'enterprise id', about: 'What a challenger says.', restricted: true },
  'enterprise-alerts': { contract: EnterpriseAlert, key: 'enterprise id', about: 'Changes of band.', restricted: true },
  'industry-warnings': { contract: Warning, key: 'industry', about: 'Warnings about industries.' },
  'region-warnings': { contract: Warning, key: 'region', about: 'Warnings about regions.' },
  'cell-warnings': { contract: Warning, key: 'region|industry', about: 'Warnings about industries in regions.' },
  fates: { contract: FateColumns, key: 'task', about: 'What became of each record, in columns.' },
  'command-results': { contract: CommandResult, key: 'command id', about: 'Answers to commands.' },
  notices: {
    contract: PublicNotice,
    key: 'source, hour or model',
    about: 'Who was heard, who is silent, what has drifted.',
  },
  contributions: {
    contract: Contributions,
    key: 'task',
    about: 'What counted in a tick, and of whom.',
    restricted: true,
  },
  'cell-parts': { contract: CellPart, key: 'task', about: 'What a task adds to the cells in a beat.' },
  ticks: { contract: ArchiveRecord, key: 'tick', about: 'The tick archive.' },
  contradictions: {
    contract: Contradiction,
    key: 'enterprise id',
    about: 'Enterprises whose scores contradict their grade, or do so no more.',
    restricted: true,
  },
  'risk-levels': {
    contract: RiskLevels,
    key: 'tick',
    about: 'What is usual of each grade in the country, for the tasks.',
  },
}
