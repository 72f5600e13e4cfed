/** The frame of every page: whether it may be trusted, where one can go, and the page itself. */
import { useEffect, useRef } from 'preact/hooks'
import { at, isWall, path, visits } from './address.ts'
import { DemoBar } from './demo/demoBar.tsx'
import { Tour } from './demo/tour.tsx'
import { Help } from './keys/help.tsx'
import { followKeys, isHelpOpen } from './keys/keys.ts'
import { language, say, switchLanguage } from './language.ts'
import { status } from './live/stream.ts'
import { doubt } from './live/trust.ts'
import { Brief } from './pages/brief.tsx'
import { Data } from './pages/data.tsx'
import { Enterprise } from './pages/enterprise.tsx'
import { Enterprises } from './pages/enterprises.tsx'
import { Nowhere } from './pages/nowhere.tsx'
import { Spread } from './pages/spread.tsx'
import { Today } from './pages/today.tsx'
import { Warning } from './pages/warning.tsx'
import { Warnings } from './pages/warnings.tsx'
import { PastBanner, Strip } from './parts/strip.tsx'
import { When } from './parts/when.tsx'
import { type Place, placeOf, wallPlaceOf } from './routes.ts'
import { switchTheme, theme } from './theme.ts'
import { WallFrame } from './wall.tsx'

export const sections = ['today', 'warnings', 'spread', 'enterprises', 'data'] as const

export function App() {
  const main = useRef<HTMLElement>(null)
  const wall = isWall.value
  const place = wall ? wallPlaceOf(path.value) : placeOf(path.value)
  useEffect(followKeys, [])
  useEffect(() => {
    if (visits.value > 0) main.current?.focus({ preventScroll: true })
  }, [visits.value])
  useEffect(() => {
    const red = status.value?.standing.red ?? 0
    document.documentElement.toggleAttribute('data-wall', wall)
    document.title = `${red > 0 ? `▲${red} ` : ''}${say(`page.${place.page}`)} · Forewarn`
  })
  return (
    <>
      <a class="skip" href="#main">
        {say('frame.skip')}
      </a>
      {wall ? <WallFrame page={place.page} /> : <Frame page={place.page} />}
      <main id="main" ref={main} tabIndex={-1} class={doubt.value?.kind === 'no-answer' ? 'stale' : undefined}>
        <PastBanner />
        <PageOf key={`${place.page}|${'id' in place ? place.id : ''}`} place={place} />
      </main>
      {!wall && <Tour />}
      <Help />
    </>
  )
}

/** A button that is a sign; its name is read out, and shown under the pointer. */
function Tool({ label, onClick, children }: { label: string; onClick: () => void; children: string }) {
  return (
    <button type="button" class="bare" aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  )
}

function Frame({ page }: { page: string }) {
  return (
    <header class="frame">
      <div class="bar">
        <a class="brand" href={at('/')}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M8 1.5 15 14H1z" />
          </svg>
          Forewarn
        </a>
        <Sections now={sectionOf(page)} />
        <div class="tools">
          <When />
          <button type="button" class="bare" lang={language.value === 'zh' ? 'en' : 'zh'} onClick={switchLanguage}>
            {say('frame.language')}
          </button>
          <Tool label={say('frame.theme')} onClick={switchTheme}>
            {theme.value === 'dark' ? '☀' : '☾'}
          </Tool>
          <Tool
            label={say('help.title')}
            onClick={() => {
              isHelpOpen.value = true
            }}
          >
            ?
          </Tool>
        </div>
      </div>
      <Strip />
      <DemoBar />
    </header>
  )
}

function Sections({ now }: { now: string }) {
  return (
    <nav aria-label={say('frame.pages')}>
      <ul>
        {sections.map((page) => (
          <li key={page}>
            <a href={at(page === 'today' ? '/' : `/${page}`)} aria-current={page === now ? 'page' : undefined}>
              {say(`page.${page}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const sectionOf = (page: string): string =>
  page === 'brief'
    ? 'today'
    : page.startsWith('warning')
      ? 'warnings'
      : page.startsWith('enterprise')
        ? 'enterprises'
        : page

function PageOf({ place }: { place: Place }) {
  switch (place.page) {
    case 'today':
      return <Today />
    case 'warnings':
      return <Warnings />
    case 'warning':
      return <Warning id={place.id} />
    case 'spread':
      return <Spread />
    case 'enterprises':
      return <Enterprises />
    case 'enterprise':
      return <Enterprise id={place.id} />
    case 'data':
      return <Data />
    case 'brief':
      return <Brief id={undefined} />
    case 'warning-brief':
      return <Brief id={place.id} />
    case 'nowhere':
      return <Nowhere />
  }
}
