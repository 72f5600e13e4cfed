/** What is done to the fleet and its broker, drawn from a seed. */
import type { Random } from '../../models/random.ts'
import type { Moment } from './fleet.ts'

export type Act =
  | { what: 'kill'; moment: Moment; delayMs: number; restartMs: number }
  | { what: 'freeze'; ms: number }
  | { what: 'stop'; restartMs: number }
  | { what: 'join' }
  | { what: 'killBroker'; downMs: number }
  | { what: 'freezeBroker'; ms: number }

const moments: readonly Moment[] = [
  'any',
  'EpochCommitting',
  'EpochCommitting',
  'CheckpointWriting',
  'CheckpointWriting',
  'Restoring',
]

/** Mostly kills of workers; broker kills as often as asked for, one in so many acts. */
export function drawAct(random: Random, actsPerBrokerKill: number): Act {
  const draw = random()
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]
  const brokerShare = 1 / actsPerBrokerKill
  if (draw < brokerShare) return { what: 'killBroker', downMs: 500 + random() * 5_000 }
  if (draw < brokerShare + 0.03) return { what: 'freezeBroker', ms: 2_000 + random() * 4_000 }
  if (draw < brokerShare + 0.07) return { what: 'freeze', ms: 20_000 }
  if (draw < brokerShare + 0.12) return { what: 'stop', restartMs: random() * 2_000 }
  if (draw < brokerShare + 0.15) return { what: 'join' }
  return {
    what: 'kill',
    moment: pick(moments),
    delayMs: random() < 0.5 ? 0 : random() * 20,
    restartMs: random() * 2_000,
  }
}
