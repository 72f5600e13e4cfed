/** What stands above a screen on a wall, which nobody touches: whether it may be trusted; and its turns from one page to the next. */
import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { go, query, withQuery } from './address.ts'
import { clock } from './demo/clock.ts'
import { say } from './language.ts'
import { Strip } from './parts/strip.tsx'

/** A page stays for so long. */
const turnMs = 30_000

/** `page`: which of the two is shown. What the address asks for besides stays, such as a region. */
export function WallFrame({ page }: { page: string }) {
  const [here, next] = page === 'spread' ? ['/spread', '/'] : ['/', '/spread']
  const asked = Object.fromEntries(query.value)
  const isStill = useSignal(false)
  // Before the page is painted: once it says that it stands, it stands.
  useLayoutEffect(() => {
    if (isStill.value) return
    const timer = setTimeout(() => go(withQuery(next, Object.fromEntries(query.peek())), { replace: true }), turnMs)
    return () => clearTimeout(timer)
  }, [next, isStill.value])
  return (
    <header class="frame wall-frame">
      <Strip />
      <div class="tools">
        {clock.value !== undefined && <span>{say('demo.madeUp')}</span>}
        <button
          type="button"
          class="bare"
          onClick={() => {
            isStill.value = !isStill.value
          }}
        >
          {say(isStill.value ? 'wall.turn' : 'wall.stop')}
        </button>
        <a href={withQuery(here, { ...asked, wall: undefined })}>{say('wall.leave')}</a>
      </div>
    </header>
  )
}
