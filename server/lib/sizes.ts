const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** A number of bytes as people read it: `0 bytes`, `999 bytes`, `1.2 MB`; powers of 1000. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  return `${value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** The same with the exact number if it was rounded: `2097152 bytes (2.1 MB)`. */
export function exactSize(bytes: number): string {
  return bytes < 1000 ? sizeText(bytes) : `${bytes} bytes (${sizeText(bytes)})`
}
