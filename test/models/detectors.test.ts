import { earsC1, earsC2, earsC3 } from '../../models/counts/earsDetectors.ts'
import { recursiveGlm } from '../../models/counts/recursion.ts'
import { conforms } from './detectors.conformance.ts'

conforms(recursiveGlm, { outbreakFactorMax: 1.1, falseShareMax: 0.03 })
// One of the seven counts of C1's baseline is the outbreak at once; C2 and C3 keep two ticks between.
conforms(earsC1, { outbreakFactorMax: 3, falseShareMax: 0.03 })
conforms(earsC2, { outbreakFactorMax: 1.5, falseShareMax: 0.03 })
conforms(earsC3, { outbreakFactorMax: 1.5, falseShareMax: 0.03 })
