#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning
/** The command line. Every command is a file in src/cli/. */
import { Command } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { runProgram } from './cli/common.ts'
import { deadLettersCommand } from './cli/deadLetters.ts'
import { demoCommand } from './cli/demo.ts'
import { digestCommand } from './cli/digest.ts'
import { doctorCommand } from './cli/doctor.ts'
import { evaluateCommand } from './cli/evaluate.ts'
import { explainCommand } from './cli/explain.ts'
import { extractCommand } from './cli/extract.ts'
import { importCommand } from './cli/importModel.ts'
import { ingestCommand } from './cli/ingest.ts'
import { modelsCommand } from './cli/models.ts'
import { challengeCommand, promoteCommand, rollbackCommand } from './cli/promote.ts'
import { retrainCommand } from './cli/retrain.ts'
import { runCommand } from './cli/run.ts'
import { simulateCommand } from './cli/simulate.ts'
import { tailCommand } from './cli/tail.ts'
import { topicsCommand } from './cli/topics.ts'
import { trainCommand } from './cli/train.ts'
import { verifyCommand } from './cli/verify.ts'

const program = new Command('forewarn')
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

process.exitCode = await runProgram(program, process.argv.slice(2))
