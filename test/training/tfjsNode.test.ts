import { expect, it, test } from 'vitest'
import { messageOf } from '../../src/errors.ts'
import { loadTensorFlow } from '../../src/training/tensorflow.ts'
import { describeIfAvailable } from '../support/available.ts'
import { conforms } from './backends.conformance.ts'

const tf = await loadTensorFlow('tfjs-node').catch(messageOf)

describeIfAvailable(typeof tf === 'string' ? tf : true, 'tfjs-node', () => {
  if (typeof tf === 'string') {
    test('loads', () => {})
    return
  }
  conforms(tf)

  it('is what is taken where it loads', async () => {
    const { backend, why, core } = await loadTensorFlow()
    expect([backend, core.getBackend()]).toEqual(['tfjs-node', 'tensorflow'])
    expect(why).toBe('TensorFlow.js runs on TensorFlow (tfjs-node).')
  })
})
