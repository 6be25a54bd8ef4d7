import t from 'tap'
import { pictureSize } from '../../server/web/picture-size.ts'

const bytes = (...pieces: readonly (string | readonly number[])[]) =>
  Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece))),
  )

t.test('how large a picture is, by its first bytes', async (t) => {
  const png = bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 0x2e, 0xe0, 0, 0, 0, 9])
  t.same(pictureSize('image/png', png), { width: 12_000, height: 9 })
  const gif = bytes('GIF89a', [0x40, 0x01, 0xc8, 0x00])
  t.same(pictureSize('image/gif', gif), { width: 320, height: 200 })
  const extended = bytes(
    'RIFF',
    [0, 0, 0, 0],
    'WEBPVP8X',
    [10, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 1, 0, 0],
  )
  t.same(pictureSize('image/webp', extended), { width: 1 << 24, height: 2 })
  const lossless = bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [5, 0, 0, 0, 0x2f, 0xff, 0xff, 0xff, 0x0f])
  t.same(pictureSize('image/webp', lossless), { width: 16_384, height: 16_384 })
  const old = bytes(
    'RIFF',
    [0, 0, 0, 0],
    'WEBPVP8 ',
    [9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x10, 0, 0x20, 0x40],
  )
  t.same(pictureSize('image/webp', old), { width: 16, height: 32 })
  const preview = [0xff, 0xe1, 0, 10, ...Array.from({ length: 8 }, () => 0xff)]
  const tables = [0xff, 0xc4, 0, 4, 1, 2]
  const frame = [0xff, 0xff, 0xc2, 0, 17, 8, 0x01, 0x00, 0x02, 0x00]
  const jpeg = bytes([0xff, 0xd8], preview, tables, frame)
  t.same(pictureSize('image/jpeg', jpeg), { width: 512, height: 256 })
})

t.test('bytes that do not tell it', async (t) => {
  const endless = Buffer.alloc(100_000, 0xff)
  const still = bytes([0xff, 0xd8], ...Array.from({ length: 1000 }, () => [0xff, 0xe0, 0, 0]))
  for (const type of ['image/png', 'image/gif', 'image/webp', 'image/jpeg', 'text/html'])
    for (const [what, some] of [
      ['nothing', Buffer.alloc(0)],
      ['one', Buffer.alloc(1)],
      ['a beginning', bytes([0xff, 0xd8, 0xff])],
    ] as const)
      t.equal(pictureSize(type, some)?.width ?? 0, 0, `${type}: ${what}`)
  for (const some of [endless, still]) t.equal(pictureSize('image/jpeg', some), undefined)
})
