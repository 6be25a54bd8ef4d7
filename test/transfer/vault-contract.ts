import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Test } from 'tap'
import type { Part, Vault } from '../../server/chat/ports/vault.ts'

/** Bytes that differ from place to place, so that no piece of them can stand for another. */
export function sampleBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0, state = length; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function readAll(vault: Vault, blob: string, start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of vault.read(blob, start, end)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Keeps bytes as a whole blob. */
export async function keep(vault: Vault, blob: string, bytes: Buffer): Promise<string> {
  const part = await vault.open(blob, 0)
  await part.append(bytes)
  return part.finish()
}

/** Keeps bytes as a partial blob. */
export async function begin(vault: Vault, blob: string, bytes: Buffer): Promise<void> {
  const part = await vault.open(blob, 0)
  await part.append(bytes)
  await part.close()
}

/** A name such as the server gives. */
export function blobNamed(letter: string): string {
  return letter.repeat(32)
}

const isThere = (vault: Vault, blob: string) =>
  readAll(vault, blob, 0, 1).then(
    () => true,
    () => false,
  )

/** More than is read or written at a time. */
const large = sampleBytes(600_000)

/** What every Vault must do. `make` makes an empty one. */
export function vaultContract(t: Test, name: string, make: () => Promise<Vault>): Promise<unknown> {
  return t.test(`the Vault contract: ${name}`, async (suite) => {
    const check = (title: string, run: (t: Test, vault: Vault) => Promise<void>) =>
      suite.test(title, async (t) => run(t, await make()))

    await check('what is not there', async (t, vault) => {
      t.equal(await vault.partBytes('none'), 0)
      await t.resolves(vault.remove('none'))
      await t.rejects(readAll(vault, 'none', 0, 1))
      await t.resolves(vault.tidy(1, { partial: new Set(['none']), whole: new Set(['nothing']) }, 0))
      t.equal(await vault.partBytes('none'), 0)
    })

    await check('bytes in, the same bytes out', async (t, vault) => {
      const part = await vault.open('a', 0)
      t.equal(part.length, 0)
      await part.append(large.subarray(0, 400_000))
      t.equal(part.length, 400_000)
      t.equal(await vault.partBytes('a'), 400_000)
      await part.append(Buffer.alloc(0))
      await part.append(large.subarray(400_000))
      await t.rejects(readAll(vault, 'a', 0, 1), 'nobody reads what is not whole')
      t.equal(await part.finish(), sha256Of(large))
      t.ok((await readAll(vault, 'a', 0, large.length)).equals(large))
    })

    await check('an empty file', async (t, vault) => {
      const part = await vault.open('a', 0)
      t.equal(await part.finish(), sha256Of(Buffer.alloc(0)))
      t.equal((await readAll(vault, 'a', 0, 0)).length, 0)
    })

    await check('any range is read', async (t, vault) => {
      await keep(vault, 'a', large)
      const at = fc.integer({ min: 0, max: large.length })
      const near = fc.constantFrom(0, 1, 262_143, 262_144, 262_145, 524_288, large.length)
      const ranges = fc.tuple(fc.oneof(at, near), fc.oneof(at, near))
      await t.resolves(
        fc.assert(
          fc.asyncProperty(ranges, async ([one, two]) => {
            const [start, end] = [Math.min(one, two), Math.max(one, two)]
            return (await readAll(vault, 'a', start, end)).equals(large.subarray(start, end))
          }),
          { numRuns: 40 },
        ),
      )
    })

    await check('it goes on where it broke off, and forgets what is behind that', async (t, vault) => {
      const bytes = sampleBytes(1000)
      await begin(vault, 'a', bytes.subarray(0, 600))
      t.equal(await vault.partBytes('a'), 600)
      const second = await vault.open('a', 600)
      t.equal(second.length, 600)
      await second.append(Buffer.alloc(300))
      await second.close()
      t.equal(await vault.partBytes('a'), 900)
      const third = await vault.open('a', 500)
      t.equal(third.length, 500)
      t.equal(await vault.partBytes('a'), 500)
      await third.append(bytes.subarray(500))
      t.equal(await third.finish(), sha256Of(bytes), 'the checksum is that of all of it')
      t.ok((await readAll(vault, 'a', 0, 1000)).equals(bytes))
    })

    await check('from the start it is another file', async (t, vault) => {
      await begin(vault, 'a', sampleBytes(900))
      const part = await vault.open('a', 0)
      t.equal(await vault.partBytes('a'), 0)
      await part.append(sampleBytes(10))
      t.equal(await part.finish(), sha256Of(sampleBytes(10)))
      t.ok((await readAll(vault, 'a', 0, 10)).equals(sampleBytes(10)))
    })

    await check('nothing but the end of it is missing, also with all bytes there', async (t, vault) => {
      await begin(vault, 'a', large)
      const part = await vault.open('a', large.length)
      t.equal(await part.finish(), sha256Of(large))
    })

    await check('however it is cut, and breaks off', async (t, vault) => {
      const step = fc.record({
        bytes: fc.nat({ max: 5000 }),
        breaks: fc.boolean(),
        back: fc.nat({ max: 900 }),
      })
      let blobs = 0
      await t.resolves(
        fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
            const blob = `cut${++blobs}`
            const source = sampleBytes(60_000)
            let part: Part = await vault.open(blob, 0)
            for (const { back, breaks, bytes } of steps) {
              await part.append(source.subarray(part.length, part.length + bytes))
              if (!breaks) continue
              const offset = Math.max(0, part.length - back)
              await part.close()
              part = await vault.open(blob, offset)
            }
            const sent = source.subarray(0, part.length)
            const right = (await part.finish()) === sha256Of(sent)
            return right && (await readAll(vault, blob, 0, sent.length)).equals(sent)
          }),
          { numRuns: 40 },
        ),
      )
    })

    await check('what came last is cut off again', async (t, vault) => {
      const bytes = sampleBytes(1000)
      await begin(vault, 'wrong', bytes.subarray(0, 600))
      const more = await vault.open('wrong', 600)
      await more.append(sampleBytes(300))
      await more.cut(600)
      t.equal(more.length, 600)
      await more.close()
      t.equal(await vault.partBytes('wrong'), 600)
      const part = await vault.open('wrong', 600)
      await part.append(bytes.subarray(600))
      t.equal(await part.finish(), sha256Of(bytes))
    })

    await check('a whole one is made partial again', async (t, vault) => {
      const bytes = sampleBytes(1000)
      await keep(vault, 'a', bytes.subarray(0, 700))
      await vault.reopen('a')
      t.equal(await vault.partBytes('a'), 700)
      t.equal(await isThere(vault, 'a'), false)
      const part = await vault.open('a', 700)
      await part.append(bytes.subarray(700))
      t.equal(await part.finish(), sha256Of(bytes))
    })

    await check('what is removed is gone, whole or partial, and nothing else', async (t, vault) => {
      await keep(vault, 'whole', sampleBytes(10))
      await keep(vault, 'other', sampleBytes(10))
      await begin(vault, 'part', sampleBytes(20))
      await begin(vault, 'other part', sampleBytes(20))
      for (const blob of ['whole', 'part', 'part']) await vault.remove(blob)
      t.equal(await isThere(vault, 'whole'), false)
      t.equal(await vault.partBytes('part'), 0)
      t.equal(await isThere(vault, 'other'), true)
      t.equal(await vault.partBytes('other part'), 20)
    })

    await check('what nobody knows is set aside, and is back when it is known again', async (t, vault) => {
      const [known, unknown, tooEarly] = [blobNamed('K'), blobNamed('X'), blobNamed('E')]
      const [knownPart, unknownPart, noPart] = [blobNamed('1'), blobNamed('2'), blobNamed('N')]
      for (const blob of [known, unknown, tooEarly]) await keep(vault, blob, sampleBytes(10))
      for (const blob of [knownPart, unknownPart, noPart]) await begin(vault, blob, sampleBytes(20))
      const blobs = {
        partial: new Set([knownPart, tooEarly, blobNamed('V')]),
        // Of `noPart` there has to be all, but there is not.
        whole: new Set([known, noPart, blobNamed('W')]),
      }
      t.strictSame(await vault.tidy(1, blobs, 0), { belongs: true, aside: 3, back: 0 })
      t.equal(await isThere(vault, known), true)
      t.equal(await isThere(vault, unknown), false)
      t.equal(await vault.partBytes(knownPart), 20)
      t.equal(await vault.partBytes(unknownPart), 0)
      t.equal(await isThere(vault, noPart), false)
      t.equal(await vault.partBytes(tooEarly), 10, 'what the database does not know as whole')
      await vault.drop(tooEarly)
      t.equal(await isThere(vault, tooEarly), true, 'a ticket that ends takes nothing whole along')
      const again = await vault.open(tooEarly, await vault.partBytes(tooEarly))
      t.equal(await again.finish(), sha256Of(sampleBytes(10)))
      t.strictSame(await vault.tidy(1, { ...blobs, whole: new Set([known, unknown]) }, 0), {
        belongs: true,
        aside: 0,
        back: 1,
      })
      t.equal(await isThere(vault, unknown), true, 'the good database is back')
    })

    await check('two at a time do not mix', async (t, vault) => {
      const [one, two] = [await vault.open('one', 0), await vault.open('two', 0)]
      const [first, second] = [sampleBytes(5000), sampleBytes(7000)]
      for (let at = 0; at < 7000; at += 500) {
        await Promise.all([
          one.append(first.subarray(at, at + 500)),
          two.append(second.subarray(at, at + 500)),
        ])
      }
      t.same(await Promise.all([one.finish(), two.finish()]), [sha256Of(first), sha256Of(second)])
      t.ok((await readAll(vault, 'one', 0, 5000)).equals(first))
      t.ok((await readAll(vault, 'two', 0, 7000)).equals(second))
    })

    await check('there is room', async (t, vault) => {
      t.ok((await vault.freeBytes()) > 1_000_000)
    })
  })
}
