/** The commands of the program in this process, as a test calls them: no start of a process for each. */
import { runProgram, type Screen } from '../../src/cli/common.ts'
import { backupCommand } from '../../src/cli/log/backup.ts'
import { deadLettersCommand } from '../../src/cli/log/deadLetters.ts'
import { digestCommand } from '../../src/cli/log/digest.ts'
import { doctorCommand } from '../../src/cli/log/doctor.ts'
import { explainCommand } from '../../src/cli/log/explain.ts'
import { ingestCommand } from '../../src/cli/log/ingest.ts'
import { pruneCommand } from '../../src/cli/log/prune.ts'
import { topicsCommand } from '../../src/cli/log/topics.ts'
import { upgradeCommand } from '../../src/cli/log/upgrade.ts'
import { evaluateCommand } from '../../src/cli/models/evaluate.ts'
import { extractCommand } from '../../src/cli/models/extract.ts'
import { modelsCommand } from '../../src/cli/models/models.ts'
import { challengeCommand, promoteCommand } from '../../src/cli/models/promote.ts'
import { retrainCommand } from '../../src/cli/models/retrain.ts'
import { trainCommand } from '../../src/cli/models/train.ts'
import { runCommand } from '../../src/cli/run/run.ts'
import { testScreen } from '../ingest/support.ts'

const commands = {
  backup: backupCommand,
  challenge: challengeCommand,
  'dead-letters': deadLettersCommand,
  digest: digestCommand,
  doctor: doctorCommand,
  evaluate: evaluateCommand,
  explain: explainCommand,
  extract: extractCommand,
  ingest: ingestCommand,
  models: modelsCommand,
  promote: promoteCommand,
  prune: pruneCommand,
  retrain: retrainCommand,
  run: runCommand,
  topics: topicsCommand,
  train: trainCommand,
  upgrade: upgradeCommand,
} as const satisfies Record<string, (screen: Screen) => unknown>

export type CommandName = keyof typeof commands
export type Ended = { code: number; out: string; err: string }

/** Name and arguments of a command, as the shell has them. */
export async function runCommandLine([name, ...args]: readonly string[], stdin = ''): Promise<Ended> {
  const command = Object.entries(commands).find(([one]) => one === name)?.[1]
  if (command === undefined) throw new Error(`there is no command ${name}`)
  const screen = testScreen({ stdin })
  const code = await runProgram(command(screen), args, screen)
  return { code, out: screen.out.text, err: screen.err.text }
}
