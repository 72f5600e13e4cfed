/** What one process and several have in common: how a run is asked for, with what it folds, and what came of it. */
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { checkBeat } from '../../engine.ts'
import { tokenOf } from '../../http/token.ts'
import { secondMs } from '../../limits.ts'
import { modelOf } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import type { logLevels } from '../../telemetry/logging.ts'
import { type RunTotals, totalsLine } from '../../telemetry/runTotals.ts'
import { hostAndPort, type LogOptions, printResult, type Screen, wholeNumber } from '../common.ts'

/** What `run` is asked, as the command line gives it. */
export type RunOptions = LogOptions & {
  profile: string
  untilEnd?: boolean
  http: string
  /** It is given, by whatever way. */
  isHttpAsked?: boolean
  serve?: string | true
  beatMs: string
  slackMs: string
  aheadMax: string
  checkpointEvery: string
  epochRecords: string
  workers?: string
  endWithParent?: boolean
  sessionMs: string
  logLevel: (typeof logLevels)[number]
  json?: boolean
}

/** @throws ForewarnError FW_USAGE, and what is wrong with profile or model. */
export async function settingOf(
  options: RunOptions,
): Promise<{ profile: Profile; model: RiskModel | null; beatMs: number }> {
  hostAndPort(options.http) // mistakes are told before a log is made
  tokenOf(process.env)
  const profile = await loadProfile(options.profile)
  const model = await modelOf(profile)
  const beatMs = wholeNumber('--beat-ms', options.beatMs)
  checkBeat(beatMs, profile)
  return { profile, model, beatMs }
}

export async function printTotals(
  screen: Screen,
  options: RunOptions,
  totals: RunTotals,
  startedMs: number,
): Promise<void> {
  const seconds = (Date.now() - startedMs) / secondMs
  await printResult(screen, options, { ...totals, seconds }, () => [`${totalsLine(totals)} in ${seconds.toFixed(1)} s`])
}
