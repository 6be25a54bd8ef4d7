import fc from 'fast-check'
import t from 'tap'
import { MessageLimit } from '../../server/web/message-limit.ts'

const longest = 200
const most = 70_000

interface Frame {
  readonly opcode: number
  readonly isLast: boolean
  readonly payload: Buffer
}

/** As a client sends it; the mask changes nothing, so that payloads can be compared. */
function encoded({ isLast, opcode, payload }: Frame): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = opcode | (isLast ? 0x80 : 0)
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

function decoded(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const begin = at + 6 + (short < 126 ? 0 : short === 126 ? 2 : 8)
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    if (begin + length > bytes.length) throw new Error('The last frame is not whole')
    frames.push({
      opcode: first & 0x0f,
      isLast: first >= 0x80,
      payload: bytes.subarray(begin, begin + length),
    })
    at = begin + length
  }
  return frames
}

interface Message {
  readonly opcode: number
  readonly pieces: readonly number[]
  /** A ping comes behind each piece. */
  readonly pinged: boolean
}

function framesOf({ opcode, pieces, pinged }: Message): Frame[] {
  return pieces.flatMap((size, index) => {
    const piece = {
      opcode: index === 0 ? opcode : 0,
      isLast: index === pieces.length - 1,
      payload: Buffer.alloc(size, 97 + index),
    }
    return pinged ? [piece, { opcode: 9, isLast: true, payload: Buffer.from('ping') }] : [piece]
  })
}

const someSize = fc.oneof(fc.nat(130), fc.integer({ min: 195, max: 205 }), fc.nat(2000))
const someMessage: fc.Arbitrary<Message> = fc.record({
  opcode: fc.constantFrom(1, 2),
  pieces: fc.array(someSize, { minLength: 1, maxLength: 5 }),
  pinged: fc.boolean(),
})

/** Puts bytes in by pieces of these sizes, over and over, and answers what passes. */
function through(limit: MessageLimit, bytes: Buffer, sizes: readonly number[]): Buffer {
  const passed: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    passed.push(...limit.take(bytes.subarray(at, at + size)))
    at += size
  }
  return Buffer.concat(passed)
}

t.test('messages pass, or are cut off, however the bytes come', async () => {
  fc.assert(
    fc.property(
      fc.array(someMessage, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
      (messages, sizes) => {
        const limit = new MessageLimit(() => longest, most)
        const bytes = Buffer.concat(messages.flatMap(framesOf).map(encoded))
        const frames = decoded(through(limit, bytes, sizes))
        const pings = frames.filter(({ opcode }) => opcode === 9)
        const sent = messages.filter(({ pinged }) => pinged).flatMap(({ pieces }) => pieces)
        if (pings.length !== sent.length) throw new Error('a ping is lost')
        let at = 0
        const data = frames.filter(({ opcode }) => opcode !== 9)
        for (const [number, message] of messages.entries()) {
          const pieces: Frame[] = []
          do pieces.push(data[at] as Frame)
          while (!data[at++]?.isLast)
          const whole = Buffer.concat(framesOf({ ...message, pinged: false }).map(({ payload }) => payload))
          const come = Buffer.concat(pieces.map(({ payload }) => payload))
          const isCut = whole.length > longest
          if (limit.wasCut(number) !== isCut) throw new Error(`message ${number} was cut off, or not`)
          if (!come.equals(isCut ? whole.subarray(0, longest + 1) : whole)) throw new Error('other bytes')
          if (pieces[0]?.opcode !== message.opcode || pieces.slice(1).some(({ opcode }) => opcode !== 0))
            throw new Error('other frames')
        }
        if (at !== data.length) throw new Error('more has come')
      },
    ),
  )
})

t.test('what passes as it is is not copied', async (t) => {
  const limit = new MessageLimit(() => longest, most)
  const bytes = Buffer.concat(
    [1, 9, 2].map((opcode) => encoded({ opcode, isLast: true, payload: Buffer.alloc(50) })),
  )
  const passed = limit.take(bytes)
  t.equal(passed.length, 1)
  t.equal(passed[0]?.buffer, bytes.buffer)
})

t.test('a message without an end makes somebody give up, as one frame and in pieces', async (t) => {
  const piece = (opcode: number, size: number) =>
    encoded({ opcode, isLast: false, payload: Buffer.alloc(size) })
  const lengthAt = (bytes: Buffer) => Number(bytes.readBigUInt64BE(2))
  const whole = new MessageLimit(() => longest, most)
  const [passed = Buffer.alloc(0)] = whole.take(piece(1, most + 1).subarray(0, 20))
  t.equal(lengthAt(passed), most + 1, 'its header goes on as it is')
  t.notOk(whole.wasCut(0))
  const cut = new MessageLimit(() => longest, most)
  const begun = Buffer.concat([piece(1, 150), piece(0, 1000)].flatMap((bytes) => cut.take(bytes)))
  t.same(
    decoded(begun).map(({ isLast, payload }) => [isLast, payload.length]),
    [
      [false, 150],
      [true, longest + 1 - 150],
    ],
  )
  t.ok(cut.wasCut(0))
  const rest: number[] = []
  for (let size = 1150; size <= most; size += 1000)
    rest.push(...cut.take(piece(0, 1000)).map(({ length }) => length))
  const last = rest.pop()
  t.same(rest, [], 'nothing more of it passes')
  t.equal(last, 14, 'but a header that says that it is too much')
})
