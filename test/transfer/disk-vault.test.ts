import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { DiskVault } from '../../server/transfer/disk-vault.ts'
import { directoryFor } from '../support/directory.ts'
import { begin, blobNamed, keep, readAll, sampleBytes, sha256Of, vaultContract } from './vault-contract.ts'

const folder = directoryFor(t)
let vaults = 0

/** A vault in a folder that is not there yet. */
async function newVault() {
  const path = join(folder, `${++vaults}`, 'files')
  return { path, vault: await DiskVault.in(path) }
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

vaultContract(t, 'disk', async () => (await newVault()).vault)

t.test('nobody else on the machine can read it', async (t) => {
  // Not the mask of whoever starts the server decides.
  const before = process.umask(0)
  t.teardown(() => process.umask(before))
  const { path, vault } = await newVault()
  await keep(vault, 'whole', sampleBytes(10))
  await begin(vault, 'partial', sampleBytes(10))
  t.equal(modeOf(path), '700')
  t.equal(modeOf(join(path, 'whole')), '600')
  t.equal(modeOf(join(path, 'partial.part')), '600')
})

t.test('what is in the folder, and under which name', async (t) => {
  const { path, vault } = await newVault()
  const names = () => readdirSync(path).sort()
  const part = await vault.open('a', 0)
  await part.append(sampleBytes(10))
  t.same(names(), ['a.part'])
  await part.finish()
  t.same(names(), ['a'])
  await vault.reopen('a')
  t.same(names(), ['a.part'])
  await begin(vault, 'b', sampleBytes(5))
  await keep(vault, 'c', sampleBytes(5))
  t.same(names(), ['a.part', 'b.part', 'c'])
  await vault.remove('b')
  await vault.remove('c')
  t.same(names(), ['a.part'])
})

/** The folder of a vault with a whole and a partial blob, by which both belong to database 7. */
async function settled() {
  const { path, vault } = await newVault()
  await keep(vault, blobNamed('A'), sampleBytes(10))
  await begin(vault, blobNamed('B'), sampleBytes(10))
  const known = { whole: new Set([blobNamed('A')]), partial: new Set([blobNamed('B')]) }
  return { path, vault, known, names: () => readdirSync(path, { recursive: true }).sort() }
}

const nothing = { whole: new Set<string>(), partial: new Set<string>() }
const day = Date.parse('2026-11-28T12:00:00Z')

t.test('only what has the name and the shape of a blob is touched', async (t) => {
  const { known, names, path, vault } = await settled()
  await vault.tidy(7, known, day)
  const mine = [
    'thesis.odt',
    'thesis.odt.part',
    blobNamed('U'),
    blobNamed('A').toLowerCase(),
    'backup-1',
    '.keep',
  ]
  for (const name of mine) writeFileSync(join(path, name), 'mine')
  for (const name of ['lost+found', 'backup-2024', blobNamed('C')]) mkdirSync(join(path, name))
  writeFileSync(join(path, 'backup-2024', 'letters.odt'), 'mine')
  symlinkSync('/etc/hostname', join(path, blobNamed('D')))
  await keep(vault, blobNamed('E'), sampleBytes(5))
  await begin(vault, blobNamed('F'), sampleBytes(5))
  const before = names()
  t.strictSame(await vault.tidy(7, known, day), { belongs: true, aside: 2, back: 0 })
  const moved = [blobNamed('E'), `${blobNamed('F')}.part`]
  t.strictSame(
    names(),
    [
      ...before.filter((name) => !moved.includes(String(name))),
      'aside-2026-11-28',
      ...moved.map((name) => `aside-2026-11-28/${name}`),
    ].sort(),
  )
})

t.test(
  'an empty upload that was cut off before its entry in the database is finished, and sets nothing aside',
  async (t) => {
    const { known, names, vault } = await settled()
    await keep(vault, blobNamed('E'), Buffer.alloc(0))
    const started = { ...known, partial: new Set([...known.partial, blobNamed('E')]) }
    const before = names()
    t.match(await vault.tidy(7, started, day), { belongs: true, aside: 0 }, 'the next start')
    t.equal(await vault.partBytes(blobNamed('E')), 0)
    const again = await vault.open(blobNamed('E'), 0)
    t.equal(await again.finish(), sha256Of(Buffer.alloc(0)))
    t.strictSame(names(), [...before, 'partyline.id'].sort())
  },
)

t.test('where the database is another, or the disk is missing, nothing is touched', async (t) => {
  const { known, names, path, vault } = await settled()
  t.match(await vault.tidy(7, known, day), { belongs: true })
  t.equal(readFileSync(join(path, 'partyline.id'), 'utf8'), '7\n')
  const before = names()
  t.strictSame(await vault.tidy(8, nothing, day), { belongs: false, why: 'other' }, 'a new database')
  const stranger = { partial: new Set<string>(), whole: new Set([blobNamed('Z')]) }
  t.strictSame(await vault.tidy(8, stranger, day), { belongs: false, why: 'other' })
  t.strictSame(names(), before)
  t.strictSame(
    await vault.tidy(8, known, day),
    { belongs: true, aside: 0, back: 0, takenOver: true },
    'brought up to date a second time, with another id',
  )
  t.equal(readFileSync(join(path, 'partyline.id'), 'utf8'), '8\n')
  t.strictSame(await vault.tidy(8, known, day), { belongs: true, aside: 0, back: 0 })
  t.match(await vault.tidy(7, known, day), { belongs: true, takenOver: true }, 'and back')
  t.strictSame(await vault.tidy(7, nothing, day), { belongs: true, aside: 2, back: 0 }, "yesterday's")
  t.strictSame(await vault.tidy(7, known, day), { belongs: true, aside: 0, back: 2 }, 'the good one is back')
  t.strictSame(names(), before)

  const bare = await newVault()
  t.match(await bare.vault.tidy(7, nothing, day), { belongs: true })
  t.strictSame(
    await bare.vault.tidy(8, nothing, day),
    { belongs: true, aside: 0, back: 0 },
    'where there is no file, there is nothing to mistake',
  )
  t.equal(readFileSync(join(bare.path, 'partyline.id'), 'utf8'), '8\n')
  t.match(
    await bare.vault.tidy(7, stranger, day),
    { belongs: false, why: 'other' },
    'its files are elsewhere',
  )

  rmSync(join(path, 'partyline.id'))
  t.strictSame(
    await vault.tidy(8, nothing, day),
    { belongs: false, why: 'unknown' },
    'from before there were ids',
  )
  t.notOk(existsSync(join(path, 'partyline.id')))
  t.match(await vault.tidy(7, known, day), { belongs: true }, 'what is known there makes it theirs')
  t.strictSame(names(), before)

  const empty = await newVault()
  t.strictSame(await empty.vault.tidy(7, known, day), { belongs: false, why: 'missing' })
  t.strictSame(readdirSync(empty.path), [], 'where a disk will be mounted, no id stands in its way')
  t.match(await empty.vault.tidy(7, nothing, day), { belongs: true })
})

t.test('a folder that cannot be used', async (t) => {
  const { path } = await newVault()
  rmSync(path, { recursive: true })
  symlinkSync('/nowhere/at/all', path)
  await t.rejects(DiskVault.in(path), {
    name: 'VaultUnusable',
    message: /a link to \/nowhere\/at\/all, which is not there/,
  })
  rmSync(path)
  writeFileSync(path, 'mine')
  await t.rejects(DiskVault.in(path), { name: 'VaultUnusable', message: /it is a file\. Move it away\./ })
})

t.test('another vault in the same folder goes on', async (t) => {
  const { path, vault } = await newVault()
  await begin(vault, 'a', sampleBytes(1000).subarray(0, 400))
  await keep(vault, 'b', sampleBytes(30))
  const next = await DiskVault.in(path)
  const part = await next.open('a', await next.partBytes('a'))
  t.equal(part.length, 400)
  await part.append(sampleBytes(1000).subarray(400))
  t.equal(await part.finish(), sha256Of(sampleBytes(1000)))
  t.ok((await readAll(next, 'b', 0, 30)).equals(sampleBytes(30)))
})

t.test('whoever reads may stop, and what is removed meanwhile is read on', async (t) => {
  const { vault } = await newVault()
  const bytes = sampleBytes(1_000_000)
  await keep(vault, 'a', bytes)
  for await (const chunk of vault.read('a', 0, bytes.length)) {
    t.ok(chunk.equals(bytes.subarray(0, chunk.length)))
    break
  }
  const chunks: Buffer[] = []
  for await (const chunk of vault.read('a', 0, bytes.length)) {
    if (chunks.length === 0) await vault.remove('a')
    chunks.push(Buffer.from(chunk))
  }
  t.ok(Buffer.concat(chunks).equals(bytes))
})

t.test('what is shorter on disk than it should be is no end of a file', async (t) => {
  const { path, vault } = await newVault()
  await keep(vault, 'a', sampleBytes(10))
  writeFileSync(join(path, 'a'), 'short')
  await t.rejects(readAll(vault, 'a', 0, 10), { message: /shorter/ })
})

t.test('files take two threads and leave the others to the database', async (t) => {
  const { path, vault } = await newVault()
  const sample = await open(join(path, '..', 'sample'), 'w')
  const handles: Record<string, unknown> = Object.getPrototypeOf(sample)
  await sample.close()
  let running = 0
  let most = 0
  let calls = 0
  for (const name of ['read', 'write', 'sync', 'datasync']) {
    const original = handles[name]
    if (typeof original !== 'function') throw new Error(`There is no ${name}.`)
    t.teardown(() => {
      handles[name] = original
    })
    handles[name] = async function (this: unknown, ...args: unknown[]) {
      calls++
      running++
      most = Math.max(most, running)
      try {
        return await Reflect.apply(original, this, args)
      } finally {
        running--
      }
    }
  }
  const bytes = sampleBytes(1_000_000)
  await keep(vault, 'read', bytes)
  await begin(vault, 'resumed', bytes)
  calls = 0
  const blobs = ['a', 'b', 'c', 'd', 'e']
  await Promise.all([
    ...blobs.map((blob) => keep(vault, blob, bytes)),
    ...blobs.map(() => readAll(vault, 'read', 0, bytes.length)),
    vault.open('resumed', bytes.length).then((part) => part.finish()),
  ])
  t.ok(calls >= 5 * 2 + 5 * 4 + 4, 'what is counted is what works')
  t.equal(most, 2)
})

t.test('what is no file in the place of the id is not waited for', async (t) => {
  const folder = directoryFor(t, { directory: { 'partyline.id': {} }, pipe: {} })
  execFileSync('mkfifo', [join(folder, 'pipe', 'partyline.id')])
  for (const name of ['directory', 'pipe']) {
    const vault = await DiskVault.in(join(folder, name))
    t.match(await vault.tidy(1, { partial: new Set(), whole: new Set() }, 0), { belongs: true }, name)
  }
})
