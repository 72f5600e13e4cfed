/** Notices: who was heard when, which sources are silent, how far the model has drifted. */
import { PublicNotice, type SourceSilent, type SourceSpoke, type SourcesHeard } from '../../../streams/outputs.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import { never } from '../schema.ts'
import type { Store } from '../store.ts'

export function foldNotice(store: Store, { value }: LogRecord): void {
  const notice = PublicNotice.parse(jsonOf(value))
  if (notice.kind === 'SourcesHeard') heard(store, notice)
  else if (notice.kind === 'SourceSilent') silent(store, notice)
  else if (notice.kind === 'SourceSpoke') spoke(store, notice)
  else {
    const { tick, model, feature = '', psi, rows } = notice
    store.run('INSERT OR REPLACE INTO drift VALUES (?, ?, ?, ?, ?)', tick, model, feature, psi, rows)
  }
}

/** Of a tick the last hour that was told stands: it has the records of the whole tick so far. */
function heard(store: Store, { hour, tick, sources }: SourcesHeard): void {
  for (const { source, regions, records, lastHeard } of sources) {
    const sum = records.reduce((all, one) => all + one, 0)
    const last = [...lastHeard].sort().at(-1) ?? ''
    store.run('INSERT OR REPLACE INTO source_tick VALUES (?, ?, ?, ?)', source, tick, sum, last)
    for (const [at, region] of regions.entries())
      store.run(
        'INSERT OR REPLACE INTO source_heard VALUES (?, ?, ?, ?, ?, ?)',
        ...[tick, source, region, records[at], lastHeard[at], hour],
      )
  }
  store.run("INSERT INTO change (kind, of) VALUES ('source', ?)", hour)
}

function silent(store: Store, notice: SourceSilent): void {
  const { source, region, tick } = notice
  store.run(
    'INSERT OR REPLACE INTO silence VALUES (?, ?, ?, ?, ?)',
    source,
    region,
    tick,
    never,
    JSON.stringify(notice),
  )
  store.run("INSERT INTO change (kind, of) VALUES ('source', ?)", source)
}

function spoke(store: Store, { source, region, tick }: SourceSpoke): void {
  store.run(
    `UPDATE silence SET ended_tick = ? WHERE source = ? AND region = ? AND ended_tick = ${never}`,
    ...[tick, source, region],
  )
  store.run("INSERT INTO change (kind, of) VALUES ('source', ?)", source)
}
