/** All commands, each a file beside this one. */
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }

/** In the order in which help lists them. A command that is not asked for is not loaded. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./run/demo.ts')).demoCommand(),
  run: async () => (await import('./run/run.ts')).runCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  config: async () => (await import('./run/config.ts')).configCommand(),
  contracts: async () => (await import('./contracts.ts')).contractsCommand(),
  simulate: async () => (await import('./simulate.ts')).simulateCommand(),
  ingest: async () => (await import('./log/ingest.ts')).ingestCommand(),
  tail: async () => (await import('./log/tail.ts')).tailCommand(),
  digest: async () => (await import('./log/digest.ts')).digestCommand(),
  extract: async () => (await import('./models/extract.ts')).extractCommand(),
  train: async () => (await import('./models/train.ts')).trainCommand(),
  import: async () => (await import('./models/importModel.ts')).importCommand(),
  evaluate: async () => (await import('./models/evaluate.ts')).evaluateCommand(),
  score: async () => (await import('./models/score.ts')).scoreCommand(),
  retrain: async () => (await import('./models/retrain.ts')).retrainCommand(),
  explain: async () => (await import('./log/explain.ts')).explainCommand(),
  models: async () => (await import('./models/models.ts')).modelsCommand(),
  promote: async () => (await import('./models/promote.ts')).promoteCommand(),
  challenge: async () => (await import('./models/promote.ts')).challengeCommand(),
  rollback: async () => (await import('./models/promote.ts')).rollbackCommand(),
  profile: async () => (await import('./profile.ts')).profileCommand(),
  topics: async () => (await import('./log/topics.ts')).topicsCommand(),
  verify: async () => (await import('./log/verify.ts')).verifyCommand(),
  backtest: async () => (await import('./log/backtest.ts')).backtestCommand(),
  policy: async () => (await import('./log/policy.ts')).policyCommand(),
  contradictions: async () => (await import('./log/contradictions.ts')).contradictionsCommand(),
  'dead-letters': async () => (await import('./log/deadLetters.ts')).deadLettersCommand(),
  prune: async () => (await import('./log/prune.ts')).pruneCommand(),
  backup: async () => (await import('./log/backup.ts')).backupCommand(),
  upgrade: async () => (await import('./log/upgrade.ts')).upgradeCommand(),
  doctor: async () => (await import('./log/doctor.ts')).doctorCommand(),
}

/** `asked`: the first word of the command line. Help and whatever is no command get all of them. */
export async function forewarnProgram(asked: string | undefined): Promise<Command> {
  const wanted = asked !== undefined && Object.hasOwn(loaders, asked) ? [loaders[asked]] : Object.values(loaders)
  const program = new Command('forewarn')
    .description(
      'Watches risk events about enterprises, scores each enterprise, and warns of industries and regions before trouble spreads.',
    )
    .version(packageJson.version)
  for (const command of await Promise.all(wanted.map((load) => load()))) program.addCommand(command)
  return program
}
