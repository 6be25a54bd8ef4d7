import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../server/chat/ports/store.ts'
import { databaseOf } from '../../server/data/places.ts'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { openStore } from '../../server/store/open.ts'
import { goOnAfterCopy } from '../../server/store/snapshot.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
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
    // A program knows what the server gave before, behind the copy, or since.
    const known = [last - 1, last, last + 50, message - 2, message - 1]
    const complete: boolean[] = []
    for (const number of known) complete.push((await store.changesAfter(number, 100)).complete)
    return { message, file, complete }
  })
}

t.test('no number is given again after an import, also none of what is gone', async (t) => {
  const { data, file, last } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  const exported = join(folder, 'chat.jsonl')
  await runCommand(t, data, ['export', exported])
  t.match(JSON.parse(readFileSync(exported, 'utf8').split('\n')[0] ?? ''), { last: { number: last, file } })
  const copy = join(folder, 'copy')
  const after = await goesOn(t, copy, ['import', exported])
  const again = join(folder, 'again.jsonl')
  await runCommand(t, copy, ['export', again])
  t.match(JSON.parse(readFileSync(again, 'utf8').split('\n')[0] ?? ''), { last: { number: after, file } })
  t.strictSame(await goOn(copy, last), { message: after + 1, file: file + 1, complete: farAbove })
})

/** Restores or imports into a folder. Returns the number that new messages are said to be above. */
async function goesOn(t: Test, copy: string, command: readonly string[]): Promise<number> {
  const { code, stdout } = await runCommand(t, copy, command)
  t.equal(code, 0)
  const after = Number(/^New messages have numbers above (\d+): /m.exec(stdout)?.[1])
  t.ok(after >= 2_000_000 && after < 2_000_000 + 1_000_000_000, `${after} is far above`)
  return after
}

/** Who knows numbers of before must load everything anew, also where the server went on after the copy. */
const farAbove = [false, false, false, false, true]

t.test('no number is given again after a restore', async (t) => {
  const { data, file, last } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  const archive = join(folder, 'chat.tar')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  const copy = join(folder, 'copy')
  const after = await goesOn(t, copy, ['restore', archive])
  t.strictSame(await goOn(copy, last), { message: after + 1, file: file + 1, complete: farAbove })
})

t.test('nor after another one of the same copy, whatever the first has given', async (t) => {
  const { data } = await dataWithGaps(t)
  const folder = temporaryFolder(t)
  for (const [save, name, load] of [
    ['backup', 'chat.tar', 'restore'],
    ['export', 'chat.jsonl', 'import'],
  ] as const) {
    const copy = join(folder, name)
    t.equal((await runCommand(t, data, [save, copy])).code, 0)
    const first = await goesOn(t, join(folder, `${load}-1`), [load, copy])
    const { message } = await goOn(join(folder, `${load}-1`), first)
    // By chance both may begin at the same place, once in a million times.
    const second = await goesOn(t, join(folder, `${load}-2`), [load, copy])
    t.not(second, first)
    const { complete } = await withStore(join(folder, `${load}-2`), async (store) => {
      for (let index = 0; index < 5; index++) await store.append(newMessage('new', { from: 1, to: 1 }))
      return store.changesAfter(message, 9)
    })
    t.equal(complete, false, 'who knows the first one loads everything anew')
  }
})

t.test('nor after one of a backup that an older version made, without a log of changes', async (t) => {
  const file = join(temporaryFolder(t), 'chat.db')
  const { reader, writer } = connect({ file, synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, migrationNames.indexOf('0016-changes')))
  await writer('accounts').insert({ id: 1, name: 'anna', key: 'anna', since: 1 })
  await writer('messages').insert({ id: 103, at: 1, kind: 'text', text: 'x', from_account: 1, to_account: 1 })
  await writer('messages').delete()
  await Promise.all([reader.destroy(), writer.destroy()])
  const after = await goOnAfterCopy(file)
  t.ok(after >= 2_000_000)
  const store = await openStore({ file, synchronous: 'off' })
  t.equal(await store.append(newMessage('new', { from: 1, to: 1 })), after + 1)
  t.equal((await store.changesAfter(110, 9)).complete, false)
  t.equal((await store.changesAfter(after, 9)).complete, true)
  await store.close()
})

t.test('an update does not know what happened to messages that are gone', async (t) => {
  const file = join(temporaryFolder(t), 'chat.db')
  const { reader, writer } = connect({ file, synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, migrationNames.indexOf('0016-changes')))
  await writer('messages').insert({ id: 96, at: 1, kind: 'notice', text: 'x' })
  await writer('messages').insert({ id: 103, at: 1, kind: 'notice', text: 'x' })
  await writer('messages').where({ id: 103 }).delete()
  await Promise.all([reader.destroy(), writer.destroy()])
  const store = await openStore({ file, synchronous: 'off' })
  t.equal((await store.changesAfter(102, 9)).complete, false)
  t.equal((await store.changesAfter(103, 9)).complete, true)
  await store.close()
})

t.test('an export without read markers leaves what waits in an inbox unread', async (t) => {
  const folder = temporaryFolder(t)
  const exported = join(folder, 'chat.jsonl')
  const at = '2026-11-20T18:00:00.000Z'
  const account = (id: number, more: object) => ({
    ...{ type: 'account', id, name: `n${id}`, operator: false, settings: {}, since: at },
    ...{ seen: 8, lastSeen: at, watch: false, ...more },
  })
  const said = (id: number) => ({
    ...{ type: 'message', id, at, kind: 'text', text: 'x', from: 2, to: 1, blocked: false, mentions: [] },
  })
  for (const [version, gaps] of [
    [1, [{ after: 3, upTo: 8 }]],
    [2, []],
  ] as const) {
    const lines = [account(1, { unreadFrom: 3 }), account(2, {}), said(2), said(4)]
    const all = [{ type: 'partyline-export', version }, ...lines, { type: 'end', lines: lines.length + 1 }]
    writeFileSync(exported, `${all.map((line) => JSON.stringify(line)).join('\n')}\n`)
    const copy = join(folder, `copy-${version}`)
    const { code, stderr } = await runCommand(t, copy, ['import', exported])
    t.equal(code, 0, stderr)
    const { places } = await withStore(copy, (store) => store.readOf(1))
    t.strictSame(
      places.flatMap(({ unread }) => unread.gaps),
      gaps,
    )
  }
  writeFileSync(exported, '{"type":"partyline-export","version":3}\n{"type":"end","lines":1}\n')
  const { stderr } = await runCommand(t, join(folder, 'copy'), ['import', exported])
  t.match(stderr, 'it is of version 3, and this program knows 1 to 2')
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
  const after = await goesOn(t, copy, ['import', exported])
  t.strictSame(await goOn(copy, seen), { message: after + 1, file: 8, complete: farAbove })
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
