/** The documents for other languages: valid by their own schemas, what records are checked by, and as `npm run docs` writes them. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import asyncApiSchemas from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import AjvDraft07 from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { asyncApi, describedTopics, schemaOf } from '../../src/schemas.ts'
import { openApi } from '../../src/serve/openApi.ts'
import { play } from '../support/play.ts'
import { warningsOf } from '../support/readFold.ts'
import { root } from './pages.ts'

const written = (file: string): unknown => JSON.parse(readFileSync(path.join(root, 'docs/contracts', file), 'utf8'))
const inJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('what lies in docs/contracts is what the code says', async () => {
  const hint = 'run `npm run docs`'
  expect(written('asyncapi.json'), hint).toEqual(inJson(asyncApi(packageJson.version)))
  expect(written('openapi.json'), hint).toEqual(inJson(await openApi()))
  for (const topic of describedTopics())
    expect(written(`topics/${topic}.schema.json`), hint).toEqual(inJson(schemaOf(topic)))
})

test('the OpenAPI document is valid', async () => {
  const document = inJson(await openApi())
  expect(document).toMatchObject({ openapi: '3.1.0' })
  const { valid, errors } = await new Validator().validate(Object(document))
  expect(valid, JSON.stringify(errors)).toBe(true)
})

test('the AsyncAPI document is valid, and a broken one is not', () => {
  const ajv = new AjvDraft07.default({ strict: false, meta: false, validateSchema: false, validateFormats: false })
  const validate = ajv.compile(Object(asyncApiSchemas.schemas['3.0.0']))
  const document = inJson(asyncApi(packageJson.version))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  expect(validate({ ...Object(document), channels: 3 })).toBe(false)
})

test.each(describedTopics())('the schema of %s is one', (topic) => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  expect(() => ajv.compile(schemaOf(topic))).not.toThrow()
})

test('warnings of a fold keep their schema, and one without its level does not', async () => {
  const { log } = await play(`
    day   cell   events  from  level
    1-15  P1/Y   4       4     calm
    1-15  P2/X   4       4     calm
    1-15  P2/Y   4       4     calm
    1-15  Q/X    4       4     calm
    1-15  Q/Y    4       4     calm
    1-14  P1/X   4       4     calm
    15    P1/X   15      8     yellow early`)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const validate = ajv.compile(schemaOf('region-warnings'))
  const warnings = await warningsOf(log)
  expect(warnings.length).toBeGreaterThan(0)
  for (const warning of warnings) expect(validate(warning), JSON.stringify(validate.errors)).toBe(true)
  const { level, ...rest } = warnings[0]
  expect(validate(rest)).toBe(false)
})
