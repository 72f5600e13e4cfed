/** Names and sentences of the profile in one language, for pages that show codes. */
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex, unknownCode } from '../../streams/tree.ts'
import { ForewarnError } from '../errors.ts'
import type { Words } from './contracts.ts'

/** @throws ForewarnError FW_QUESTION for a language that the profile does not have. */
export function wordsIn(profile: Profile, language: string): Words {
  const { file, regions, industries, calendar, messages, types, groups } = profile
  if (!file.languages.includes(language))
    throw new ForewarnError('FW_QUESTION', [
      `the profile has the languages ${file.languages.join(', ')}, not ${language}`,
    ])
  const said = messages.get(language) ?? {}
  const named = (
    list: readonly { code: string; names?: Readonly<Record<string, string>> | undefined }[],
  ): { code: string; name: string }[] => list.map(({ code, names = {} }) => ({ code, name: names[language] ?? code }))
  const nodes = (tree: CodeTree, judged: readonly string[]): Words['regions'] =>
    tree.nodes
      .filter(({ index }) => index === rootIndex || tree.pathOf(index).length - 1 <= tree.cutDepth)
      .map(({ index, code, parent, depth, names }) => ({
        code,
        name: names[language] ?? code,
        parent: index === rootIndex ? '' : tree.nodes[parent].code,
        level: depth === 0 ? '' : tree.levels[depth - 1],
        judged: judged.includes(tree.levels[depth - 1]) && !code.endsWith(unknownCode),
      }))
  return {
    language,
    languages: file.languages,
    profile: file.name,
    tickUnit: calendar.unit,
    utcOffsetMinutes: file.tick.utcOffsetMinutes,
    regions: nodes(regions, file.warnings.regionLevels),
    industries: nodes(industries, file.warnings.industryLevels),
    types: types.map(({ code, names, group, judged, outcome }) => ({
      code,
      name: names[language] ?? code,
      group: groups[group],
      judged,
      outcome,
    })),
    groups: named(file.groups),
    sources: [{ code: 'OTHER', name: 'OTHER' }, ...named(file.sources)],
    grades: named(file.grades),
    bands: named(file.bands),
    messages: said,
    tiles: file.regions.tiles ?? {},
  }
}
