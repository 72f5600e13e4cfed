/** What the keys do; it stands beside the page and blocks nothing. */
import { useEffect, useRef } from 'preact/hooks'
import { at } from '../address.ts'
import { say } from '../language.ts'
import type { Key } from '../words/zh.ts'
import { areKeysOn, isHelpOpen, switchKeys } from './keys.ts'

const told: readonly (readonly [string, Key])[] = [
  ['j k', 'help.step'],
  ['Enter', 'help.open'],
  ['n p', 'help.next'],
  ['[ ]', 'help.travel'],
  ['/', 'help.search'],
  ['v', 'help.verify'],
  ['b', 'help.brief'],
  ['g t', 'page.today'],
  ['g w', 'page.warnings'],
  ['g m', 'page.spread'],
  ['g e', 'page.enterprises'],
  ['g d', 'page.data'],
  ['?', 'help.title'],
  ['Esc', 'help.close'],
]

export function Help() {
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isHelpOpen.value) close.current?.focus()
  }, [isHelpOpen.value])
  if (!isHelpOpen.value) return null
  return (
    <aside class="help" aria-label={say('help.title')}>
      <header>
        <strong>{say('help.title')}</strong>
        <button
          type="button"
          ref={close}
          onClick={() => {
            isHelpOpen.value = false
          }}
        >
          {say('help.close')}
        </button>
      </header>
      <dl>
        {told.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{say(what)}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={({ currentTarget }) => switchKeys(currentTarget.checked)}
        />
        {say('help.on')}
      </label>
      <p>
        <a href={at('/', { wall: '1' })}>{say('wall.show')}</a>
      </p>
    </aside>
  )
}
