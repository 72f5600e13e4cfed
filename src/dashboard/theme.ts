/** Dark or light: as the system says, unless somebody chose. What is chosen is kept in the browser. */
import { signal } from '@preact/signals'
import { read, write } from './kept.ts'

export type Theme = 'light' | 'dark'
const system = matchMedia('(prefers-color-scheme: dark)')
const ofSystem = (): Theme => (system.matches ? 'dark' : 'light')
const isTheme = (value: string | undefined): value is Theme => value === 'light' || value === 'dark'

const chosen = read('theme')
export const theme = signal<Theme>(isTheme(chosen) ? chosen : ofSystem())

system.addEventListener('change', () => {
  if (read('theme') === undefined) theme.value = ofSystem()
})
theme.subscribe((value) => {
  document.documentElement.dataset.theme = value
})

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  write('theme', theme.value)
}
