import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../server/chat/ports/store.ts'
import { databaseOf } from '../../server/data/places.ts'
import { openStore } from '../../server/store/open.ts'
import { temporaryFolder } from '../process/program.ts'
import { newAccount, newFile, newMessage } from '../store/samples.ts'
import { runCommand } from './cli.ts'

/** A data directory in which the newest message, the newest change and the newest file are gone or no message. */
async function dataWithGaps(t: Test) {
  const data = temporaryFolder(t)
  const facts = await withStore(data, async (store) => {
    const anna = await store.createAccount(newAccount('anna'))
    const say = (text: string) => store.append(newMessage(text, { from: anna, to: anna }))
    await say('kept')
    const seen = await say('removed')
    await store.saveSeen([{ account: anna, seen, seenAt: 1_700_000_000_000 }])
    await store.removeMessages([seen])
    await store.setOperator(anna, true, {
      log: [{ kind: 'operator', account: anna }],
      tell: () => undefined,
    })
    const file = await store.addFile(newFile('gone'))
    await store.removeFiles([file])
    const { changes } = await store.changesAfter(0, 100)
    return { anna, seen, file, last: changes.at(-1)?.number ?? 0 }
  })
  t.ok(facts.last > facts.seen)
  return { data, ...facts }
}

async function withStore<T>(data: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ file: databaseOf(data), synchronous: 'off' })
  return use(store).finally(() => store.close())
}

/** What a new message and a new file get as numbers, and what a program reads that knows all up to `last`. */
function goOn(data: string, last: number) {
  return withStore(data, async (store) => {
    const message = await store.append(newMessage('new', { from: 1, to: 1 }))
    const file = await store.addFile(newFile('new'))
    const known = await store.changesAfter(last, 100)
    const earlier = await store.changesAfter(last - 1, 100)
    return { message, file, known, earlier }
  })
}

t.test('no number is given again after an import, also none of what is gone', async (t) => {
  const { data, file, last } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  const exported = join(folder, 'chat.jsonl')
  await runCommand(t, data, ['export', exported])
  t.match(JSON.parse(readFileSync(exported, 'utf8').split('\n')[0] ?? ''), { last: { number: last, file } })
  const copy = join(folder, 'copy')
  t.equal((await runCommand(t, copy, ['import', exported])).code, 0)
  const again = join(folder, 'again.jsonl')
  await runCommand(t, copy, ['export', again])
  t.match(JSON.parse(readFileSync(again, 'utf8').split('\n')[0] ?? ''), { last: { number: last, file } })
  const got = await goOn(copy, last)
  t.match(got, { message: last + 1, file: file + 1 })
  t.match(got.known, { complete: true, changes: [{ kind: 'message', number: last + 1 }] })
  t.equal(got.earlier.complete, false, 'what was told before the import is not known')
})

t.test('no number is given again after a restore', async (t) => {
  const { data, file, last } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  const archive = join(folder, 'chat.tar')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  const copy = join(folder, 'copy')
  t.equal((await runCommand(t, copy, ['restore', archive])).code, 0)
  const got = await goOn(copy, last)
  t.match(got, { message: last + 1, file: file + 1 })
  t.match(got.known, { complete: true, changes: [{ kind: 'message', number: last + 1 }] })
  t.match(got.earlier, { complete: true, changes: [{ kind: 'operator', number: last }, {}] })
})

t.test('an older export goes on after the numbers that it names', async (t) => {
  const { data, seen } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  const exported = join(folder, 'chat.jsonl')
  await runCommand(t, data, ['export', exported])
  const [header = '', ...lines] = readFileSync(exported, 'utf8').trimEnd().split('\n')
  const { last: _, ...older } = JSON.parse(header) as Record<string, unknown>
  const end = JSON.stringify({ type: 'end', lines: lines.length + 1 })
  const named = {
    ...{ type: 'file', id: 7, name: 'tea.txt', from: 1, to: 1, size: 1, sha256: 'ab' },
    at: '2026-11-20T18:00:00.000Z',
  }
  const text = [JSON.stringify(older), ...lines.slice(0, -1), JSON.stringify(named), end]
  writeFileSync(exported, `${text.join('\n')}\n`)
  const copy = join(folder, 'copy')
  t.equal((await runCommand(t, copy, ['import', exported])).code, 0)
  t.match(await goOn(copy, seen), { message: seen + 1, file: 8 }, 'as up to where somebody has seen')
})

t.test('last numbers that cannot be are refused', async (t) => {
  const folder = temporaryFolder(t)
  const exported = join(folder, 'chat.jsonl')
  for (const last of [
    7,
    { number: -1, file: 0 },
    { number: 1e13, file: 0 },
    { number: 1 },
    { number: 0.5, file: 0 },
  ]) {
    writeFileSync(
      exported,
      `${JSON.stringify({ type: 'partyline-export', version: 1, last })}\n{"type":"end","lines":1}\n`,
    )
    const { code, stderr } = await runCommand(t, join(folder, 'copy'), ['import', exported])
    t.equal(code, 1)
    t.match(stderr, 'line 1: last must have the numbers number and file')
  }
})
