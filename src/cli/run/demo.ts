/** `forewarn demo`: a simulated market, the whole program and its pages in one process; what `npm start` runs. */
import { Command, Option } from 'commander'
import { logLevels } from '../../telemetry/logging.ts'
import { hostAndPort, nonNegative, peoplesAddress, processScreen, remark, type Screen, wholeNumber } from '../common.ts'
import { historyDays } from './demoFeed.ts'
import { hearSignals, stopSignal } from './stopSignal.ts'

type Options = {
  days: string
  enterprises: string
  seed: string
  speed: string
  http: string
  pages: string | false
  exit?: boolean
  language?: string
  logLevel: (typeof logLevels)[number]
  json?: boolean
}

const help = `
Examples:
  $ forewarn demo                             a market of 10,000 enterprises; warnings as they rise; pages at http://127.0.0.1:9480/
  $ forewarn demo --days 60 --exit --json     60 simulated days as fast as they go, and what came of them

The simulator plans outbreaks, the first of them large and soon after the history. At the end the demo says how many of those
that have begun were warned of.`

export function demoCommand(screen: Screen = processScreen): Command {
  return new Command('demo')
    .description(
      'Simulate a market, fold it, and print warnings as they rise. Everything is made up, and gone at the end.',
    )
    .option('--days <n>', 'days to simulate', '180')
    .option('--enterprises <n>', 'number of enterprises', '10000')
    .option('--seed <s>', 'whole number from which everything is drawn', '1')
    .option('--speed <days>', `simulated days a second, after the first ${historyDays}; 0 is as fast as it goes`, '1')
    .option('--http <host:port>', 'where to serve metrics and health', '127.0.0.1:9464')
    .option('--pages <host:port>', 'where to serve pages', peoplesAddress)
    .option('--no-pages', 'without pages')
    .option('--exit', 'run at full speed, without a server, and stop at the end')
    .addOption(
      new Option('--language <language>', 'of the warnings printed; the language of the shell unless given').choices([
        'zh',
        'en',
      ]),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to say on standard error').choices(logLevels).default('error'),
    )
    .option('--json', 'print what came of it as one JSON object at the end')
    .addHelpText('after', help)
    .action((options: Options) => demo(screen, options))
}

async function demo(screen: Screen, options: Options): Promise<void> {
  const startedMs = Date.now()
  const { exit = false, json = false } = options
  const setting = {
    startedMs,
    days: wholeNumber('--days', options.days, 1),
    enterprises: wholeNumber('--enterprises', options.enterprises, 1),
    seed: wholeNumber('--seed', options.seed),
    daysPerSecond: exit ? 0 : nonNegative('--speed', options.speed),
    http: exit ? undefined : hostAndPort(options.http),
    pages: exit || options.pages === false ? undefined : options.pages,
    language: options.language ?? (process.env.LANG?.startsWith('zh') === true ? 'zh' : 'en'),
    logLevel: options.logLevel,
    json,
  }
  if (!json)
    remark(
      screen,
      `A made-up market of ${setting.enterprises.toLocaleString('en')} enterprises over ${setting.days} days. The first ${historyDays} days are history; Ctrl-C ends it.`,
    )
  // Loaded now, so that the first line does not wait for the whole program.
  const { runDemo } = await import('./demoRun.ts')
  await hearSignals()
  const stop = stopSignal() // from here on there is a folder to remove
  try {
    await runDemo(screen, setting, stop.signal)
  } finally {
    stop.release()
  }
}
