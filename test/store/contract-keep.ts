import type { KeepStore, Outdated } from '../../server/chat/ports/keep-store.ts'
import type { ReadChange } from '../../server/chat/ports/read-store.ts'
import type { MessageRecord } from '../../server/chat/ports/records.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import type { Check } from './contract.ts'
import {
  newAccount,
  newChannel,
  newFile,
  newMessage,
  newToken,
  populate,
  searchFor,
  texts,
  wholeFile,
} from './samples.ts'

/** All that is outdated, whatever the stretches are. */
async function outdatedIds(store: Store, what: Partial<Outdated>): Promise<number[]> {
  const ids: number[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const stretch: Awaited<ReturnType<Store['outdated']>> = await store.outdated(
      { channel: undefined, before: 0, unreadBefore: 0, ...what },
      after,
    )
    ids.push(...stretch.ids)
    after = stretch.next
  }
  return ids
}

async function allAbout(store: Store, account: number): Promise<MessageRecord[]> {
  const all: MessageRecord[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const stretch: Awaited<ReturnType<Store['messagesAbout']>> = await store.messagesAbout(account, after)
    all.push(...stretch.messages)
    after = stretch.next
  }
  return all
}

/** What every Store must do to forget. */
export async function keepContract(check: Check): Promise<void> {
  await check('outdated: the oldest of a channel, and of no channel', async (t, store) => {
    const { anna, bob, code, tea } = await populate(store)
    const say = (at: number, more: Parameters<typeof newMessage>[1]) =>
      store.append(newMessage(`word ${at}`, { at, from: anna, ...more }))
    const first = await say(10, { channel: tea })
    await say(20, { channel: code })
    const second = await say(30, { channel: tea })
    const notice = await say(40, { kind: 'notice' })
    const direct = await say(50, { toGuest: '~gus' })
    await say(60, { channel: tea })
    t.same(await outdatedIds(store, { channel: tea, before: 60 }), [first, second])
    t.same(await outdatedIds(store, { channel: tea, before: 10 }), [], 'what is as old as that is not older')
    t.same(await outdatedIds(store, { before: 99 }), [notice, direct])
    t.same((await store.outdated({ channel: tea, before: 99, unreadBefore: 0 }, first)).ids.length, 2)
    t.same(await outdatedIds(store, { channel: 99, before: 99 }), [])
    await store.saveSeen([{ account: bob, seen: 1, seenAt: 1 }])
  })

  await check('outdated: many of them', async (t, store) => {
    const { anna, tea } = await populate(store)
    const numbers = Array.from({ length: 1300 }, (_, at) => at)
    const ids = await Promise.all(
      numbers.map((at) => store.append(newMessage(`${at}`, { at, from: anna, channel: tea }))),
    )
    t.same(await outdatedIds(store, { channel: tea, before: 1100 }), ids.slice(0, 1100))
    t.same(await outdatedIds(store, { channel: tea, before: 9999 }), ids)
    t.same(
      (await allAbout(store, anna)).map(({ id }) => id),
      ids,
    )
  })

  await check('outdated: what is dated ahead stands in nobody’s way', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const say = (at: number, more: Parameters<typeof newMessage>[1]) =>
      store.append(newMessage(`word ${at}`, { at, from: anna, ...more }))
    for (const more of [{ channel: tea }, { to: bob }, { kind: 'notice' as const }]) {
      const what = { channel: more.channel, unreadBefore: 99 }
      const known = await outdatedIds(store, { ...what, before: 99 })
      // More than a stretch of the walk, at the head of the list and between what is old.
      const ahead = Array.from({ length: 1100 }, () => say(9_999, more))
      const first = await say(10, more)
      await Promise.all([...ahead, ...Array.from({ length: 501 }, () => say(9_999, more))])
      const last = await say(20, more)
      t.same(await outdatedIds(store, { ...what, before: 99 }), [...known, first, last])
    }
  })

  await check('outdated: what waits for somebody stays longer', async (t, store) => {
    const { anna, bob, carl } = await populate(store)
    const say = (at: number, to: number, more: Parameters<typeof newMessage>[1] = {}) =>
      store.append(newMessage(`word ${at}`, { at, from: anna, to, ...more }))
    const [one, two, three] = [await say(10, bob), await say(20, bob), await say(30, bob)]
    const blocked = await say(40, bob, { blocked: true })
    const toCarl = await say(50, carl)
    const seen = (account: number, seen: number) => store.saveSeen([{ account, seen, seenAt: 1 }])
    const read = (change: Partial<ReadChange>) =>
      store.saveRead([{ account: bob, upTo: undefined, places: [], same: [], ...change }])
    const place = { kind: 'person', id: anna } as const
    const old = (unreadBefore: number) => outdatedIds(store, { before: 60, unreadBefore })
    t.same(await old(0), [blocked], 'nobody has been shown anything')
    await seen(bob, two)
    t.same(await old(0), [one, two, blocked])
    await seen(bob, toCarl)
    await read({ upTo: one })
    t.same(await old(0), [one, blocked], 'it was told of them, and has not read them')
    t.same(await old(30), [one, two, blocked], 'until they are very old')
    await read({ upTo: undefined })
    t.same(await old(0), [one, two, three, blocked])
    await read({ places: [{ ...place, unread: { gaps: [], end: one } }] })
    t.same(await old(0), [one, blocked], 'what is unread again is kept')
    await read({ places: [{ ...place, unread: { gaps: [{ after: one, upTo: two }], end: three } }] })
    t.same(await old(0), [one, three, blocked], 'and what lies in a gap')
    const gaps = [
      { after: one - 1, upTo: one },
      { after: two, upTo: three },
    ]
    await read({ places: [{ ...place, unread: { gaps, end: three } }] })
    t.same(await old(0), [two, blocked], 'or in one of several')
    await read({ places: [{ kind: 'person', id: carl, unread: { gaps: [], end: 0 } }], same: [place] })
    t.same(await old(0), [one, two, three, blocked], 'not for another one who wrote')
    const fromGuest = await store.append(
      newMessage('word 55', { at: 55, from: undefined, fromGuest: '~gus', to: bob }),
    )
    await seen(bob, fromGuest)
    t.same(await old(0), [one, two, three, blocked, fromGuest])
    await read({ places: [{ kind: 'person', id: 0, unread: { gaps: [], end: toCarl } }] })
    t.same(await old(0), [one, two, three, blocked], 'guests share a place')
    await read({ same: [{ kind: 'person', id: 0 }] })
    await store.deleteAccount(carl, 'keep', 9)
    t.same(await old(0), [one, two, three, blocked, toCarl, fromGuest], 'for nobody it waits')
  })

  await check('messages that are removed are gone everywhere', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    await store.addMember({ channel: tea, account: bob, role: undefined, since: 1 })
    const more = { from: anna, channel: tea, mentions: [bob] }
    const [one, two, three] = [
      await store.append(newMessage('word one @bob', more)),
      await store.append(newMessage('word two @bob', more)),
      await store.append(newMessage('word three @bob', more)),
    ]
    t.equal((await store.search(searchFor('word', { channels: [tea] }))).length, 3, 'all are in the index')
    const four = await store.append(newMessage('word four @bob', more))
    await store.removeMessages([one, three, four, 99])
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['word two @bob'])
    t.same(texts(await store.search(searchFor('word', { channels: [tea] }))), ['word two @bob'])
    t.same(await store.search(searchFor('three', { channels: [tea] })), [])
    t.equal(await store.countMentions(bob, { limit: 9 }), 1)
    await store.removeMessages([])
    await store.removeMessages([two])
    t.same(await store.channelHistory(tea, { limit: 9 }), [])
    const { channels, lastMessageId } = await store.load()
    t.equal(channels.find(({ id }) => id === tea)?.lastId, 0)
    t.equal(lastMessageId, four, 'and no number is used again')
    t.ok((await store.append(newMessage('five', more))) > four)
    t.equal(await store.scrub(false), true)
    t.equal(await store.scrub(true), true)
    t.same(texts(await store.search(searchFor('five', { channels: [tea] }))), ['five'])
  })

  await check('what is about somebody', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    await store.append(newMessage('in a channel', { from: anna, channel: tea }))
    await store.append(newMessage('of another', { from: bob, channel: tea, mentions: [anna] }))
    await store.append(newMessage('to bob', { from: anna, to: bob }))
    await store.append(newMessage('to anna', { from: bob, to: anna, blocked: true }))
    await store.append(newMessage('to a guest', { from: anna, toGuest: '~gus' }))
    await store.append(newMessage('a notice', { from: anna, kind: 'notice' }))
    await store.append(newMessage('of others', { from: bob, to: carl }))
    t.same(texts(await allAbout(store, anna)), [
      'in a channel',
      'to bob',
      'to anna',
      'to a guest',
      'a notice',
    ])
    t.same(texts((await store.messagesAbout(anna, 3)).messages), ['to anna', 'to a guest', 'a notice'])
    t.same(await allAbout(store, 99), [])
  })

  await check('an account that is erased leaves no name', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    await store.addToken(newToken('cron', anna))
    const own = await store.addFile(newFile('own', { from: anna, channel: tea }))
    await store.completeFile(wholeFile(own), newMessage('own', { from: anna, channel: tea }))
    await store.append(newMessage('of bob', { from: bob, channel: tea }))
    for (const account of [anna, bob]) await store.deleteAccount(account, 'erase', 9)
    t.same(
      (await store.load()).accounts.map(({ name }) => name),
      ['Carl'],
    )
    t.same((await store.loadFiles()).files, [], 'nor files')
    t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['own', 'of bob'], 'messages go before it')
    t.same(await store.tokensOf(anna), [])
    t.ok((await store.createAccount(newAccount('Anna'))) > bob, 'the name is free')
  })

  await check('channels that are closed are known by name', async (t, store) => {
    const { code, tea } = await populate(store)
    await store.closeChannel(tea, 9)
    const again = await store.createChannel(newChannel('#Tea'))
    t.same(await store.channelNames(), [
      { id: tea, name: '#Tea' },
      { id: code, name: '#Code' },
      { id: again, name: '#Tea' },
    ])
  })
}

/** A call of each method. */
export function keepCalls(store: Store): Record<keyof KeepStore, () => Promise<unknown>> {
  return {
    setEnding: () => store.setEnding(1, 'keep'),
    endings: () => store.endings(),
    scrubNeed: () => store.scrubNeed(),
    channelNames: () => store.channelNames(),
    outdated: () => store.outdated({ channel: 1, before: 1, unreadBefore: 1 }, 0),
    messagesAbout: () => store.messagesAbout(1, 0),
    removeMessages: () => store.removeMessages([1]),
    scrub: () => store.scrub(false),
    clockSeen: () => store.clockSeen(),
    setClockSeen: () => store.setClockSeen({ at: 1, heldMs: 1, waitedMs: 1 }),
  }
}
