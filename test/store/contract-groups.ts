import type { GroupStore, ToldWithdrawing } from '../../server/chat/ports/group-store.ts'
import type { Page } from '../../server/chat/ports/records.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { InviteUsed, NameTaken } from '../../server/chat/ports/store-errors.ts'
import type { Check } from './contract.ts'
import {
  asStored,
  newAccount,
  newChannel,
  newMessage,
  populate,
  restraint,
  searchFor,
  texts,
} from './samples.ts'

async function accountOf(store: Store, account: number) {
  return (await store.load()).accounts.find(({ id }) => id === account)
}

/** Who is in a channel, as what. */
async function membersOf(store: Store, channel: number) {
  const { memberships } = await store.load()
  return memberships
    .filter((member) => member.channel === channel)
    .map(({ account, role }) => [account, role])
    .sort()
}

/** Something of each kind to, from and about Anna, and the same without her. */
async function fill(store: Store) {
  const people = await populate(store)
  const { anna, bob, carl, tea, code } = people
  for (const account of [anna, carl]) {
    await store.addBan(restraint(code, account), 1)
    await store.setMute(restraint(code, account, 9))
  }
  await store.addRequest({ channel: code, account: anna, by: bob, at: 1 })
  await store.addRequest({ channel: tea, account: bob, by: anna, at: 2 })
  for (const [account, other] of [
    [anna, bob],
    [bob, anna],
    [bob, carl],
  ] as const) {
    await store.setContact({ account, other }, true)
    await store.setBlock({ account, other }, true)
  }
  // Behind the blocks, which would end it.
  const request = { channel: tea, account: carl, by: bob, at: 3 }
  const requests = [{ ...request, id: await store.addRequest(request), answer: 'pending' }]
  return { ...people, requests }
}

/** What every Store must do about who belongs together, and who does not. */
export async function groupContract(check: Check): Promise<void> {
  await check('requests', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    const request = { channel: tea, account: bob, by: anna, at: 5 }
    const first = await store.addRequest(request)
    await t.rejects(store.addRequest({ ...request, by: carl }), NameTaken, 'one at a time')
    const second = await store.addRequest({ ...request, account: carl })
    const third = await store.addRequest({ ...request, channel: code })
    t.ok(first < second && second < third, 'numbers grow')
    t.same((await store.loadGroups()).requests, [
      { ...request, id: first, answer: 'pending' },
      { ...request, id: second, account: carl, answer: 'pending' },
      { ...request, id: third, channel: code, answer: 'pending' },
    ])

    await store.answerRequest(first, { channel: tea, account: bob, role: undefined, since: 6 })
    await store.answerRequest(second, 'rejected')
    t.match((await store.loadGroups()).requests, [
      { id: first, answer: 'accepted' },
      { id: second, answer: 'rejected' },
      { id: third, answer: 'pending' },
    ])
    t.same(
      (await store.load()).memberships.filter(({ account }) => account === bob),
      [{ channel: tea, account: bob, role: undefined, since: 6 }],
    )
    t.same(await membersOf(store, tea), [
      [anna, 'admin'],
      [bob, undefined],
    ])

    await store.forgetRequests([first, second, 9_999])
    await store.forgetRequests([])
    t.match((await store.loadGroups()).requests, [{ id: third }])
    t.equal((await store.loadGroups()).requests.length, 1)
    await store.forgetRequests([third])
    t.ok((await store.addRequest(request)) > third, 'a number is never given again')
  })

  await check('an answer counts once', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const membership = { channel: tea, account: bob, role: undefined, since: 6 }
    const request = { channel: tea, account: bob, by: anna, at: 5 }
    await store.answerRequest(9_999, membership)
    const id = await store.addRequest(request)
    await store.answerRequest(id, 'rejected')
    await store.answerRequest(id, membership)
    t.match((await store.loadGroups()).requests, [{ id, answer: 'rejected' }])
    t.same(await membersOf(store, tea), [[anna, 'admin']])

    const again = await store.addRequest(request)
    await store.answerRequest(again, membership)
    await store.answerRequest(again, 'rejected')
    t.match((await store.loadGroups()).requests, [{ answer: 'rejected' }, { id: again, answer: 'accepted' }])
  })

  await check('many requests are forgotten at once', async (t, store) => {
    const { anna, tea } = await populate(store)
    const names = Array.from({ length: 2_100 }, (_, index) => `Guest${index}`)
    const ids = await Promise.all(
      names.map(async (name) => {
        const account = await store.createAccount(newAccount(name))
        return store.addRequest({ channel: tea, account, by: anna, at: 1 })
      }),
    )
    await store.forgetRequests(ids.slice(0, -1))
    t.match((await store.loadGroups()).requests, [{ id: ids.at(-1) }])
    t.equal((await store.loadGroups()).requests.length, 1)
  })

  await check('roles', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    for (const [channel, account] of [
      [tea, bob],
      [tea, carl],
      [code, bob],
    ] as const) {
      await store.addMember({ channel, account, role: undefined, since: 1 })
    }
    await store.setRole(tea, bob, 'moderator')
    t.same(await membersOf(store, tea), [
      [anna, 'admin'],
      [bob, 'moderator'],
      [carl, undefined],
    ])
    await store.transfer(tea, anna, bob)
    await store.setRole(tea, carl, 'moderator')
    t.same(await membersOf(store, tea), [
      [anna, undefined],
      [bob, 'admin'],
      [carl, 'moderator'],
    ])
    await store.setRole(tea, carl, undefined)
    await store.setRole(code, carl, 'moderator')
    t.same((await membersOf(store, tea)).at(-1), [carl, undefined])
    t.same(await membersOf(store, code), [[bob, undefined]], 'nobody becomes a member by it')
  })

  await check('requests are withdrawn in the step of another change, or stay with it', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    const other = await store.addRequest({ channel: code, account: carl, by: anna, at: 1 })
    const refused = new Error('not any more')
    for (const change of [
      (told: ToldWithdrawing) => store.setRole(tea, bob, undefined, told),
      (told: ToldWithdrawing) => store.transfer(tea, anna, bob, told),
      (told: ToldWithdrawing) => store.removeMember(tea, bob, {}, told),
    ]) {
      await store.addMember({ channel: tea, account: bob, role: 'moderator', since: 1 })
      const request = await store.addRequest({ channel: tea, account: carl, by: bob, at: 1 })
      const ids = async () => (await store.loadGroups()).requests.map(({ id }) => id)
      const told = { log: [], requests: [request], tell: () => undefined }
      const check = () => {
        throw refused
      }
      await t.rejects(change({ ...told, check }), refused)
      t.same(await ids(), [other, request])
      await change(told)
      t.same(await ids(), [other])
    }
  })

  await check('bans', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    for (const channel of [tea, code]) {
      await store.addMember({ channel, account: bob, role: 'moderator', since: 1 })
    }
    const told = await store.addRequest({ channel: tea, account: carl, by: anna, at: 1 })
    await store.answerRequest(told, 'rejected')
    await store.addRequest({ channel: tea, account: carl, by: anna, at: 2 })
    const elsewhere = await store.addRequest({ channel: code, account: carl, by: anna, at: 2 })

    await store.addBan(restraint(tea, bob), 5)
    await store.addBan(restraint(tea, carl), 5)
    await store.addBan(restraint(tea, carl, 60, { why: 'rude', rank: 2 }), 6)
    const { bans, requests } = await store.loadGroups()
    t.same(bans, [restraint(tea, bob), restraint(tea, carl, 60, { why: 'rude', rank: 2 })])
    t.same(await membersOf(store, tea), [[anna, 'admin']])
    t.same(await membersOf(store, code), [[bob, 'moderator']])
    t.same(
      requests.map(({ id }) => id),
      [told, elsewhere],
      'what is pending is withdrawn, there alone',
    )

    await store.removeBan(tea, bob)
    await store.removeBan(code, carl)
    t.same((await store.loadGroups()).bans, [restraint(tea, carl, 60, { why: 'rude', rank: 2 })])
    t.same(await membersOf(store, tea), [[anna, 'admin']], 'nobody comes back by it')
  })

  await check('a ban ends what the banned one asked for, there alone', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    const dora = await store.createAccount(newAccount('Dora'))
    const answered = await store.addRequest({ channel: tea, account: carl, by: bob, at: 1 })
    await store.answerRequest(answered, 'rejected')
    await store.addRequest({ channel: tea, account: carl, by: bob, at: 2 })
    const ofAnother = await store.addRequest({ channel: tea, account: dora, by: anna, at: 3 })
    const elsewhere = await store.addRequest({ channel: code, account: carl, by: bob, at: 4 })
    await store.addBan(restraint(tea, bob), 5)
    t.same(
      (await store.loadGroups()).requests.map(({ id }) => id),
      [answered, ofAnother, elsewhere],
    )
    const again = await store.addRequest({ channel: tea, account: carl, by: anna, at: 6 })
    t.ok(again > elsewhere, 'and somebody else may ask')
  })

  await check('a block ends what is asked between the two', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    await store.addRequest({ channel: tea, account: bob, by: anna, at: 1 })
    await store.addRequest({ channel: code, account: anna, by: bob, at: 2 })
    const answered = await store.addRequest({ channel: code, account: bob, by: anna, at: 3 })
    await store.answerRequest(answered, 'rejected')
    const others = [
      await store.addRequest({ channel: tea, account: carl, by: anna, at: 4 }),
      await store.addRequest({ channel: code, account: carl, by: bob, at: 5 }),
    ]
    const ids = async () => (await store.loadGroups()).requests.map(({ id }) => id)
    await store.setBlock({ account: bob, other: anna }, false)
    t.equal((await ids()).length, 5, 'who blocks no more ends nothing')
    await store.setBlock({ account: bob, other: anna }, true)
    t.same(await ids(), others)
  })

  await check('names that rest', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    const dora = await store.createAccount(newAccount('Dora'))
    for (const from of [anna, bob, carl]) await store.append(newMessage('hello', { from, channel: tea }))
    for (const [account, fate] of [
      [anna, 'keep'],
      [bob, 'remove'],
      [carl, 'erase'],
      [dora, 'keep'],
    ] as const) {
      await store.setEnding(account, fate)
      const rests = await store.deleteAccount(account, fate, 9)
      t.equal(rests, account === anna || account === bob, `${account} ${fate}`)
    }
    t.same((await store.restingNames()).map(({ key, at }) => [key, at]).sort(), [
      ['anna', 9],
      ['bob', 9],
    ])
  })

  await check('what is about all guests', async (t, store) => {
    const { tea, code } = await populate(store)
    const closed = { channel: tea, kind: 'ban', until: undefined, why: undefined, rank: 2 } as const
    const silent = { channel: tea, kind: 'mute', until: 50, why: 'exam', rank: 1 } as const
    for (const one of [silent, { ...closed, until: 60 }, { ...silent, channel: code }, closed])
      await store.setGuestRestraint(one)
    const all = async () => (await store.loadGroups()).guestRestraints
    t.same(await all(), [closed, silent, { ...silent, channel: code }], 'a later one replaces an earlier one')
    await store.removeGuestRestraint(tea, 'mute')
    await store.removeGuestRestraint(code, 'ban')
    t.same(await all(), [closed, { ...silent, channel: code }])
  })

  await check('mutes', async (t, store) => {
    const { bob, carl, tea, code } = await populate(store)
    await store.setMute(restraint(tea, carl, 60))
    await store.setMute(restraint(tea, bob, 50))
    await store.setMute(restraint(code, bob))
    const mutes = async () => (await store.loadGroups()).mutes
    t.same(await mutes(), [restraint(tea, bob, 50), restraint(tea, carl, 60), restraint(code, bob)])
    await store.setMute(restraint(tea, bob))
    await store.setMute(restraint(code, bob, 70, { why: 'loud', rank: 3 }))
    await store.removeMute(tea, carl)
    await store.removeMute(code, carl)
    t.same(await mutes(), [restraint(tea, bob), restraint(code, bob, 70, { why: 'loud', rank: 3 })])
  })

  await check('contacts and blocks', async (t, store) => {
    const { anna, bob, carl } = await populate(store)
    for (const [set, list] of [
      ['setContact', 'contacts'],
      ['setBlock', 'blocks'],
    ] as const) {
      const links = async () => (await store.loadGroups())[list]
      await store[set]({ account: anna, other: carl }, true)
      await store[set]({ account: anna, other: bob }, true)
      await store[set]({ account: anna, other: bob }, true)
      t.same(await links(), [
        { account: anna, other: bob },
        { account: anna, other: carl },
      ])
      await store[set]({ account: bob, other: anna }, true)
      await store[set]({ account: anna, other: bob }, false)
      await store[set]({ account: carl, other: bob }, false)
      t.same(await links(), [
        { account: anna, other: carl },
        { account: bob, other: anna },
      ])
    }
  })

  await check('watching and operators', async (t, store) => {
    const { anna, bob } = await populate(store)
    await store.setWatch(anna, true)
    await store.setOperator(bob, true)
    t.match(await accountOf(store, anna), { watch: true, operator: false })
    t.match(await accountOf(store, bob), { watch: false, operator: true })
    await store.setWatch(anna, false)
    await store.setOperator(bob, false)
    t.match(await accountOf(store, anna), { watch: false })
    t.match(await accountOf(store, bob), { operator: false })
    const root = await store.createAccount(newAccount('Root', { operator: true }))
    t.match(await accountOf(store, root), { operator: true, initialPassword: false })
  })

  await check('a password of somebody else lasts until the owner sets one', async (t, store) => {
    const account = await store.createAccount(newAccount('Anna', { initialPassword: true }))
    const initial = async () => (await accountOf(store, account))?.initialPassword
    t.equal(await initial(), true)
    await store.setPassword(account, 'own')
    t.equal(await initial(), false)
    await store.setInitialPassword(account, 'given')
    t.equal(await initial(), true)
    t.same(await store.secretsOf(account), { passwordHash: 'given', recoveryHash: 'recovery of Anna' })
    await store.recover(account, { passwordHash: 'own again', recoveryHash: 'next' })
    t.equal(await initial(), false)
  })

  await check('invitations that are open are counted', async (t, store) => {
    const { anna, bob } = await populate(store)
    t.equal(await store.countInvites(anna, 1), 0)
    await store.addInvite({ hash: 'short', by: anna, at: 10, until: 20 })
    await store.addInvite({ hash: 'long', by: anna, at: 10, until: 100 })
    await store.addInvite({ hash: 'of bob', by: bob, at: 10, until: 100 })
    t.equal(await store.countInvites(anna, 19), 2)
    t.equal(await store.countInvites(anna, 20), 1, 'until then, and no longer')
    t.equal(await store.countInvites(bob, 19), 1)
    await store.addInvite({ hash: 'next', by: anna, at: 50, until: 100 })
    t.equal(await store.countInvites(anna, 19), 2, 'a new one removes those that are over')
    await store.createAccount(newAccount('Dora', { invite: 'long', since: 60 }))
    t.equal(await store.countInvites(anna, 60), 1, 'one that is used is not open')
    t.equal(await store.countInvites(anna, 100), 0)
    t.equal(await store.countInvites(9_999, 1), 0)
  })

  await check('an invitation makes one account', async (t, store) => {
    const anna = await store.createAccount(newAccount('Anna'))
    await store.addInvite({ hash: 'abc', by: anna, at: 10, until: 100 })
    t.equal(await store.hasInvite('abc', 99), true)
    t.equal(await store.hasInvite('abc', 100), false)
    t.equal(await store.hasInvite('xyz', 99), false)

    const invited = (name: string, since: number, invite = 'abc') =>
      store.createAccount(newAccount(name, { since, invite }))
    await t.rejects(invited('Bob', 100), InviteUsed, 'too late')
    await t.rejects(invited('Bob', 99, 'xyz'), InviteUsed, 'unknown')
    await t.rejects(invited('ANNA', 99), NameTaken)
    t.equal(await store.hasInvite('abc', 99), true, 'a name that is taken does not use it up')
    const bob = await invited('Bob', 99)
    t.equal(await store.hasInvite('abc', 50), false)
    await t.rejects(invited('Carl', 50), InviteUsed, 'used up')
    t.same(
      (await store.load()).accounts.map(({ id }) => id),
      [anna, bob],
    )
    const carl = await store.createAccount(newAccount('Carl'))
    t.ok(carl > bob, 'the name stayed free')
  })

  await check('of many who have an invitation, the first whose name is free gets in', async (t, store) => {
    const { anna, tea } = await populate(store)
    await store.addInvite({ hash: 'abc', by: anna, at: 10, until: 100 })
    const invited = (name: string) => store.createAccount(newAccount(name, { since: 50, invite: 'abc' }))
    const settled = await Promise.allSettled([
      store.append(newMessage('before', { from: anna, channel: tea })),
      invited('anna'),
      invited('Dora'),
      invited('Emil'),
      store.append(newMessage('after', { from: anna, channel: tea })),
    ])
    t.match(settled, [
      { status: 'fulfilled' },
      { status: 'rejected', reason: NameTaken },
      { status: 'fulfilled' },
      { status: 'rejected', reason: InviteUsed },
      { status: 'fulfilled' },
    ])
    t.same(
      (await store.load()).accounts.map(({ name }) => name),
      ['Anna', 'Bob', 'Carl', 'Dora'],
    )
  })

  await check('addresses', async (t, store) => {
    const { anna, bob } = await populate(store)
    const net = { cidr: '192.0.2.0/24', by: anna, at: 5, until: undefined }
    const host = { cidr: '2001:db8::1', by: anna, at: 6, until: 70 }
    await store.banAddress(host)
    await store.banAddress(net)
    t.same((await store.loadGroups()).addressBans, [net, host])
    const later = { ...net, by: bob, at: 7, until: 80 }
    await store.banAddress(later)
    t.same((await store.loadGroups()).addressBans, [later, host], 'the newest says until when')
    t.equal(await store.unbanAddress(net.cidr), true)
    t.equal(await store.unbanAddress(net.cidr), false)
    t.same((await store.loadGroups()).addressBans, [host])
    await store.deleteAccount(anna, 'remove', 1)
    t.same((await store.loadGroups()).addressBans, [host], 'a ban outlives who made it')
  })

  await check('who is blocked does not come through, and does not notice', async (t, store) => {
    const { anna, bob, carl } = await populate(store)
    const say = (text: string, from: number, to: number, blocked = false) =>
      store.append(newMessage(`word ${text}`, { from, to, blocked }))
    const a = await say('a', anna, bob)
    await say('b', anna, bob, true)
    await say('c', bob, anna)
    const d = await say('d', anna, bob, true)
    await say('e', carl, bob)
    const f = await say('f', anna, bob)
    const letters = (messages: readonly { text: string }[]) =>
      texts(messages).join('').replaceAll('word ', '')

    t.equal(letters(await store.inbox(bob, { limit: 9 })), 'aef')
    t.equal(letters(await store.inbox(bob, { limit: 2 })), 'ef')
    t.equal(letters(await store.inbox(bob, { limit: 9, before: f })), 'ae')
    t.equal(letters(await store.inbox(anna, { limit: 9 })), 'c')
    t.equal(await store.countInbox(bob, { limit: 9 }), 3)
    t.equal(await store.countInbox(bob, { limit: 9, after: a, before: f }), 1)

    t.equal(letters(await store.directHistory(bob, anna, { limit: 9 })), 'acf')
    t.equal(letters(await store.directHistory(bob, anna, { limit: 2 })), 'cf')
    t.equal(letters(await store.directHistory(anna, bob, { limit: 9 })), 'abcdf')
    t.equal(letters(await store.directHistory(anna, bob, { limit: 2 })), 'df')
    t.equal(letters(await store.directHistory(anna, bob, { limit: 9, after: a, before: d })), 'bc')
    t.match(await store.directHistory(anna, bob, { limit: 2 }), [{ blocked: true }, { blocked: false }])

    const found = async (reader: number) => letters(await store.search(searchFor('word', { reader })))
    t.equal(await found(bob), 'acef')
    t.equal(await found(anna), 'abcdf')
    t.equal(await found(carl), 'e')
    t.equal(letters(await store.search(searchFor('word', { reader: bob, from: anna }))), 'af')
    t.equal(await store.countFrom(anna, 9), 4)
  })

  await check('what somebody does not want to read is not counted, nor found', async (t, store) => {
    const { anna, bob, carl, tea } = await populate(store)
    const say = (from: number | undefined, fromGuest?: string) =>
      store.append(newMessage('a word', { from, fromGuest, channel: tea, mentions: [anna] }))
    await say(bob)
    for (let index = 0; index < 3; index++) await say(carl)
    await say(undefined, '~zoe')
    await say(undefined, '~yves')
    const from = (text: string, of: number) => store.append(newMessage(text, { from: of, to: anna }))
    for (const [text, of] of [
      ['1', bob],
      ['2', carl],
      ['3', bob],
    ] as const)
      await from(text, of)
    const but = { accounts: [carl], guests: ['~zoe'] }
    t.equal(await store.countChannel(tea, { limit: 9 }, but), 2)
    t.equal(await store.countChannel(tea, { limit: 3 }, but), 1, 'of the newest only')
    t.equal(await store.countMentions(anna, { limit: 9 }, but), 2)
    t.equal(await store.countInbox(anna, { limit: 9 }, but), 2)
    await store.append(newMessage('by a script', { from: bob, channel: tea, mentions: [anna], bot: true }))
    const own = { accounts: [], guests: [], own: bob }
    t.equal(
      await store.countChannel(tea, { limit: 9 }, own),
      6,
      'without what they said, but with what their scripts said',
    )
    t.equal(await store.countMentions(anna, { limit: 9 }, own), 6)
    t.same(texts(await store.inbox(anna, { limit: 2, oldest: true })), ['1', '2'], 'the oldest first')
    const query = { words: ['word'], reader: anna, channels: [tea], direct: true, unwanted: but }
    t.match(await store.search({ ...query, limit: 9 }), [{ from: bob }, { fromGuest: '~yves' }])
  })

  await check('mentions', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    for (const channel of [tea, code]) {
      await store.addMember({ channel, account: bob, role: undefined, since: 1 })
    }
    const say = (text: string, channel: number, ...mentions: number[]) =>
      store.append(newMessage(text, { from: anna, channel, mentions }))
    const a = await say('a', tea, bob)
    await say('nobody', tea)
    await say('b', code, bob, carl, bob)
    await say('carl', tea, carl)
    const c = await say('c', tea, bob)
    await say('nobody here', tea, 9_999)
    const d = await say('d', tea, 9_999, bob)

    const mentions = async (of: Page) => texts(await store.mentions(bob, of)).join('')
    t.equal(await mentions({ limit: 9 }), 'abcd')
    t.equal(await mentions({ limit: 2 }), 'cd', 'the newest, oldest first')
    t.equal(await mentions({ limit: 2, oldest: true, after: a }), 'bc', 'or the oldest')
    t.equal(await mentions({ limit: 2, before: d }), 'bc')
    t.equal(await mentions({ limit: 9, after: a, before: d }), 'bc')
    t.equal(await mentions({ limit: 0 }), '')
    t.equal(await store.countMentions(bob, { limit: 9 }), 4)
    t.equal(await store.countMentions(bob, { limit: 3 }), 3)
    t.equal(await store.countMentions(bob, { limit: 9, after: c }), 1)
    const message = newMessage('a', { from: anna, channel: tea, mentions: [bob] })
    t.same(await store.mentions(bob, { limit: 1, before: a + 1 }), [asStored(message, a)])
    t.same(await store.mentions(carl, { limit: 9 }), [], 'not where one is no member')
    t.equal(await store.countMentions(carl, { limit: 9 }), 0)
    t.equal((await store.channelHistory(tea, { limit: 9 })).length, 6, 'nothing else is lost or doubled')

    await store.removeMember(tea, bob)
    t.equal(await mentions({ limit: 9 }), 'b')
    await store.addMember({ channel: tea, account: bob, role: undefined, since: 2 })
    t.equal(await mentions({ limit: 9 }), 'abcd')
    await store.closeChannel(tea, 1)
    t.equal(await mentions({ limit: 9 }), 'b')
    await store.deleteAccount(anna, 'remove', 1)
    t.equal(await mentions({ limit: 9 }), '')
    t.equal(await store.countMentions(bob, { limit: 9 }), 0)
  })

  await check('mentions of many, at once', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const said = Array.from({ length: 1_200 }, (_, index) => index)
    const ids = await Promise.all(
      said.map((index) =>
        store.append(
          newMessage(`line ${index}`, {
            from: bob,
            channel: tea,
            mentions: index % 3 === 0 ? [anna, bob] : [],
          }),
        ),
      ),
    )
    t.same(
      (await store.mentions(anna, { limit: 2_000 })).map(({ id }) => id),
      ids.filter((_, index) => index % 3 === 0),
    )
    t.equal(await store.countChannel(tea, { limit: 2_000 }), said.length)
  })

  await check('notices', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    const notice = newMessage('word a', { from: anna, kind: 'notice' })
    const a = await store.append(notice)
    await store.append(newMessage('no notice', { from: anna, channel: tea }))
    await store.append(newMessage('word b', { from: anna, kind: 'notice' }))
    await store.append(newMessage('no notice', { from: anna, to: bob, kind: 'action' }))
    const c = await store.append(newMessage('word c', { from: bob, kind: 'notice' }))
    t.same(await store.notices({ limit: 1, before: a + 1 }), [asStored(notice, a)])
    t.same(texts(await store.notices({ limit: 9 })), ['word a', 'word b', 'word c'])
    t.same(texts(await store.notices({ limit: 2 })), ['word b', 'word c'])
    t.same(texts(await store.notices({ limit: 9, after: a, before: c })), ['word b'])
  })

  await check('the list of all messages', async (t, store) => {
    const { anna, bob, tea, code } = await populate(store)
    const a = await store.append(newMessage('a', { from: anna, channel: tea, at: 10 }))
    await store.append(newMessage('b', { from: bob, channel: code, at: 20 }))
    await store.append(newMessage('c', { from: anna, to: bob, at: 30 }))
    const direct = newMessage('d', { from: anna, to: bob, blocked: true, at: 40 })
    const d = await store.append(direct)
    await store.append(newMessage('e', { from: anna, kind: 'notice', at: 50 }))
    const f = await store.append(newMessage('f', { fromGuest: '~gus', channel: tea, at: 60 }))
    await store.append(newMessage('g', { from: bob, toGuest: '~gus', at: 70 }))
    const list = async (more: Partial<Parameters<Store['messageList']>[0]>) =>
      texts(await store.messageList({ limit: 9, ...more })).join('')
    t.equal(await list({}), 'abcdefg')
    t.equal(await list({ limit: 2 }), 'fg')
    t.equal(await list({ channels: [tea] }), 'af')
    t.equal(await list({ from: anna }), 'acde')
    t.equal(await list({ channels: [tea], from: anna }), 'a')
    t.equal(await list({ since: 40 }), 'defg')
    t.equal(await list({ from: anna, since: 40 }), 'de')
    t.equal(await list({ after: a, before: f, limit: 3 }), 'cde')
    t.same(await store.messageList({ limit: 1, before: d + 1 }), [asStored(direct, d)])
    await store.closeChannel(tea, 1)
    t.equal(await list({ channels: [tea] }), 'af', 'of a closed channel, too')
  })

  await check('a closed channel forgets who was to come and who was not', async (t, store) => {
    const { anna, bob, carl, tea, code } = await populate(store)
    for (const channel of [tea, code]) {
      const answered = await store.addRequest({ channel, account: bob, by: anna, at: 1 })
      await store.answerRequest(answered, 'rejected')
      await store.addRequest({ channel, account: bob, by: anna, at: 1 })
      await store.addBan(restraint(channel, carl), 1)
      await store.setMute(restraint(channel, anna))
      await store.setGuestRestraint({ channel, kind: 'mute', until: 5, why: undefined, rank: 1 })
    }
    await store.closeChannel(tea, 5)
    const { requests, bans, mutes, guestRestraints } = await store.loadGroups()
    t.same(
      requests.map(({ channel }) => channel),
      [code, code],
    )
    t.same(bans, [restraint(code, carl)])
    t.same(mutes, [restraint(code, anna)])
    t.same(
      guestRestraints.map(({ channel }) => channel),
      [code],
    )
    const again = await store.createChannel(newChannel('#tea', anna))
    t.equal(await store.addRequest({ channel: again, account: bob, by: anna, at: 1 }).then(Boolean), true)
  })

  await check('a deleted account is in nobody’s lists', async (t, store) => {
    const { anna, bob, carl, tea, code, requests } = await fill(store)
    await store.setOperator(anna, true)
    await store.setWatch(anna, true)
    await store.addInvite({ hash: 'used', by: anna, at: 10, until: 100 })
    await store.addInvite({ hash: 'left', by: anna, at: 10, until: 100 })
    await store.addInvite({ hash: 'of bob', by: bob, at: 10, until: 100 })
    const dora = await store.createAccount(newAccount('Dora', { invite: 'used', since: 50 }))
    await store.append(newMessage('about two', { from: bob, channel: tea, mentions: [anna, dora] }))
    await store.addMember({ channel: tea, account: dora, role: undefined, since: 1 })
    await store.deleteAccount(anna, 'keep', 9)

    t.same(await store.loadGroups(), {
      requests,
      bans: [restraint(code, carl)],
      mutes: [restraint(code, carl, 9)],
      guestRestraints: [],
      contacts: [{ account: bob, other: carl }],
      blocks: [{ account: bob, other: carl }],
      addressBans: [],
    })
    t.equal(await store.hasInvite('left', 50), false)
    t.equal(await store.hasInvite('used', 50), false)
    t.equal(await store.hasInvite('of bob', 50), true)
    t.same(await store.mentions(anna, { limit: 9 }), [])
    t.equal(await store.countMentions(dora, { limit: 9 }), 1)
    t.equal((await store.load()).accounts.length, 3)
    const id = await store.append(newMessage('gone', { from: bob, channel: tea, mentions: [anna] }))
    t.match(await store.channelHistory(tea, { limit: 1 }), [{ id }], 'a message to nobody is still said')
  })
}

/** A call of each method. */
export function groupCalls(store: Store): Record<keyof GroupStore, () => Promise<unknown>> {
  const link = { account: 1, other: 2 }
  return {
    loadGroups: () => store.loadGroups(),
    addRequest: () => store.addRequest({ channel: 1, account: 1, by: 2, at: 1 }),
    answerRequest: () => store.answerRequest(1, 'rejected'),
    forgetRequests: () => store.forgetRequests([1]),
    setRole: () => store.setRole(1, 1, 'moderator'),
    transfer: () => store.transfer(1, 1, 2),
    addBan: () => store.addBan(restraint(1, 1), 1),
    removeBan: () => store.removeBan(1, 1),
    setMute: () => store.setMute(restraint(1, 1, 1)),
    removeMute: () => store.removeMute(1, 1),
    setGuestRestraint: () =>
      store.setGuestRestraint({ channel: 1, kind: 'ban', until: 1, why: undefined, rank: 1 }),
    removeGuestRestraint: () => store.removeGuestRestraint(1, 'ban'),
    setContact: () => store.setContact(link, true),
    setWatch: () => store.setWatch(1, true),
    setBlock: () => store.setBlock(link, true),
    setOperator: () => store.setOperator(1, true),
    setInitialPassword: () => store.setInitialPassword(1, 'x'),
    addInvite: () => store.addInvite({ hash: 'x', by: 1, at: 1, until: 2 }),
    countInvites: () => store.countInvites(1, 1),
    hasInvite: () => store.hasInvite('x', 1),
    banAddress: () => store.banAddress({ cidr: '192.0.2.1', by: 1, at: 1, until: undefined }),
    unbanAddress: () => store.unbanAddress('192.0.2.1'),
    notices: () => store.notices({ limit: 1 }),
    mentions: () => store.mentions(1, { limit: 1 }),
    countMentions: () => store.countMentions(1, { limit: 1 }),
    messageList: () => store.messageList({ limit: 1 }),
  }
}
