/** For an address that is none of ours. */
import { at } from '../address.ts'
import { say } from '../language.ts'

export function Nowhere() {
  return (
    <>
      <header class="page-head">
        <h1>{say('page.nowhere')}</h1>
      </header>
      <p class="empty">
        {say('nowhere.what')} <a href={at('/')}>{say('page.today')}</a>
      </p>
    </>
  )
}
