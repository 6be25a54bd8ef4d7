import fc from 'fast-check'
import t from 'tap'
import { sizeText } from '../../server/lib/sizes.ts'

t.test('samples, and the borders between units', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [2, '2 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [1049, '1.0 kB'],
    [1050, '1.1 kB'],
    [1234, '1.2 kB'],
    [99_900, '99.9 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_048_577, '1.0 MB'],
    [209_715_200, '210 MB'],
    [1_073_741_824, '1.1 GB'],
    [2_000_000_000_000, '2.0 TB'],
    [5_000_000_000_000_000, '5000 TB'],
  ]
  for (const [bytes, text] of cases) t.equal(sizeText(bytes), text, String(bytes))
})

t.test('a size reads as what it is, within a twentieth', async (t) => {
  const units: Readonly<Record<string, number>> = { byte: 1, bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        const [number = '', unit = ''] = sizeText(bytes).split(' ')
        const read = Number(number) * (units[unit] ?? Number.NaN)
        return Math.abs(read - bytes) <= bytes / 20 && (unit === 'TB' || number.length <= 4)
      }),
    ),
  )
})
