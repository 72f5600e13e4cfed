/** The outermost regions as a grid of equal tiles, where no border is drawn and no large one swallows a small one. */
import type { Tile } from '../../serve/contracts.ts'
import { at } from '../address.ts'
import { nameOf, number, say, words } from '../language.ts'
import { mayBeCalm } from '../live/trust.ts'
import { Mark, type Shown } from './mark.tsx'

/** Calm only where it is sure. */
export const shownLevel = ({ level, sure }: { level: Tile['level']; sure: boolean }): Shown =>
  level === 'calm' && !(sure && mayBeCalm.value) ? 'unsure' : level

export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  const places = words.value?.tiles ?? {}
  const isGrid = tiles.some(({ region }) => region in places)
  return (
    <ul class={isGrid ? 'tiles' : 'tiles tiles-list'}>
      {tiles.map((tile) => (
        <TileOf key={tile.region} tile={tile} place={places[tile.region]} />
      ))}
    </ul>
  )
}

function TileOf({ tile, place }: { tile: Tile; place: readonly [number, number] | undefined }) {
  const { region, level, warnings, observed, expected, sure } = tile
  const shown = shownLevel({ level, sure })
  const name = nameOf('regions', region)
  const figures = say('tile.figures', { observed, expected: expected === null ? '–' : number(expected) })
  const title = `${name}: ${say(`level.${shown}`)} · ${say('tile.warnings', { n: warnings })} · ${figures}`
  return (
    <li
      class={`tile tile-${shown}${sure ? '' : ' tile-unsure'}`}
      style={place === undefined ? undefined : { gridColumn: place[0] + 1, gridRow: place[1] + 1 }}
    >
      <a href={at('/spread', { region })} title={title}>
        <span class="hidden">{title}</span>
        <span aria-hidden="true" class="tile-name">
          {shortName(name, region)}
        </span>
        <span aria-hidden="true" class="tile-state">
          {level === 'calm' ? null : <Mark level={shown} size={9} />}
          {warnings > 0 ? number(warnings) : ''}
        </span>
      </a>
    </li>
  )
}

const initials = 3

/** The profile's short name, else the first letters. */
function shortName(name: string, region: string): string {
  return region === 'UNKNOWN' ? '?' : name.slice(0, /^[\x20-\x7e]/.test(name) ? initials : 2)
}

export function TileLegend() {
  return (
    <ul class="legend">
      {(['red', 'orange', 'yellow', 'blue', 'calm', 'unsure'] as const).map((level) => (
        <li key={level}>
          <Mark level={level} size={10} /> {say(`level.${level}`)}
        </li>
      ))}
    </ul>
  )
}
