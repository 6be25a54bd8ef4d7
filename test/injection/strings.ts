/** Every string in something that was logged. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Error) return [value.message]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
