/** All commands, each a file beside this one. */
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { deadLettersCommand } from './deadLetters.ts'
import { demoCommand } from './demo.ts'
import { digestCommand } from './digest.ts'
import { doctorCommand } from './doctor.ts'
import { evaluateCommand } from './evaluate.ts'
import { explainCommand } from './explain.ts'
import { extractCommand } from './extract.ts'
import { importCommand } from './importModel.ts'
import { ingestCommand } from './ingest.ts'
import { modelsCommand } from './models.ts'
import { challengeCommand, promoteCommand, rollbackCommand } from './promote.ts'
import { retrainCommand } from './retrain.ts'
import { runCommand } from './run.ts'
import { simulateCommand } from './simulate.ts'
import { tailCommand } from './tail.ts'
import { topicsCommand } from './topics.ts'
import { trainCommand } from './train.ts'
import { verifyCommand } from './verify.ts'

export function forewarnProgram(): Command {
  return new Command('forewarn')
    .description(
      'Watches risk events about enterprises, scores each enterprise, and warns of industries and regions before trouble spreads.',
    )
    .version(packageJson.version)
    .addCommand(demoCommand())
    .addCommand(runCommand())
    .addCommand(simulateCommand())
    .addCommand(ingestCommand())
    .addCommand(tailCommand())
    .addCommand(digestCommand())
    .addCommand(extractCommand())
    .addCommand(trainCommand())
    .addCommand(importCommand())
    .addCommand(evaluateCommand())
    .addCommand(retrainCommand())
    .addCommand(explainCommand())
    .addCommand(modelsCommand())
    .addCommand(promoteCommand())
    .addCommand(challengeCommand())
    .addCommand(rollbackCommand())
    .addCommand(topicsCommand())
    .addCommand(verifyCommand())
    .addCommand(deadLettersCommand())
    .addCommand(doctorCommand())
}
