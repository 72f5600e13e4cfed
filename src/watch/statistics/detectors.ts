/** The detectors that a profile may name. */
import type { CountDetector } from '../../../models/counts/detector.ts'
import { earsC1, earsC2, earsC3 } from '../../../models/counts/earsDetectors.ts'
import { ewmaNb } from '../../../models/counts/ewmaNb.ts'
import { formerRecursiveGlm, recursiveGlm } from '../../../models/counts/recursion.ts'
import type { WarningPolicy } from '../../../streams/profile.ts'

const detectors: Readonly<Record<WarningPolicy['detector'], CountDetector>> = {
  'recursive-glm': recursiveGlm,
  'ears-c1': earsC1,
  'ears-c2': earsC2,
  'ears-c3': earsC3,
  'ewma-nb': ewmaNb,
}

export function detectorOf(policy: WarningPolicy): CountDetector {
  return detectors[policy.detector]
}

/** As warnings were judged by it until foldVersion 4. */
export function formerDetectorOf(policy: WarningPolicy): CountDetector {
  return policy.detector === 'recursive-glm' ? formerRecursiveGlm : detectorOf(policy)
}
