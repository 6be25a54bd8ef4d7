import type { FileRecord, FileStore } from '../../server/chat/ports/file-store.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import type { Check } from './contract.ts'
import {
  asStored,
  newAccount,
  newChannel,
  newFile,
  newMessage,
  populate,
  restraint,
  searchFor,
  texts,
  wholeFile,
} from './samples.ts'

type NewFile = Partial<Omit<FileRecord, 'id'>>

async function fileOf(store: Store, file: number): Promise<FileRecord | undefined> {
  return (await store.loadFiles()).files.find(({ id }) => id === file)
}

/** The files that there are, in order. */
async function namesOf(store: Store): Promise<string[]> {
  return (await store.loadFiles()).files.map(({ name }) => name)
}

/** Their tokens, and whose they are. */
async function hashesOf(store: Store): Promise<string[]> {
  return (await store.loadFiles()).tokens.map(({ hash }) => hash)
}

/** A file that is whole, with the token that the room knows it by. */
async function share(store: Store, name: string, more: NewFile & { from: number }): Promise<number> {
  const id = await store.addFile(newFile(name, more))
  const { from, channel, to } = more
  await store.completeFile(
    wholeFile(id, { token: `room token of ${name}` }),
    newMessage(name, { from, channel, to }),
  )
  return id
}

/** The ways out of a channel. */
const departures: readonly [
  how: string,
  leave: (store: Store, channel: number, account: number) => Promise<void>,
][] = [
  ['who leaves', (store, channel, account) => store.removeMember(channel, account)],
  ['who is banned', (store, channel, account) => store.addBan(restraint(channel, account), 5)],
  ['who is deleted', async (store, _, account) => void (await store.deleteAccount(account, 'keep', 5))],
  ['who loses nothing', (store, channel, account) => store.removeMember(channel, account, { loses: false })],
]

/** Something of each kind from, to and about Anna, who is in #Tea and #Both, and the same without her. */
async function fill(store: Store) {
  const people = await populate(store)
  const { anna, bob, carl, tea, code } = people
  const both = await store.createChannel(newChannel('#Both', anna))
  const files = {
    own: await share(store, 'own', { from: anna, channel: tea }),
    // She is not in it: her going tells nobody its tokens.
    left: await share(store, 'left', { from: anna, channel: code }),
    sent: await share(store, 'sent', { from: anna, to: bob }),
    received: await share(store, 'received', { from: bob, to: anna }),
    tea: await share(store, 'tea', { from: bob, channel: tea }),
    both: await share(store, 'both', { from: bob, channel: both }),
    code: await share(store, 'code', { from: bob, channel: code }),
    direct: await share(store, 'direct', { from: bob, to: carl }),
  }
  await store.addFile(newFile('own ticket', { from: anna, channel: tea }))
  await store.addFile(newFile('own direct ticket', { from: anna, to: bob }))
  await store.addFile(newFile('ticket for her', { from: bob, to: anna }))
  await store.addFile(newFile('ticket', { from: bob, channel: tea }))
  for (const [hash, file, account] of [
    ['a: own, Bob', files.own, bob],
    ['b: sent, Bob', files.sent, bob],
    ['c: received, Bob', files.received, bob],
    ['d: tea, Anna', files.tea, anna],
    ['e: tea, Carl', files.tea, carl],
    ['f: direct, Carl', files.direct, carl],
  ] as const) {
    await store.addFileToken({ hash, file, account, expires: 9 })
  }
  return people
}

/** What every Store must do about files. */
export async function fileContract(check: Check): Promise<void> {
  await check('a file comes back as it was', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    const files = [
      newFile('tea.txt', { from: anna, channel: tea }),
      newFile('tea.txt', { from: bob, to: carl, blob: 'the same name', blocked: true }),
      newFile('nothing', { from: bob, channel: tea, size: 0, token: undefined }),
      newFile('Grüße, 世界 \'"%_?$1', { from: anna, to: anna, size: 5_000_000_000 }),
    ]
    const ids: number[] = []
    for (const file of files) ids.push(await store.addFile(file))
    t.same(ids, Array.from(new Set(ids)).sort(byNumber), 'numbers grow')
    // Strictly: an undefined that comes back as null, or a flag as a number, would go unnoticed.
    t.strictSame(await store.loadFiles(), {
      files: files.map((file, index) => ({ ...file, id: ids[index] })),
      tokens: [],
    })
  })

  await check('an upload begins and breaks off, until the file is whole', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const file = newFile('tea.txt', { from: anna, channel: tea })
    const id = await store.addFile(file)
    const other = await store.addFile(newFile('other', { from: bob, channel: tea }))
    const untouched = await fileOf(store, other)
    await store.setUpload(id, { size: 0, expires: 7 })
    t.strictSame(await fileOf(store, id), { ...file, id, size: 0, expires: 7 })
    await store.setUpload(id, { size: 4_000_000_000, expires: 8 })
    t.strictSame(await fileOf(store, id), { ...file, id, size: 4_000_000_000, expires: 8 })
    await store.setUpload(id, { size: undefined, expires: 9 })
    t.strictSame(await fileOf(store, id), { ...file, id, expires: 9 }, 'the next one may be of another size')
    t.strictSame(await fileOf(store, other), untouched)
    await store.setUpload(9_999, { size: 1, expires: 1 })

    await store.setUpload(id, { size: 5, expires: 10 })
    await store.completeFile(wholeFile(id), newMessage('here', { from: anna, channel: tea }))
    const whole = await fileOf(store, id)
    t.match(whole, { size: 5, expires: wholeFile(id).expires })
    await store.setUpload(id, { size: 6, expires: 11 })
    await store.setUpload(id, { size: undefined, expires: 11 })
    t.strictSame(await fileOf(store, id), whole, 'an upload that is too late changes nothing')
  })

  await check('a file is whole, and it is said', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    await store.addMember({ channel: tea, account: bob, role: undefined, since: 1 })
    const file = newFile('kettle.png', { from: anna, channel: tea })
    const id = await store.addFile(file)
    const waiting = await store.addFile(newFile('waiting', { from: bob, channel: tea }))
    const ticket = await fileOf(store, waiting)
    const before = await store.append(newMessage('before', { from: anna, channel: tea }))
    const message = newMessage('shares kettle.png', { from: anna, channel: tea, mentions: [bob] })
    const said = await store.completeFile(wholeFile(id), message)
    t.equal(said, before + 1, 'the number is one of a message')
    t.equal(await store.append(newMessage('after', { from: bob, channel: tea })), said + 1)

    t.strictSame(await fileOf(store, id), { ...file, ...wholeFile(id) })
    t.strictSame(await fileOf(store, waiting), ticket, 'no other is whole by it')
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['before', 'shares kettle.png', 'after'])
    const [stored, ...others] = await store.search(searchFor('kettle', { channels: [tea] }))
    t.same(stored, asStored(message, said))
    t.same(others, [])
    t.same(texts(await store.mentions(bob, { limit: 9 })), ['shares kettle.png'])
    t.equal(await store.countFrom(anna, 9), 2)
    t.match(await store.load(), { lastMessageId: said + 1, channels: [{ lastId: said + 1 }, {}] })
  })

  await check('a file for one person, and one that never arrives', async (t, store) => {
    const { anna, bob } = await populate(store)
    const send = async (name: string, blocked: boolean) => {
      // Who blocks somebody may do so between the ticket and the file.
      const id = await store.addFile(newFile(name, { from: anna, to: bob, blocked: !blocked }))
      const message = newMessage(`word ${name}`, { from: anna, to: bob, blocked })
      return [id, await store.completeFile(wholeFile(id, { blocked }), message)] as const
    }
    const [first, said] = await send('first', false)
    const [second, unheard] = await send('second', true)
    t.ok(said < unheard)
    t.strictSame(
      [(await fileOf(store, first))?.blocked, (await fileOf(store, second))?.blocked],
      [false, true],
    )
    t.match(await store.inbox(bob, { limit: 9 }), [{ id: said, text: 'word first' }])
    t.equal(await store.countInbox(bob, { limit: 9 }), 1)
    t.same(texts(await store.directHistory(bob, anna, { limit: 9 })), ['word first'])
    t.same(texts(await store.directHistory(anna, bob, { limit: 9 })), ['word first', 'word second'])
    t.same(texts(await store.search(searchFor('word', { reader: bob }))), ['word first'])
  })

  await check('without a ticket nothing is said', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    await store.addMember({ channel: tea, account: bob, role: undefined, since: 1 })
    const known = await share(store, 'known', { from: anna, channel: tea })
    const before = await fileOf(store, known)
    const removed = await store.addFile(newFile('removed', { from: anna, channel: tea }))
    await store.removeFiles([removed])
    const last = (await store.load()).lastMessageId
    const lost = newMessage('lost word', { from: anna, channel: tea, mentions: [bob] })
    for (const [id, why] of [
      [known, 'it is whole already'],
      [removed, 'it was given up'],
      [9_999, 'there never was one'],
    ] as const) {
      const late = wholeFile(id, { size: 6, token: 'late', expires: 1 })
      await t.rejects(store.completeFile(late, lost), StoreUnavailable, why)
    }
    t.strictSame(await store.loadFiles(), { files: [before], tokens: [] })
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['known'])
    t.equal(await store.countFrom(anna, 9), 1)
    const next = await store.append(newMessage('next word', { from: anna, channel: tea }))
    t.ok(next > last)
    t.same(texts(await store.search(searchFor('word', { channels: [tea] }))), ['next word'])
    t.same(await store.mentions(bob, { limit: 9 }), [], 'and nobody is mentioned')
  })

  await check('a file that cannot be whole harms nobody who says something meanwhile', async (t, store) => {
    const { anna, tea } = await populate(store)
    const ticket = await store.addFile(newFile('one', { from: anna, channel: tea }))
    const other = await store.addFile(newFile('other', { from: anna, channel: tea }))
    const order: string[] = []
    const ids: number[] = []
    const note = (text: string, asked: Promise<number>) =>
      asked.then(
        (id) => {
          order.push(text)
          ids.push(id)
        },
        (error: unknown) => {
          t.ok(error instanceof StoreUnavailable)
          order.push(`no ${text}`)
        },
      )
    const message = (text: string) => newMessage(text, { from: anna, channel: tea })
    const append = (text: string) => note(text, store.append(message(text)))
    const complete = (id: number, text: string) =>
      note(text, store.completeFile(wholeFile(id), message(text)))
    await Promise.all([
      append('a'),
      append('b'),
      complete(9_999, 'c'),
      append('d'),
      complete(ticket, 'e'),
      complete(ticket, 'f'),
      append('g'),
      store.removeFiles([ticket]),
      complete(ticket, 'h'),
      complete(other, 'i'),
      append('j'),
    ])
    t.same(order, ['a', 'b', 'no c', 'd', 'e', 'no f', 'g', 'no h', 'i', 'j'])
    t.same(ids, Array.from(new Set(ids)).sort(byNumber), 'numbers grow in the order of the calls')
    const history = await store.channelHistory(tea, { limit: 20 })
    t.same(texts(history), ['a', 'b', 'd', 'e', 'g', 'i', 'j'])
    t.same(
      history.map(({ id }) => id),
      ids,
    )
    t.same(await namesOf(store), ['other'])
    t.equal((await store.load()).lastMessageId, ids.at(-1))
  })

  await check('a room’s file is given another token', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const one = await share(store, 'one', { from: anna, channel: tea })
    const two = await share(store, 'two', { from: anna, to: bob })
    const three = await share(store, 'three', { from: anna, channel: tea })
    const before = (await store.loadFiles()).files
    await store.setFileTokens([])
    await store.setFileTokens([
      { id: one, token: 'new' },
      { id: 9_999, token: 'of nothing' },
      { id: three, token: 'newer' },
    ])
    t.strictSame(
      (await store.loadFiles()).files,
      before.map((file) => ({
        ...file,
        token: new Map([
          [one, 'new'],
          [two, 'room token of two'],
          [three, 'newer'],
        ]).get(file.id),
      })),
      'and nothing else of it changes',
    )
    await store.removeMember(tea, bob)
    await store.setFileTokens([{ id: one, token: 'again' }])
    t.strictSame(
      (await store.loadFiles()).files.map(({ token }) => token),
      ['again', 'room token of two', undefined],
    )
  })

  await check('a token for one account and one file', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    const one = await share(store, 'one', { from: anna, channel: tea })
    const two = await share(store, 'two', { from: anna, channel: tea })
    const token = { hash: 'bb', file: one, account: bob, expires: 1_700_000_000_000 }
    const tokens = [
      { ...token, hash: 'aa', file: two },
      token,
      { ...token, hash: 'cc', expires: 7 },
      { ...token, hash: 'dd', account: carl },
    ]
    for (const one of tokens.toReversed()) await store.addFileToken(one)
    t.strictSame((await store.loadFiles()).tokens, tokens)
    await t.rejects(store.addFileToken({ ...token, file: two, account: carl }), StoreUnavailable)
    t.strictSame((await store.loadFiles()).tokens, tokens, 'a hash is of one account and file')

    await store.removeFileTokens([])
    await store.removeFileTokens(['bb', 'never', 'dd'])
    t.same(await hashesOf(store), ['aa', 'cc'])
    t.equal((await store.loadFiles()).files.length, 2)
    await store.addFileToken(token)
    t.same(await hashesOf(store), ['aa', 'bb', 'cc'])
  })

  await check('a file is removed with its tokens', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const one = await share(store, 'one', { from: anna, channel: tea })
    const two = await share(store, 'two', { from: anna, channel: tea })
    const ticket = await store.addFile(newFile('ticket', { from: anna, to: bob }))
    for (const [hash, file] of [
      ['a', one],
      ['b', one],
      ['c', two],
    ] as const) {
      await store.addFileToken({ hash, file, account: bob, expires: 9 })
    }
    await store.removeFiles([])
    t.equal((await store.loadFiles()).files.length, 3)
    await store.removeFiles([one, 9_999, ticket])
    t.same(await namesOf(store), ['two'])
    t.same(await hashesOf(store), ['c'])
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['one', 'two'], 'what was said stays')

    const late = { hash: 'd', file: one, account: bob, expires: 9 }
    await t.rejects(store.addFileToken(late), StoreUnavailable, 'nobody can get what is gone')
    t.same(await hashesOf(store), ['c'])
  })

  await check('whatever forgets a file, its bytes are noted until they are gone', async (t, store) => {
    const { anna, bob, code, tea } = await populate(store)
    const add = async (name: string, more: Parameters<typeof newFile>[1], whole = true) => {
      const id = await store.addFile(newFile(name, { from: anna, ...more }))
      if (whole) await store.completeFile(wholeFile(id), newMessage(name, { from: anna }))
      return id
    }
    const removed = await add('a', { channel: tea })
    await add('b', { channel: tea })
    await add('c', { channel: tea }, false)
    await add('d', { to: bob })
    await add('e', { channel: code })
    await add('f', { channel: code, from: bob }, false)
    t.same(await store.discarded(), [])
    const noted = async () =>
      (await store.discarded()).map(({ blob, whole }) => `${blob.replace('blob of ', '')} ${whole}`)
    await store.removeFiles([removed, 9_999])
    t.same(await noted(), ['a true'])
    await store.closeChannel(tea, 5)
    t.same(await noted(), ['a true', 'b true', 'c false'], 'a ticket, too')
    await store.deleteAccount(bob, 'keep', 6)
    t.same(await noted(), ['a true', 'b true', 'c false', 'd true', 'f false'])
    await store.forgetDiscarded(['blob of a', 'blob of c', 'none'])
    await store.forgetDiscarded([])
    await store.deleteAccount(anna, 'remove', 7)
    t.same(await noted(), ['b true', 'd true', 'e true', 'f false'])
  })

  await check('a file goes in the step of its message, or stays with it', async (t, store) => {
    const { anna, tea } = await populate(store)
    const [kept, gone] = [await store.addFile(newFile('kept')), await store.addFile(newFile('gone'))]
    const message = await store.completeFile(
      wholeFile(gone),
      newMessage('here', { from: anna, channel: tea }),
    )
    const refused = new Error('not any more')
    const remove = (check: () => void) =>
      store.removeMessages([message], { log: [], tell: () => undefined, check, files: [gone] })
    await t.rejects(
      remove(() => {
        throw refused
      }),
      refused,
    )
    t.same(await namesOf(store), ['kept', 'gone'])
    t.ok(await store.message(message))
    await remove(() => undefined)
    t.same(
      (await store.loadFiles()).files.map(({ id }) => id),
      [kept],
    )
    t.equal(await store.message(message), undefined)
    t.match(await store.discarded(), [{ whole: true }])
  })

  await check('a file’s number is never given again', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    const seen: number[] = []
    const add = async (more: NewFile) => void seen.push(await store.addFile(newFile('x', more)))
    await add({ from: anna, channel: tea })
    await store.removeFiles(seen)
    await add({ from: anna, channel: tea })
    await store.closeChannel(tea, 5)
    await add({ from: anna, to: bob })
    await store.deleteAccount(bob, 'keep', 5)
    await add({ from: carl, to: anna })
    await store.deleteAccount(carl, 'remove', 5)
    // There is no file any more from which the next number could be known.
    t.same(await namesOf(store), [])
    await add({ from: anna, to: anna })
    t.equal(new Set(seen).size, 5)
    t.same(seen, seen.toSorted(byNumber))
  })

  await check('many files and tokens at once', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const count = 2_100
    const indices = Array.from({ length: count }, (_, index) => index)
    const ids = await Promise.all(
      indices.map((index) => store.addFile(newFile(`file ${index}`, { from: anna, channel: tea }))),
    )
    const hashes = indices.map((index) => `hash ${index}`.padStart(64, '0'))
    await Promise.all(
      ids.map((file, index) =>
        store.addFileToken({ hash: hashes[index] ?? '', file, account: bob, expires: 9 }),
      ),
    )
    await store.setFileTokens(ids.map((id) => ({ id, token: `new ${id}` })))
    const { files, tokens } = await store.loadFiles()
    t.equal(tokens.length, count)
    t.same(
      files.map(({ token }) => token),
      ids.map((id) => `new ${id}`),
    )
    await store.removeFileTokens(hashes.slice(0, -2))
    t.same((await hashesOf(store)).sort(), hashes.slice(-2).sort())
    await store.removeFiles(ids.slice(0, -1))
    t.same(await namesOf(store), [`file ${count - 1}`])
    t.same(await hashesOf(store), hashes.slice(-1))
  })

  await check('a closed channel forgets its files', async (t, store) => {
    const { anna, bob, tea, code } = await populate(store)
    const whole = await share(store, 'whole', { from: anna, channel: tea })
    const ticket = await store.addFile(newFile('ticket', { from: anna, channel: tea }))
    const elsewhere = await share(store, 'elsewhere', { from: anna, channel: code })
    await share(store, 'direct', { from: anna, to: bob })
    await store.addFile(newFile('direct ticket', { from: anna, to: bob }))
    await store.addFileToken({ hash: 'a', file: whole, account: bob, expires: 9 })
    await store.addFileToken({ hash: 'b', file: elsewhere, account: bob, expires: 9 })
    const before = (await store.loadFiles()).files
    await store.closeChannel(tea, 5)

    const { files, tokens } = await store.loadFiles()
    t.strictSame(
      files,
      before.filter(({ channel }) => channel !== tea),
    )
    t.same(await namesOf(store), ['elsewhere', 'direct', 'direct ticket'])
    t.strictSame(tokens, [{ hash: 'b', file: elsewhere, account: bob, expires: 9 }])
    const late = newMessage('late', { from: anna, channel: tea })
    await t.rejects(store.completeFile(wholeFile(ticket), late), StoreUnavailable)
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['whole'])
  })

  for (const [how, leave] of departures) {
    await check(`${how} has seen the tokens of the room’s files`, async (t, store) => {
      const { anna, bob, carl, tea: open, code } = await populate(store)
      const dora = await store.createAccount(newAccount('Dora'))
      const secret = { ...newChannel('#Secret', anna), private: true }
      // Whoever has an account no more can come into what is open all the same.
      const tea = how === 'who is deleted' ? await store.createChannel(secret) : open
      for (const [channel, account] of [
        [tea, bob],
        [tea, carl],
        [code, carl],
      ] as const) {
        await store.addMember({ channel, account, role: undefined, since: 1 })
      }
      const whole = await share(store, 'whole', { from: anna, channel: tea })
      await store.addFile(newFile('ticket', { from: anna, channel: tea }))
      // The upload is under way, and its token still nobody's but the uploader's.
      const begun = await store.addFile(newFile('begun', { from: anna, channel: tea }))
      await store.setUpload(begun, { size: 5, expires: 9 })
      await share(store, 'elsewhere', { from: anna, channel: code })
      await share(store, 'direct', { from: anna, to: carl })
      await store.addFileToken({ hash: 'a', file: whole, account: carl, expires: 9 })
      const { files, tokens } = await store.loadFiles()
      const isForgotten = how !== 'who loses nothing'
      const forgotten = files.map((file) =>
        file.id === whole && isForgotten ? { ...file, token: undefined } : file,
      )

      if (how === 'who is deleted') {
        await leave(store, tea, dora)
        t.strictSame((await store.loadFiles()).files, files, 'who is in no channel knows none')
      }
      await leave(store, tea, bob)
      t.strictSame(await store.loadFiles(), { files: forgotten, tokens })

      await store.completeFile(wholeFile(begun), newMessage('later', { from: anna, channel: tea }))
      t.equal((await fileOf(store, begun))?.token, wholeFile(begun).token, 'what comes after is not known')
    })
  }

  await check('a deleted account leaves what it sent', async (t, store) => {
    const { anna, bob, tea } = await fill(store)
    await store.deleteAccount(anna, 'keep', 9)
    const { files } = await store.loadFiles()
    t.strictSame(
      files.map(({ name, token }) => [name, token]),
      [
        ['own', 'room token of own'],
        ['left', 'room token of left'],
        ['sent', 'room token of sent'],
        ['tea', 'room token of tea'],
        ['both', 'room token of both'],
        ['code', 'room token of code'],
        ['direct', 'room token of direct'],
        ['ticket', 'ticket of ticket'],
      ],
    )
    t.match(files[0], { from: anna, channel: tea, size: 5, blob: 'blob of own' })
    t.same(await hashesOf(store), ['a: own, Bob', 'b: sent, Bob', 'e: tea, Carl', 'f: direct, Carl'])
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['own', 'tea'])
    t.same(texts(await store.inbox(bob, { limit: 9 })), ['sent'], 'what was said with it stays')
  })

  await check('a deleted account can take its files along', async (t, store) => {
    const { anna, tea } = await fill(store)
    await store.deleteAccount(anna, 'remove', 9)
    t.strictSame(
      (await store.loadFiles()).files.map(({ name, token }) => [name, token]),
      [
        ['tea', 'room token of tea'],
        ['both', 'room token of both'],
        ['code', 'room token of code'],
        ['direct', 'room token of direct'],
        ['ticket', 'ticket of ticket'],
      ],
    )
    t.same(await hashesOf(store), ['e: tea, Carl', 'f: direct, Carl'])
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['tea'])
  })
}

function byNumber(one: number, other: number): number {
  return one - other
}

/** A call of each method. */
export function fileCalls(store: Store): Record<keyof FileStore, () => Promise<unknown>> {
  return {
    dataId: () => store.dataId(),
    loadFiles: () => store.loadFiles(),
    addFile: () => store.addFile(newFile('x', { channel: 1 })),
    setUpload: () => store.setUpload(1, { size: 1, expires: 1 }),
    completeFile: () => store.completeFile(wholeFile(1), newMessage('x')),
    setFileTokens: () => store.setFileTokens([{ id: 1, token: 'x' }]),
    removeFiles: () => store.removeFiles([1]),
    addFileToken: () => store.addFileToken({ hash: 'x', file: 1, account: 1, expires: 1 }),
    discarded: () => store.discarded(),
    forgetDiscarded: () => store.forgetDiscarded(['x']),
    removeFileTokens: () => store.removeFileTokens(['x']),
  }
}
