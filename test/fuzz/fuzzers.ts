/** All fuzzers, by what they attack. */
import type { Fuzzer } from './fuzzer.ts'
import { batchesFuzzer, fetchFuzzer } from './fuzzers/batches.ts'
import { csvFuzzer, fileFuzzer, ndjsonFuzzer } from './fuzzers/csv.ts'
import { decoderFuzzer } from './fuzzers/decoder.ts'
import { foldFuzzer } from './fuzzers/fold.ts'
import { lightGbmFuzzer } from './fuzzers/lightgbm.ts'
import { artifactFuzzer, modelFuzzer } from './fuzzers/models.ts'
import { archiveFuzzer, outputsFuzzer, partsFuzzer } from './fuzzers/outputs.ts'
import { pagesFuzzer } from './fuzzers/pages.ts'

export const fuzzers: readonly Fuzzer[] = [
  decoderFuzzer,
  foldFuzzer,
  batchesFuzzer,
  fetchFuzzer,
  csvFuzzer,
  ndjsonFuzzer,
  fileFuzzer,
  outputsFuzzer,
  partsFuzzer,
  archiveFuzzer,
  pagesFuzzer,
  lightGbmFuzzer,
  modelFuzzer,
  artifactFuzzer,
]
