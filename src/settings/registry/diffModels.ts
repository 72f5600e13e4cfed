/** In what two models differ, as plain values by path: what they were trained on, what they ask for, what they weigh. */
import type { ModelFile } from '../../../models/risk/modelFile.ts'

export type Difference = { path: string; a: unknown; b: unknown }

/** Values that stand in arrays beside `features` are compared feature by feature; `undefined` stands for what is not there. */
export function diffModels(a: ModelFile, b: ModelFile): Difference[] {
  const [left, right] = [valuesOf(a), valuesOf(b)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ path, a: left.get(path), b: right.get(path) }))
}

function valuesOf({ features, ...rest }: ModelFile): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const names = features.map(({ name }) => name)
  for (const { name, mean, deviation } of features) {
    found.set(`features.${name}.mean`, mean)
    found.set(`features.${name}.deviation`, deviation)
  }
  walk(rest, '')
  return found

  function walk(value: unknown, path: string): void {
    if (Array.isArray(value)) {
      const named = value.length === names.length && path !== 'bandEdges'
      for (const [at, one] of value.entries()) walk(one, `${path}.${named ? names[at] : at}`)
    } else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) walk(one, path === '' ? key : `${path}.${key}`)
    else found.set(path, value)
  }
}
