import type { Span } from '../../server/chat/model/unread.ts'
import type { PlaceRead, ReadChange, ReadStore } from '../../server/chat/ports/read-store.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import type { Check } from './contract.ts'
import { newAccount, newChannel, newMessage, populate } from './samples.ts'

/** What every Store must know of what is unread. */
export async function readContract(check: Check): Promise<void> {
  await check('up to where an account has read', async (t, store) => {
    const { anna, bob, tea, code } = await populate(store)
    for (const channel of [tea, code])
      await store.addMember({ channel, account: anna, role: undefined, since: 1 })
    t.strictSame(await store.readOf(anna), { upTo: undefined, places: [] })
    const places: PlaceRead[] = [
      { kind: 'channel', id: tea, unread: { gaps: spans([3, 7], [8, 9]), end: 9 } },
      { kind: 'channel', id: code, unread: { gaps: [], end: 12 } },
      { kind: 'person', id: 0, unread: { gaps: [], end: 4 } },
      { kind: 'person', id: bob, unread: { gaps: [], end: 5 } },
    ]
    const change = (more: Partial<ReadChange>): ReadChange[] => [
      { account: anna, upTo: undefined, places: [], same: [], ...more },
    ]
    await store.saveRead(change({ upTo: 10, places }))
    t.strictSame(await store.readOf(anna), { upTo: 10, places: places.toSorted(byPlace) })
    t.strictSame(await store.readOf(bob), { upTo: undefined, places: [] })
    await store.saveSeen(
      [{ account: anna, seen: 20, seenAt: 2 }],
      change({
        places: [{ kind: 'channel', id: tea, unread: { gaps: spans([1, 2]), end: 15 } }],
        same: [
          { kind: 'channel', id: code },
          { kind: 'person', id: 0 },
        ],
      }),
    )
    t.equal((await store.load()).accounts.find(({ id }) => id === anna)?.seen, 20)
    t.strictSame(await store.readOf(anna), {
      upTo: undefined,
      places: [
        { kind: 'channel', id: tea, unread: { gaps: spans([1, 2]), end: 15 } },
        { kind: 'person', id: bob, unread: { gaps: [], end: 5 } },
      ],
    })
  })

  await check('nothing is kept of where somebody is not, nor of who is gone', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    const den = await store.createChannel(newChannel('#den'))
    for (const channel of [tea, den])
      await store.addMember({ channel, account: anna, role: undefined, since: 1 })
    const mark = (account: number, ...places: [PlaceRead['kind'], number][]) =>
      store.saveRead([
        {
          account,
          upTo: 3,
          same: [],
          places: places.map(([kind, id]) => ({ kind, id, unread: { gaps: [], end: 1 } })),
        },
      ])
    const placesOf = async (account: number) =>
      (await store.readOf(account)).places.map(({ kind, id }) => [kind, id])
    await mark(
      anna,
      ['channel', tea],
      ['channel', code],
      ['channel', den],
      ['person', bob],
      ['person', 9_999],
    )
    t.same(await placesOf(anna), [
      ['channel', tea],
      ['channel', den],
      ['person', bob],
    ])
    await store.removeMember(tea, anna)
    await mark(carl, ['person', bob], ['person', anna])
    t.same((await placesOf(anna)).length, 2, 'who leaves')
    await store.addMember({ channel: tea, account: anna, role: undefined, since: 1 })
    await mark(anna, ['channel', tea])
    await store.addBan({ channel: tea, account: anna, until: undefined, why: undefined, rank: 1 }, 5)
    t.same((await placesOf(anna)).length, 2, 'who is banned')
    await store.closeChannel(den, 1)
    t.same(await placesOf(anna), [['person', bob]])
    await store.append(newMessage('word', { at: 1, from: bob, to: anna }))
    await store.deleteAccount(bob, 'keep', 1)
    t.same(await placesOf(anna), [['person', bob]], 'what a deleted account has said is still to be read')
    await mark(anna, ['person', bob])
    t.same(await placesOf(anna), [['person', bob]])
    t.same(await placesOf(carl), [
      ['person', anna],
      ['person', bob],
    ])
    await store.deleteAccount(carl, 'keep', 1)
    await mark(carl, ['person', anna])
    t.strictSame(await store.readOf(carl), { upTo: undefined, places: [] })
  })

  await check('what is unread is counted, from the newest on', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    await store.addMember({ channel: tea, account: anna, role: undefined, since: 1 })
    const ids: number[] = []
    const say = async (at: number, more: Parameters<typeof newMessage>[1]) => {
      ids.push(await store.append(newMessage('word', { at, ...more })))
    }
    await say(10, { from: bob, channel: tea, mentions: [anna] })
    await say(20, { from: carl, channel: tea, mentions: [anna] })
    await say(30, { fromGuest: '~zoe', channel: tea })
    await say(40, { from: bob, channel: tea, mentions: [carl] })
    await say(50, { from: bob, to: anna })
    await say(60, { fromGuest: '~zoe', to: anna })
    await say(70, { from: carl, to: anna, blocked: true })
    const [first = 0, , third = 0, , direct = 0, guests = 0] = ids
    const nobody = { accounts: [], guests: [] }
    const all = { channel: tea, after: 0, before: 1_000, since: 0 }
    const nowhere = { ...all, channel: 9_999 }
    t.same(await store.countUnread([all], 9, nobody), [{ count: 4 }])
    t.same(
      await store.countUnread([{ ...all, after: first }, nowhere, { ...all, before: third }], 9, nobody),
      [{ count: 3 }, { count: 0 }, { count: 2 }],
    )
    t.same(await store.countUnread([all], 2, { ...nobody, guests: ['~zoe'] }), [{ count: 1, next: third }])
    t.same(await store.countUnread([{ ...all, since: 20 }], 9, { accounts: [carl], guests: [] }), [
      { count: 2 },
    ])
    t.same(await store.countUnread([{ ...all, since: 35 }, all], 2, nobody), [
      { count: 1 },
      { count: 2, next: third },
    ])
    t.same(await store.countUnread([], 9, nobody), [])
    t.same(await store.receivedFrom(anna, bob, { limit: 9 }), [
      { id: direct, from: bob, fromGuest: undefined },
    ])
    t.same(await store.receivedFrom(anna, bob, { limit: 9, after: direct }), [])
    t.same(await store.receivedFrom(anna, carl, { limit: 9 }), [], 'what was blocked')
    t.same(await store.receivedFrom(anna, 0, { limit: 9 }), [
      { id: guests, from: undefined, fromGuest: '~zoe' },
    ])
    const tom = await store.createAccount(newAccount('Tom'))
    const later = await store.append(newMessage('word', { at: 80, from: tom, to: anna }))
    const again = await store.append(newMessage('word', { at: 90, from: bob, to: anna }))
    t.same(await store.writersTo(anna), [
      { from: bob, last: again },
      { from: tom, last: later },
    ])
    t.same(await store.writersTo(bob), [])
    for (const id of [later, again]) await store.removeMessages([id])
    t.same(await store.received(anna, { limit: 9 }), [
      { id: guests, from: undefined, fromGuest: '~zoe' },
      { id: direct, from: bob, fromGuest: undefined },
    ])
    t.same((await store.received(anna, { limit: 1, before: guests })).length, 1)
  })

  await check('mentions that are unread are counted by channel', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    const say = (channel: number, more: Parameters<typeof newMessage>[1]) =>
      store.append(newMessage('word', { channel, mentions: [anna], ...more }))
    const first = await say(tea, { from: bob })
    const second = await say(tea, { from: carl })
    await say(tea, { from: bob, mentions: [carl] })
    const third = await say(tea, { fromGuest: '~zoe' })
    const fourth = await say(code, { from: bob })
    const fifth = await say(tea, { from: bob })
    const nobody = { accounts: [], guests: [] }
    const all = { ...nobody, channels: new Map([[tea, spans([0, fifth])]]) }
    const found = async (...args: Parameters<Store['countMentioning']>) => {
      const { channels, next } = await store.countMentioning(...args)
      const counts = [...channels].map(([id, counts]) => [id, ...counts])
      return [counts.toSorted(([one = 0], [other = 0]) => one - other), next]
    }
    t.same(await found(anna, { limit: 9 }, all), [[[tea, 4]], undefined])
    t.same(await found(anna, { limit: 5 }, all), [[[tea, 4]], first], 'there may be more')
    t.same(await found(anna, { limit: 2 }, all), [[[tea, 1]], fourth], 'of what else was looked at')
    t.same(await found(anna, { limit: 9, after: first, before: fifth }, all), [[[tea, 2]], undefined])
    const both = new Map([
      [tea, spans([0, first], [second, third - 1], [third, fifth])],
      [code, spans([fourth - 1, fifth])],
    ])
    const places = [
      [tea, 1, 0, 1],
      [code, 1],
    ].toSorted(([one = 0], [other = 0]) => one - other)
    t.same(await found(anna, { limit: 9 }, { ...nobody, channels: both }), [places, undefined])
    const but = { accounts: [carl], guests: ['~zoe'] }
    t.same(await found(anna, { limit: 9 }, { ...all, ...but }), [[[tea, 2]], undefined])
    t.same(await found(carl, { limit: 9 }, { ...nobody, channels: new Map() }), [[], undefined])
    await store.removeMessages([fifth])
    t.same(await found(anna, { limit: 9, after: third }, all), [[], undefined])
  })
}

function spans(...of: [after: number, upTo: number][]): Span[] {
  return of.map(([after, upTo]) => ({ after, upTo }))
}

function byPlace(one: PlaceRead, other: PlaceRead): number {
  return one.kind === other.kind ? one.id - other.id : one.kind < other.kind ? -1 : 1
}

/** A call of each of its methods. */
export function readCalls(store: Store): Record<keyof ReadStore, () => Promise<unknown>> {
  return {
    readOf: () => store.readOf(1),
    saveRead: () => store.saveRead([]),
    countUnread: () =>
      store.countUnread([{ channel: 1, after: 0, before: 9, since: 0 }], 1, { accounts: [], guests: [] }),
    received: () => store.received(1, { limit: 1 }),
    receivedFrom: () => store.receivedFrom(1, 1, { limit: 1 }),
    writersTo: () => store.writersTo(1),
    countMentioning: () =>
      store.countMentioning(1, { limit: 1 }, { accounts: [], guests: [], channels: new Map() }),
  }
}
