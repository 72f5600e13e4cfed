/**
 * Enterprise ids from their number, so that a million of them take no memory. Profiles with USCC ids get well-formed ones
 * (GB 32100-2015: registration kind 91, the authority's region, an organisation code, a check character); about one in a
 * thousand fails its check, as genuine ones do.
 */
import type { Profile } from '../../streams/profile.ts'
import { usccCheckCharacter } from '../../streams/uscc.ts'
import { ForewarnError } from '../errors.ts'

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const base = alphabet.length
const codes = base ** 6 // 887,503,681 organisation codes behind MA
const stride = 387_420_489 // 3^18, no multiple of 31: number -> code is one to one
const wrongCheckEvery = 1009

const authorityUnknown = '100000'

/** The authority that registers where an enterprise stands; a code of six digits, as ids hold it. */
export function authorityOf(profile: Profile, region: number): string {
  const { code } = profile.regions.nodes[region]
  return /^\d{6}$/.test(code) ? code : authorityUnknown
}

/** Whether the id of this enterprise carries a wrong check character on purpose. */
export function checkFails(enterprise: number): boolean {
  return enterprise % wrongCheckEvery === 7
}

function uscc(enterprise: number, seed: number, authority: string): string {
  let rest = (enterprise * stride + (seed % codes)) % codes
  let code = ''
  for (let place = 0; place < 6; place++) {
    const digit = rest % base
    code += alphabet[digit]
    rest = (rest - digit) / base
  }
  const first17 = `91${authority}MA${code}${alphabet[enterprise % base]}`
  const check = usccCheckCharacter(first17) ?? '0'
  return first17 + (checkFails(enterprise) ? alphabet[(alphabet.indexOf(check) + 1) % base] : check)
}

export type EnterpriseIds = (enterprise: number, authority: string) => string

/** Ids in the form that the profile asks for. @throws ForewarnError FW_USAGE if the simulator knows none that matches. */
export function enterpriseIds(profile: Profile, seed: number): EnterpriseIds {
  const forms: EnterpriseIds[] = [
    (enterprise, authority) => uscc(enterprise, seed, authority),
    (enterprise) => `E${String(enterprise).padStart(9, '0')}`,
    (enterprise) => String(enterprise + 1),
    (enterprise) => `enterprise ${enterprise}`,
  ]
  const { pattern, check } = profile.file.enterpriseId
  const usable = check === 'uscc' ? forms : [...forms.slice(1), ...forms.slice(0, 1)]
  const form = usable.find((one) => profile.idPattern.test(one(12, '110101')))
  if (form) return form
  throw new ForewarnError('FW_USAGE', [
    `The simulator knows no enterprise ids of the form ${pattern} (profile ${profile.file.name}).`,
  ])
}
