import { expect, it } from 'vitest'
import { loadTensorFlow } from '../../src/training/tensorflow.ts'
import { conforms } from './backends.conformance.ts'

const tf = await loadTensorFlow('wasm')

conforms(tf)

it('says which backend it is, and why', () => {
  expect([tf.backend, tf.core.getBackend()]).toEqual(['wasm', 'wasm'])
  expect(tf.why).toBe('TensorFlow.js runs on WebAssembly (as asked for).')
})
