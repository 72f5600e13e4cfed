/** Files that the environment names and that hold a secret. */
import { openToOthers } from '../rights.ts'

const variables = ['FOREWARN_HTTP_TOKEN_FILE', 'FOREWARN_KAFKA_PASSWORD_FILE', 'FOREWARN_KAFKA_TLS_KEY_FILE'] as const

/** Those that others may read or write. */
export function openSecrets(env: NodeJS.ProcessEnv): string[] {
  return openToOthers(variables.flatMap((variable) => env[variable] ?? []))
}
