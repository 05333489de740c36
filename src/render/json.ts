/** Version of the JSON contract; docs/json.md says what raises it. */
export const SCHEMA_VERSION = 1;

/** Wraps a body: every JSON output says its version, what it is, and when it was made. */
export function envelope(kind: string, body: object, generatedAtMs: number): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, kind, generatedAt: new Date(generatedAtMs).toISOString(), ...body }, null, 2)}\n`;
}
