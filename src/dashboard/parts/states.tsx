/** What stands where there is nothing to show: it loads, it failed, or there is none, each with its sentence. */
import type { ComponentChildren } from 'preact'
import type { Asked } from '../ask.ts'
import { ago, say } from '../language.ts'
import { nowMs } from '../live/trust.ts'
import type { Key } from '../words/zh.ts'

export function Skeleton({ rows = 6, label = say('state.loading') }: { rows?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  )
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

/** The problem's own text and remedy, the number of the request, and a way to ask again. */
export function Failed<T>({ of }: { of: Asked<T> }) {
  const { problem, data, atMs, again } = of
  if (problem === undefined) return null
  const isSilent = problem.code === 'UNREACHABLE'
  return (
    <div class="failed" role="alert">
      <p>
        <strong>{isSilent ? say('problem.unreachable') : titleOf(problem.code, problem.message)}</strong>{' '}
        {isSilent ? say('problem.unreachableRemedy') : remedyOf(problem.code, problem.remedy)}
      </p>
      <p class="quiet">
        {data !== undefined && <>{say('problem.lastGood', { age: ago(nowMs.value - atMs) })} </>}
        {!isSilent && (
          <>
            {problem.code} · {say('problem.request', { id: problem.instance })}
          </>
        )}
      </p>
      <button type="button" onClick={again}>
        {say('problem.again')}
      </button>
    </div>
  )
}

const told = {
  FW_WARNING_NOT_FOUND: ['problem.warning', 'problem.warningRemedy'],
  FW_ENTERPRISE_UNKNOWN: ['problem.enterprise', 'problem.enterpriseRemedy'],
  FW_AS_OF: ['problem.asOf', 'problem.asOfRemedy'],
  FW_QUESTION: ['problem.question', 'problem.questionRemedy'],
  FW_CURSOR: ['problem.cursor', 'problem.cursorRemedy'],
  FW_TICK_UNKNOWN: ['problem.tick', 'problem.tickRemedy'],
  FW_READMODEL_BEHIND: ['problem.behind', 'problem.behindRemedy'],
  FW_MACHINE: ['problem.machine', 'problem.machineRemedy'],
} as const satisfies Record<string, readonly [Key, Key]>

const isTold = (code: string): code is keyof typeof told => code in told
/** What officers meet has words in both languages; all else is told as the registry has it. */
const titleOf = (code: string, message: string): string => (isTold(code) ? say(told[code][0]) : message)
const remedyOf = (code: string, remedy: string): string => (isTold(code) ? say(told[code][1]) : remedy)

/** Data as they were last answered, grey when they are not of now; before the first answer its outline. */
export function Shown<T>({
  of,
  rows = 6,
  children,
}: {
  of: Asked<T>
  rows?: number
  children: (data: T) => ComponentChildren
}) {
  const { data, problem } = of
  return (
    <>
      <Failed of={of} />
      {data === undefined && problem === undefined && <Skeleton rows={rows} />}
      {data !== undefined && <div class={problem === undefined ? 'shown' : 'shown stale'}>{children(data)}</div>}
    </>
  )
}
