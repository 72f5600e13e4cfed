/** Judges the warning again from the archive, by the code that raised it, when somebody asks. */
import { useEffect } from 'preact/hooks'
import type { Verification } from '../../serve/contracts.ts'
import { tell, useAnswer } from '../ask.ts'
import { number, say, tickName } from '../language.ts'
import { Section } from '../parts/section.tsx'
import { Failed } from '../parts/states.tsx'

const lookMs = 1_000

export function Check({ id }: { id: string }) {
  const url = `/api/v1/warnings/${encodeURIComponent(id)}/verifications`
  const answer = useAnswer<Verification>(url)
  const { data, again } = answer
  const isRunning = data?.state === 'running'
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(again, lookMs)
    return () => clearInterval(timer)
  }, [isRunning])
  const begin = (): void => void tell(url).then(again, again)
  return (
    <Section
      title={say('check.title')}
      beside={
        <button type="button" data-key="verify" disabled={isRunning} onClick={begin}>
          {say(isRunning ? 'check.running' : 'check.begin')}
        </button>
      }
    >
      <Failed of={answer} />
      <p role="status" data-verified={String(data?.agrees ?? 'none')}>
        {data === undefined || data.state === 'none' ? say('check.none') : resultOf(data)}
      </p>
      {data?.agrees === false && (
        <ul>
          {data.changes
            .filter(({ agrees }) => !agrees)
            .map(({ tick, change, differences }) => (
              <li key={`${tick}${change}`}>
                {tickName(tick)}: {differences.join('; ')}
              </li>
            ))}
        </ul>
      )}
    </Section>
  )
}

function resultOf({ state, agrees, changes, reason }: Verification): string {
  if (state === 'running') return say('check.running')
  if (state === 'failed') return say('check.failed', { reason: reason ?? '' })
  const ticks = changes.reduce((most, { ticksJudged }) => Math.max(most, ticksJudged), 0)
  return say(agrees === true ? 'check.agrees' : 'check.differs', { n: changes.length, ticks: number(ticks) })
}
