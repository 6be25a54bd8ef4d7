import type { Test } from 'tap'
import type { Page } from '../../server/chat/ports/records.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { NameTaken, StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { browserCalls, browserContract } from './contract-browsers.ts'
import { changesContract } from './contract-changes.ts'
import { fileCalls, fileContract } from './contract-files.ts'
import { groupCalls, groupContract } from './contract-groups.ts'
import { keepCalls, keepContract } from './contract-keep.ts'
import { readCalls, readContract } from './contract-read.ts'
import {
  asStored,
  loginAddress,
  newAccount,
  newChannel,
  newMessage,
  newToken,
  populate,
  searchFor,
  texts,
} from './samples.ts'

/** One check of the suite, with an empty store of its own. */
export type Check = (title: string, run: (t: Test, store: Store) => Promise<void>) => Promise<unknown>

/** What every Store must do. `open` makes an empty one; the suite closes it. */
export function storeContract(t: Test, name: string, open: () => Promise<Store>): Promise<unknown> {
  return t.test(`the Store contract: ${name}`, async (suite) => {
    const check: Check = (title, run) =>
      suite.test(title, async (t) => {
        const store = await open()
        t.teardown(() => store.close())
        await run(t, store)
      })

    await check('a new store is empty', async (t, store) => {
      t.same(await store.load(), {
        accounts: [],
        channels: [],
        memberships: [],
        lastMessageId: 0,
        lastMessageAt: 0,
      })
      t.same(await store.loadGroups(), {
        requests: [],
        bans: [],
        mutes: [],
        guestRestraints: [],
        contacts: [],
        blocks: [],
        addressBans: [],
      })
      t.same(await store.loadFiles(), { files: [], tokens: [] })
    })

    await check('accounts', async (t, store) => {
      const anna = await store.createAccount(newAccount('Anna', { email: 'anna@example.org', since: 1_234 }))
      const bob = await store.createAccount(newAccount('Bob'))
      t.ok(bob > anna, 'numbers grow')
      const [first, second, ...others] = (await store.load()).accounts
      t.same(first, {
        id: anna,
        name: 'Anna',
        operator: false,
        since: 1_234,
        email: 'anna@example.org',
        settings: {},
        seen: 0,
        seenAt: 1_234,
        watch: false,
        initialPassword: false,
      })
      t.match(second, { id: bob, name: 'Bob', email: undefined })
      t.same(others, [])
    })

    await check('a name is given once', async (t, store) => {
      await store.createAccount(newAccount('Anna'))
      await t.rejects(store.createAccount(newAccount('ANNA')), NameTaken)
      await store.createChannel(newChannel('#tea'))
      await t.rejects(store.createChannel(newChannel('#TEA')), NameTaken)
      const { accounts, channels } = await store.load()
      t.same(
        accounts.map(({ name }) => name),
        ['Anna'],
      )
      t.same(
        channels.map(({ name }) => name),
        ['#tea'],
      )
    })

    await check('of many who ask for a name at once, the first gets it', async (t, store) => {
      const asked = await Promise.allSettled(
        ['Anna', 'ANNA', 'anna', 'Bob'].map((name) => store.createAccount(newAccount(name))),
      )
      t.same(
        asked.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      )
    })

    await check('passwords and recovery codes', async (t, store) => {
      const { anna, bob } = await populate(store)
      t.same(await store.secretsOf(anna), {
        passwordHash: 'password of Anna',
        recoveryHash: 'recovery of Anna',
      })
      await store.setPassword(anna, 'new')
      t.same(await store.secretsOf(anna), { passwordHash: 'new', recoveryHash: 'recovery of Anna' })
      await store.recover(anna, { passwordHash: 'third', recoveryHash: 'second' })
      t.same(await store.secretsOf(anna), { passwordHash: 'third', recoveryHash: 'second' })
      t.match(await store.secretsOf(bob), { passwordHash: 'password of Bob' })
      t.equal(await store.secretsOf(9_999), undefined)
    })

    await check('e-mail and settings', async (t, store) => {
      const { anna, bob } = await populate(store)
      const settings = { clock: '12', zone: 'Europe/Vienna' } as const
      await store.setEmail(anna, 'a@example.org')
      await store.setSettings(anna, settings)
      const load = async () => (await store.load()).accounts.find(({ id }) => id === anna)
      t.match(await load(), { email: 'a@example.org', settings })
      await store.setEmail(anna, undefined)
      await store.setSettings(anna, {})
      t.equal((await load())?.email, undefined)
      t.same((await load())?.settings, {})
      t.same((await store.load()).accounts.find(({ id }) => id === bob)?.settings, {})
    })

    await check('what was seen', async (t, store) => {
      const { anna, bob, carl } = await populate(store)
      await store.saveSeen([])
      await store.saveSeen([
        { account: anna, seen: 4, seenAt: 40, talkedWith: bob },
        { account: bob, seen: 5, seenAt: 50 },
      ])
      await store.saveSeen([
        { account: bob, seen: 6, seenAt: 60 },
        { account: bob, seen: 7, seenAt: 70 },
        { account: 9_999, seen: 1, seenAt: 1 },
      ])
      const { accounts } = await store.load()
      const seen = (account: number) => {
        const record = accounts.find(({ id }) => id === account)
        return [record?.seen, record?.seenAt]
      }
      t.same(seen(anna), [4, 40])
      t.same(
        accounts.map(({ talkedWith }) => talkedWith),
        [bob, undefined, undefined],
      )
      t.same(seen(bob), [7, 70], 'the last entry counts')
      t.equal(seen(carl)[0], 0)
    })

    await check('what many have seen', async (t, store) => {
      const names = Array.from({ length: 2_500 }, (_, index) => `Guest${index}`)
      const ids = await Promise.all(names.map((name) => store.createAccount(newAccount(name))))
      await store.saveSeen(ids.map((account) => ({ account, seen: account, seenAt: 1 })))
      const { accounts } = await store.load()
      t.equal(accounts.length, names.length)
      t.ok(accounts.every(({ id, seen }) => seen === id))
    })

    await check('tokens', async (t, store) => {
      const { anna, bob } = await populate(store)
      const token = newToken('phone', anna)
      const script = newToken('script', anna, {
        createdAt: 6,
        hash: 'jkl',
        scope: 'write',
        channels: ['#ci', '#Dev'],
      })
      await store.addToken(token)
      await store.addToken(script)
      await store.addToken({ ...token, account: bob, hash: 'ghi' })
      await t.rejects(store.addToken({ ...token, hash: 'xyz' }), NameTaken)
      t.same(await store.tokensOf(anna), [token, script])
      t.same(await store.tokensOf(9_999), [])
      t.equal(await store.tokenOwner(script.hash), anna)
      t.equal(await store.tokenOwner('nobody has it'), undefined)
      const use = { name: 'script', createdAt: 6, at: 7, from: '192.0.2.7' }
      t.equal(await store.useToken(anna, use), true)
      t.equal(await store.useToken(bob, use), false, 'of nobody else')
      t.equal(await store.useToken(anna, { ...use, createdAt: 5 }), false, 'of no other of that name')
      t.same(await store.tokensOf(anna), [token, { ...script, usedAt: 7, usedFrom: '192.0.2.7' }])
      t.equal(await store.useToken(anna, { ...use, at: 8, from: undefined }), true)
      t.same((await store.tokensOf(anna))[1], { ...script, usedAt: 8 })
      const read = { account: anna, name: 'script', createdAt: 6, seen: 42 }
      await store.saveTokensSeen([
        read,
        { ...read, createdAt: 5, seen: 43 },
        { ...read, account: bob, seen: 44 },
      ])
      t.same((await store.tokensOf(anna))[1], { ...script, usedAt: 8, seen: 42 }, 'of no other of that name')
      t.equal(await store.removeToken(anna, 'phone'), true)
      t.equal(await store.removeToken(anna, 'phone'), false)
      t.equal((await store.tokensOf(anna)).length, 1)
      t.equal((await store.tokensOf(bob)).length, 1)
    })

    await check('tokens end with a password that somebody else may know', async (t, store) => {
      const { anna, bob } = await populate(store)
      const changes = [
        () => store.recover(anna, { passwordHash: 'new', recoveryHash: 'next' }),
        () => store.setInitialPassword(anna, 'given'),
      ]
      for (const change of changes) {
        await store.addToken(newToken('phone', anna))
        await store.addToken(newToken('script', anna, { scope: 'read' }))
        await change()
        t.same(await store.tokensOf(anna), [])
      }
      const token = newToken('phone', bob)
      await store.addToken(token)
      await store.recover(anna, { passwordHash: 'newer', recoveryHash: 'last' })
      await store.setPassword(bob, 'own')
      t.same(await store.tokensOf(bob), [token], 'nobody else’s, and not with a password of one’s own')
    })

    await check('up to where tokens have read', async (t, store) => {
      const { anna, bob } = await populate(store)
      await store.addToken(newToken('phone', anna, { createdAt: 5, seen: 3 }))
      await store.addToken(newToken('script', anna, { createdAt: 6 }))
      await store.addToken(newToken('phone', bob, { createdAt: 5 }))
      const seen = async (account: number) => (await store.tokensOf(account)).map((token) => token.seen)
      t.same(await seen(anna), [3, undefined])
      await store.saveTokensSeen([])
      await store.saveTokensSeen([
        { account: anna, name: 'phone', createdAt: 5, seen: 7 },
        { account: anna, name: 'phone', createdAt: 5, seen: 9 },
        { account: anna, name: 'script', createdAt: 5, seen: 8 },
        { account: anna, name: 'gone', createdAt: 5, seen: 8 },
        { account: 9_999, name: 'phone', createdAt: 5, seen: 8 },
      ])
      t.same(await seen(anna), [9, undefined], 'the last entry counts, and only of that very token')
      t.same(await seen(bob), [undefined])
      await store.useToken(anna, { name: 'phone', createdAt: 5, at: 7, from: '192.0.2.7' })
      t.same(await seen(anna), [9, undefined])
    })

    await check('addresses of logins, no more than so many', async (t, store) => {
      const { anna, bob } = await populate(store)
      const one = loginAddress('192.0.2.1', { since: 1, last: 1 })
      const two = loginAddress('192.0.2.2', { since: 2, last: 2 })
      const three = loginAddress('192.0.2.3', { since: 3, last: 3 })
      t.equal(await store.addLoginAddress(anna, two, 2), true)
      t.equal(await store.addLoginAddress(anna, one, 2), true)
      t.equal(await store.addLoginAddress(anna, { ...one, told: true, last: 9 }, 2), false, 'known')
      t.equal(await store.addLoginAddress(bob, one, 2), true)
      t.same(await store.loginAddresses(anna), [one, two], 'oldest first, and as they were')
      await store.useLoginAddress(anna, '192.0.2.1', 4)
      await store.tellLoginAddresses(anna, ['192.0.2.1', '192.0.2.9'])
      t.equal(await store.addLoginAddress(anna, three, 2), true)
      t.same(await store.loginAddresses(anna), [{ ...one, last: 4, told: true }, three])
      await store.deleteAccount(anna, 'keep', 9)
      t.same(await store.loginAddresses(anna), [])
      t.same(await store.loginAddresses(bob), [one])
      t.equal(await store.addLoginAddress(anna, one, 2), false, 'of nobody who is gone')
    })

    await check('channels', async (t, store) => {
      const anna = await store.createAccount(newAccount('Anna'))
      const tea = await store.createChannel({ ...newChannel('#Tea', anna), private: true, at: 77 })
      const lobby = await store.createChannel(newChannel('#lobby'))
      t.ok(lobby > tea, 'numbers grow')
      await store.setTopic(tea, 'green or black?')
      const id = await store.append(newMessage('first', { from: anna, channel: tea }))
      t.same(await store.load(), {
        accounts: (await store.load()).accounts,
        channels: [
          { id: tea, name: '#Tea', private: true, topic: 'green or black?', lastId: id },
          { id: lobby, name: '#lobby', private: false, topic: '', lastId: 0 },
        ],
        memberships: [{ channel: tea, account: anna, role: 'admin', since: 77 }],
        lastMessageId: id,
        lastMessageAt: 1_700_000_000_000,
      })
    })

    await check('a closed channel frees its name, never its number', async (t, store) => {
      const { anna, bob, tea, code } = await populate(store)
      await store.addMember({ channel: code, account: bob, role: undefined, since: 1 })
      await store.closeChannel(tea, 5)
      t.same(
        (await store.load()).channels.map(({ id }) => id),
        [code],
      )
      t.same(await store.load().then(({ memberships }) => memberships.map(({ channel }) => channel)), [code])
      await store.closeChannel(code, 6)
      const again = await store.createChannel(newChannel('#tea', anna))
      t.ok(again > code)
      t.match((await store.load()).channels, [{ id: again, name: '#tea', topic: '', lastId: 0 }])
    })

    await check('members', async (t, store) => {
      const { anna, bob, carl, tea } = await populate(store)
      const members = async () =>
        (await store.load()).memberships
          .filter(({ channel }) => channel === tea)
          .map(({ account, role, since }) => [account, role, since])
          .sort()
      await store.addMember({ channel: tea, account: bob, role: undefined, since: 1 })
      await store.addMember({ channel: tea, account: carl, role: 'moderator', since: 2 })
      await store.addMember({ channel: tea, account: bob, role: 'moderator', since: 3 })
      t.same(await members(), [
        [anna, 'admin', 1_700_000_000_000],
        [bob, 'moderator', 3],
        [carl, 'moderator', 2],
      ])
      await store.removeMember(tea, anna, { successor: bob })
      t.same(await members(), [
        [bob, 'admin', 3],
        [carl, 'moderator', 2],
      ])
      await store.removeMember(tea, carl)
      t.same(await members(), [[bob, 'admin', 3]])
    })

    await check('other names', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      const former = [{ name: 'Anna', until: 99 }]
      await store.renameAccount(anna, { name: 'Anne', key: 'anne', former })
      await t.rejects(store.renameAccount(bob, { name: 'ANNE', key: 'anne', former: [] }), NameTaken)
      await store.renameAccount(anna, { name: 'ANNE', key: 'anne', former })
      await store.addToken({ ...newToken('ci', anna), channels: ['#Tea', '#teatime'] })
      await store.renameChannel(
        tea,
        { name: '#green', key: '#green', former: [{ name: '#tea', until: 77 }] },
        '#tea',
      )
      await store.setPrivate(tea, true)
      t.same(
        (await store.tokensOf(anna)).map(({ channels }) => channels),
        [['#green', '#teatime']],
      )
      const { accounts, channels } = await store.load()
      t.match(accounts, [{ name: 'ANNE', former }, { id: bob }])
      t.notOk(
        accounts.some(({ id, former }) => id === bob && former),
        'nothing where there is nothing',
      )
      t.match(
        channels.filter(({ id }) => id === tea),
        [{ name: '#green', private: true, former: [{ name: '#tea', until: 77 }] }],
      )
      await store.deleteAccount(anna, 'keep', 9)
      t.notOk((await store.load()).accounts.some(({ former }) => former))
    })

    await check('a deleted account keeps nothing but its messages', async (t, store) => {
      const { anna, bob, carl, tea } = await populate(store)
      await store.addToken(newToken('phone', anna))
      await store.addMember({ channel: tea, account: bob, role: undefined, since: 1 })
      await store.append(newMessage('kettle on', { from: anna, channel: tea }))
      await store.append(newMessage('for you', { from: anna, to: bob }))
      await store.deleteAccount(anna, 'keep', 9)

      const { accounts, memberships } = await store.load()
      t.same(
        accounts.map(({ id }) => id),
        [bob, carl],
      )
      t.same(
        memberships.map(({ account }) => account),
        [bob],
      )
      t.equal(await store.secretsOf(anna), undefined)
      t.same(await store.tokensOf(anna), [])
      t.match(await store.channelHistory(tea, { limit: 9 }), [{ text: 'kettle on', from: anna }])
      t.match(await store.inbox(bob, { limit: 9 }), [{ text: 'for you', from: anna }])
      t.equal((await store.search(searchFor('kettle', { channels: [tea] }))).length, 1)

      await store.setPassword(anna, 'again')
      await store.saveSeen([{ account: anna, seen: 1, seenAt: 1 }])
      t.equal(await store.secretsOf(anna), undefined, 'it stays deleted')
      const again = await store.createAccount(newAccount('Anna'))
      t.ok(again > carl, 'the name is free, the number is not')
      t.same(await store.tokensOf(again), [])
    })

    await check('a deleted account can take its messages along', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      await store.append(newMessage('kettle on', { from: anna, channel: tea }))
      await store.append(newMessage('kettle off', { from: bob, channel: tea }))
      await store.append(newMessage('kettle for you', { from: anna, to: bob }))
      const search = searchFor('kettle', { reader: bob, channels: [tea] })
      t.equal((await store.search(search)).length, 3)
      const last = await store.append(
        newMessage('kettle again, not indexed yet', { from: anna, channel: tea }),
      )
      await store.deleteAccount(anna, 'remove', 9)
      t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['kettle off'])
      t.same(await store.inbox(bob, { limit: 9 }), [])
      t.same(texts(await store.search(search)), ['kettle off'])
      t.equal(await store.countFrom(anna, 9), 0)
      t.equal((await store.load()).lastMessageId, last, 'a number is never given again')
      t.ok((await store.append(newMessage('kettle new', { from: bob, channel: tea }))) > last)
      t.same(texts(await store.search(search)), ['kettle off', 'kettle new'])
    })

    await check('a message comes back as it was', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      const messages = [
        newMessage('plain', { from: anna, channel: tea, at: 1_234_567_890_123 }),
        newMessage('waves', { from: anna, channel: tea, kind: 'action' }),
        newMessage('from a guest', { fromGuest: '~gus', channel: tea }),
        newMessage('it\'s "quoted" \\ and ; -- % ? :x $1 {}', { from: bob, channel: tea }),
        newMessage('Grüße, 世界, 👩‍👩‍👧, é', { from: bob, channel: tea }),
        newMessage('nul \0 inside', { from: bob, channel: tea }),
        newMessage('12', { from: bob, channel: tea }),
        newMessage('', { from: bob, channel: tea }),
        newMessage('x'.repeat(20_000), { from: bob, channel: tea }),
      ]
      const ids = await Promise.all(messages.map((message) => store.append(message)))
      t.same(
        await store.channelHistory(tea, { limit: 100 }),
        messages.map((message, index) => asStored(message, ids[index] ?? 0)),
      )
      const direct = newMessage('psst', { fromGuest: '~gus', to: anna })
      const id = await store.append(direct)
      t.same(await store.inbox(anna, { limit: 1 }), [asStored(direct, id)])
      const toGuest = newMessage('psst yourself', { from: anna, toGuest: '~gus' })
      const next = await store.append(toGuest)
      t.same(await store.search(searchFor('yourself', { reader: anna })), [asStored(toGuest, next)])
      t.equal(await store.append(newMessage('closing', { kind: 'notice' })), next + 1)
    })

    await check('numbers go up by one in the order of the calls', async (t, store) => {
      const { anna, tea } = await populate(store)
      const said = Array.from({ length: 1_500 }, (_, index) => `line ${index}`)
      const ids = await Promise.all(
        said.map((text) => store.append(newMessage(text, { from: anna, channel: tea }))),
      )
      const [first = 0] = ids
      t.ok(first > 0)
      t.same(
        ids,
        said.map((_, index) => first + index),
      )
      t.same(texts(await store.channelHistory(tea, { limit: 2_000 })), said)
      t.equal((await store.load()).lastMessageId, ids.at(-1))
    })

    await check('changes resolve in the order of the calls', async (t, store) => {
      const { anna, tea } = await populate(store)
      const order: string[] = []
      const note = (what: string) => () => void order.push(what)
      await Promise.all([
        store.append(newMessage('one', { from: anna, channel: tea })).then(note('one')),
        store.setTopic(tea, 'new').then(note('topic')),
        store.createAccount(newAccount('Bob')).then(undefined, note('taken')),
        store.append(newMessage('two', { from: anna, channel: tea })).then(note('two')),
        store.append(newMessage('three', { from: anna, channel: tea })).then(note('three')),
        store.ping().then(note('ping')),
      ])
      t.same(order, ['one', 'topic', 'taken', 'two', 'three', 'ping'])
    })

    await check('pages of a channel', async (t, store) => {
      const { anna, bob, tea, code } = await populate(store)
      const ids: number[] = []
      for (const text of ['a', 'b', 'c', 'd', 'e']) {
        ids.push(await store.append(newMessage(text, { from: anna, channel: tea })))
        await store.append(newMessage('elsewhere', { from: anna, channel: code }))
        await store.append(newMessage('in private', { from: anna, to: bob }))
      }
      const [a = 0, b = 0, , d = 0] = ids
      const page = async (of: Page) => texts(await store.channelHistory(tea, of)).join('')
      t.equal(await page({ limit: 10 }), 'abcde')
      t.equal(await page({ limit: 2 }), 'de')
      t.equal(await page({ limit: 10, before: d }), 'abc')
      t.equal(await page({ limit: 2, before: d }), 'bc')
      t.equal(await page({ limit: 10, after: b }), 'cde')
      t.equal(await page({ limit: 2, after: a }), 'de', 'the newest ones, also with a lower end')
      t.equal(await page({ limit: 10, after: a, before: d }), 'bc')
      t.equal(await page({ limit: 2, after: a, oldest: true }), 'bc', 'the oldest ones, oldest first')
      t.equal(await page({ limit: 0 }), '')
      t.equal(await store.countChannel(tea, { limit: 10 }), 5)
      t.equal(await store.countChannel(tea, { limit: 3 }), 3, 'counts no further')
      t.equal(await store.countChannel(tea, { limit: 10, after: a, before: d }), 2)
      t.equal(await store.countChannel(9_999, { limit: 10 }), 0)
      t.equal(await store.countFrom(anna, 100), 15)
      t.equal(await store.countFrom(anna, 4), 4)
      t.equal(await store.countFrom(bob, 4), 0)
    })

    await check('direct messages', async (t, store) => {
      const { anna, bob, carl, tea } = await populate(store)
      const say = (text: string, from: number, to: number) => store.append(newMessage(text, { from, to }))
      const a = await say('a', anna, bob)
      await say('b', bob, anna)
      await say('x', anna, carl)
      const c = await say('c', anna, bob)
      await say('y', carl, bob)
      await store.append(newMessage('z', { fromGuest: '~gus', to: bob }))
      await store.append(newMessage('channel', { from: bob, channel: tea }))
      const d = await say('d', bob, anna)
      await say('self', anna, anna)

      const direct = async (of: Page) => texts(await store.directHistory(anna, bob, of)).join('')
      t.equal(await direct({ limit: 10 }), 'abcd')
      t.equal(await direct({ limit: 3 }), 'bcd')
      t.equal(await direct({ limit: 2, before: d }), 'bc')
      t.equal(await direct({ limit: 10, after: a, before: d }), 'bc')
      t.equal(await direct({ limit: 2, after: a, oldest: true }), 'bc', 'the oldest ones, oldest first')
      t.same(
        await store.directHistory(bob, anna, { limit: 3 }),
        await store.directHistory(anna, bob, { limit: 3 }),
      )
      t.same(texts(await store.directHistory(anna, anna, { limit: 10 })), ['self'], 'to oneself, once')

      t.equal(texts(await store.inbox(bob, { limit: 10 })).join(''), 'acyz')
      t.equal(texts(await store.inbox(bob, { limit: 2 })).join(''), 'yz')
      t.equal(texts(await store.inbox(bob, { limit: 10, before: c })).join(''), 'a')
      t.equal(texts(await store.inbox(bob, { limit: 10, after: a })).join(''), 'cyz')
      t.equal(await store.countInbox(bob, { limit: 10 }), 4)
      t.equal(await store.countInbox(bob, { limit: 3 }), 3)
      t.equal(await store.countInbox(bob, { limit: 10, after: c }), 2)
    })

    await check('search: words', async (t, store) => {
      const { anna, tea } = await populate(store)
      for (const text of [
        'The KETTLE is on',
        'a café in Zürich',
        'kettle and cups',
        'cup',
        'what a well-known kettle',
        'привет мир',
        'NOT a joke OR two',
      ]) {
        await store.append(newMessage(text, { from: anna, channel: tea }))
      }
      const found = async (words: string) => texts(await store.search(searchFor(words, { channels: [tea] })))
      t.same(await found('kettle'), ['The KETTLE is on', 'kettle and cups', 'what a well-known kettle'])
      t.same(await found('cups Kettle'), ['kettle and cups'], 'all words, in any order')
      t.same(await found('cup'), ['cup'], 'whole words')
      t.same(await found('cafe zurich'), ['a café in Zürich'])
      t.same(await found('ÇAFÉ'), ['a café in Zürich'])
      t.same(await found('ПРИВЕТ'), ['привет мир'])
      t.same(await found('well-known'), ['what a well-known kettle'])
      t.same(await found('known-well'), [])
      t.same(await found('NOT'), ['NOT a joke OR two'], 'no operators')
      t.same(await found('joke OR kettle'), [])
      t.same(await found('ket*'), await found('kettle'), 'a beginning')
      t.same(await found('ett*'), [], 'nothing but beginnings')
      t.same(await found('*'), [])
      t.same(await found('"kettle'), await found('kettle'))
      t.same(await found('!!!'), [])
      t.same(await found('cups !!! (kettle)'), ['kettle and cups'])
      t.same(await store.search({ ...searchFor('x', { channels: [tea] }), words: [] }), [])
      t.ok((await store.search({ ...searchFor('x', { channels: [tea] }), words: [], from: anna })).length > 1)
    })

    await check('search: scripts without spaces', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      for (const text of [
        '明天的会议在三点',
        '会议 v2版 is 100%_sure',
        '100 会議室',
        'ประชุมพรุ่งนี้',
        'meeting tomorrow',
      ])
        await store.append(newMessage(text, { from: anna, channel: tea }))
      await store.append(newMessage('会议 in private', { from: anna, to: bob }))
      const query = { reader: bob, channels: [tea] }
      const found = async (words: string, more = {}) =>
        texts(await store.search({ ...searchFor(words, query), ...more }))
      t.same(
        await found('会议'),
        ['明天的会议在三点', '会议 v2版 is 100%_sure', '会议 in private'],
        'inside, too',
      )
      t.same(await found('会议', { direct: false }), ['明天的会议在三点', '会议 v2版 is 100%_sure'])
      t.same(await found('会议', { limit: 1 }), ['会议 in private'], 'the newest')
      t.same(await found('会議'), ['100 会議室'])
      t.same(await found('三点 会议'), ['明天的会议在三点'], 'all of them, in any order')
      t.same(await found('会议 sure'), ['会议 v2版 is 100%_sure'], 'with words of the other kind')
      t.same(await found('会议 !!!', { limit: 1 }), ['会议 in private'])
      t.same(await found('V2版'), ['会议 v2版 is 100%_sure'])
      t.same(await found('会%室'), [], 'no operators')
      t.same(await found('会_室'), [])
      t.same(await found('พรุ่ง'), ['ประชุมพรุ่งนี้'])
      t.same(await found('会议', { channels: [], direct: false }), [])
    })

    await check('search: one character, however it is composed', async (t, store) => {
      const { anna, tea } = await populate(store)
      const pairs = [
        ['Hangul', '한국어 채팅', '한국어 채팅'.normalize('NFD'), '한국어', '한국*'],
        ['kana', 'ガギグが来る', 'ガギグが来る'.normalize('NFD'), 'ガギ', 'グが'],
        ['narrow kana', 'パーティー', '\uff8a\uff9f\uff70\uff83\uff68\uff70', 'パーティ', 'ーティー'],
        ['Cyrillic', 'чёрный чай', 'чёрный чай'.normalize('NFD'), 'чай', 'чёр*'],
        ['Greek', 'καλημέρα', 'καλημέρα'.normalize('NFD'), 'καλημέρα', 'καλημέ*'],
        ['wide Latin', 'party 12', 'ｐａｒｔｙ １２', 'party', '12'],
      ] as const
      const found = async (word: string) => texts(await store.search(searchFor(word, { channels: [tea] })))
      for (const [script, composed, other, ...words] of pairs) {
        t.not(composed, other, script)
        const said = [`${composed} one`, `${other} two`]
        const ids: number[] = []
        for (const text of said) ids.push(await store.append(newMessage(text, { from: anna, channel: tea })))
        for (const word of words)
          for (const form of [word, word.normalize('NFD'), word.normalize('NFKD')])
            t.same(await found(form), said, `${script}: ${JSON.stringify(form)}`)
        const [first = 0, second = 0] = ids
        await store.editMessage({ id: second, text: 'nothing of it', edited: 1, mentions: [] })
        for (const word of words) t.same(await found(word), said.slice(0, 1), `${script}: edited away`)
        await store.editMessage({ id: second, text: `${other} again`, edited: 2, mentions: [] })
        for (const word of words) t.equal((await found(word)).length, 2, `${script}: edited back`)
        await store.removeMessages([first, second])
        for (const word of words) t.same(await found(word), [], `${script}: removed`)
      }
    })

    await check('how many messages there are', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      t.equal(await store.countMessages(), 0)
      t.equal(await store.countMessages(10), 0)
      for (const at of [10, 20, 30]) await store.append(newMessage('word', { from: anna, channel: tea, at }))
      await store.append(newMessage('word', { from: bob, to: anna, at: 40 }))
      t.equal(await store.countMessages(), 4)
      t.equal(await store.countMessages(0), 4)
      t.equal(await store.countMessages(20), 3)
      t.equal(await store.countMessages(41), 0)
      await store.deleteAccount(anna, 'remove', 50)
      t.equal(await store.countMessages(), 1)
      t.equal(await store.countMessages(5), 1)
      await store.search(searchFor('word', { reader: bob }))
      t.equal(await store.unindexed(), 0, 'a search indexes what is missing')
    })

    await check('search: whose', async (t, store) => {
      const { anna, bob, carl, tea, code } = await populate(store)
      await store.append(newMessage('word in tea', { from: anna, channel: tea }))
      await store.append(newMessage('word in code', { from: bob, channel: code }))
      await store.append(newMessage('word to bob', { from: anna, to: bob }))
      await store.append(newMessage('word to carl', { from: anna, to: carl }))
      await store.append(newMessage('word from a guest to bob', { fromGuest: '~gus', to: bob }))
      await store.append(newMessage('word to a guest', { from: bob, toGuest: '~gus' }))
      await store.append(newMessage('word for all', { from: bob, kind: 'notice' }))
      const found = async (more: Partial<Parameters<Store['search']>[0]>) =>
        texts(await store.search(searchFor('word', { reader: bob, ...more })))
      t.same(await found({ direct: false }), [])
      t.same(await found({}), ['word to bob', 'word from a guest to bob', 'word to a guest'])
      t.same(await found({ channels: [tea], direct: false }), ['word in tea'])
      t.same(await found({ channels: [tea, code], direct: false }), ['word in tea', 'word in code'])
      t.same(await found({ channels: [tea, code], from: bob }), ['word in code', 'word to a guest'])
      t.same(await found({ reader: carl, channels: [code] }), ['word in code', 'word to carl'])
    })

    await check('a message by its number', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      const said = newMessage('in a channel', { from: anna, channel: tea })
      const direct = newMessage('in private', { from: anna, to: bob, blocked: true })
      const ids = [await store.append(said), await store.append(direct)]
      t.same(await store.message(ids[0] ?? 0), asStored(said, ids[0] ?? 0))
      t.same(await store.message(ids[1] ?? 0), asStored(direct, ids[1] ?? 0))
      t.equal(await store.message(0), undefined)
      t.equal(await store.message(9_999), undefined)
      await store.removeMessages(ids)
      t.equal(await store.message(ids[0] ?? 0), undefined)
    })

    for (const indexed of [true, false])
      await check(
        `a message is said differently, ${indexed ? 'in' : 'before'} the index`,
        async (t, store) => {
          const { anna, bob, carl, tea } = await populate(store)
          for (const account of [bob, carl])
            await store.addMember({ channel: tea, account, role: undefined, since: 1 })
          const said = newMessage('a kettle for @bob', { from: anna, channel: tea, mentions: [bob] })
          const id = await store.append(said)
          const other = await store.append(newMessage('another kettle', { from: bob, channel: tea }))
          const found = async (word: string) =>
            (await store.search(searchFor(word, { channels: [tea] }))).map((message) => message.id)
          if (indexed) t.same(await found('kettle'), [id, other])
          const change = { text: 'a teapot for @carl', edited: 77, mentions: [carl] }
          t.equal(await store.editMessage({ ...change, id }), true)
          t.equal(await store.editMessage({ ...change, id: 9_999, mentions: [bob] }), false, 'of nobody')

          const edited = { ...asStored(said, id), text: 'a teapot for @carl', edited: 77 }
          t.same(await store.message(id), edited)
          t.same((await store.channelHistory(tea, { limit: 9 }))[0], edited)
          t.same(await found('kettle'), [other], 'the word before is found no more')
          t.same(await found('teapot'), [id])
          t.equal(await store.countMentions(bob, { limit: 9 }), 0)
          t.same(texts(await store.mentions(carl, { limit: 9 })), ['a teapot for @carl'])
          t.equal(await store.scrubNeed(), 'traces', 'of what it was')

          await store.editMessage({ id, text: 'a samovar', edited: 78, mentions: [] })
          t.same([await found('teapot'), await found('samovar')], [[], [id]])
          t.equal(await store.countMentions(carl, { limit: 9 }), 0)
          t.equal((await store.message(id))?.edited, 78)
          t.equal(await store.scrub(false), true)
          t.same([await found('kettle'), await found('teapot'), await found('samovar')], [[other], [], [id]])
          t.equal(await store.countMessages(), 2)
        },
      )

    await check('search: when', async (t, store) => {
      const { anna, tea } = await populate(store)
      const ids: number[] = []
      for (const at of [10, 20, 30, 40, 50]) {
        ids.push(await store.append(newMessage(`word ${at}`, { from: anna, channel: tea, at })))
      }
      const [, second = 0, , fourth = 0] = ids
      const found = async (more: Partial<Parameters<Store['search']>[0]>) =>
        (await store.search(searchFor('word', { channels: [tea], ...more }))).map(({ at }) => at)
      t.same(await found({ limit: 2 }), [40, 50], 'the newest, oldest first')
      t.same(await found({ since: 20, until: 40 }), [20, 30])
      t.same(await found({ after: second, before: fourth }), [30])
      t.same(await found({ before: fourth, limit: 2 }), [20, 30])
      t.same(await found({ after: second, limit: 2, oldest: true }), [30, 40], 'the oldest')
    })

    await check('what is said by a key is remembered with it, a mark of programs too', async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      t.equal(await store.saidOnce(anna, 'k'), undefined)
      const said = (key: string, at: number) =>
        store.append({ ...newMessage(key, { from: anna, channel: tea }), at, once: key })
      const first = await said('k', 10)
      t.strictSame(await store.saidOnce(anna, 'k'), { id: first, at: 10, answer: '{}' })
      t.equal(await store.saidOnce(bob, 'k'), undefined, 'of each account')
      await store.setOnceAnswer(anna, 'k', first + 1, 'of another')
      await store.setOnceAnswer(anna, 'k', first, '{"waits":"bob"}')
      t.strictSame(await store.saidOnce(anna, 'k'), { id: first, at: 10, answer: '{"waits":"bob"}' })
      const second = await said('k', 20)
      t.strictSame(await store.saidOnce(anna, 'k'), { id: second, at: 20, answer: '{}' }, 'the last one')
      await said('l', 30)
      await store.forgetOnce(30)
      t.equal(await store.saidOnce(anna, 'k'), undefined)
      t.match(await store.saidOnce(anna, 'l'), { at: 30 })
      await store.append({ ...newMessage('of a bot', { from: anna, channel: tea }), bot: true })
      const marks = (await store.channelHistory(tea, { limit: 9 })).map(({ bot, text }) => [text, bot])
      t.strictSame(marks.slice(-2), [
        ['l', undefined],
        ['of a bot', true],
      ])
      await store.deleteAccount(anna, 'keep', 40)
      t.equal(await store.saidOnce(anna, 'l'), undefined)
    })

    await groupContract(check)
    await fileContract(check)
    await keepContract(check)
    await changesContract(check)
    await readContract(check)
    await browserContract(check)

    await check('close finishes what was asked before it', async (t, store) => {
      const { anna, tea } = await populate(store)
      const said = store.append(newMessage('last words', { from: anna, channel: tea }))
      const closed = store.close()
      t.type(await said, 'number')
      await closed
      await store.close()
    })

    await check('a closed store still does what is stored nowhere', async (t, store) => {
      await store.close()
      t.equal(await store.inTurn(() => 'done'), 'done')
    })

    await check('a closed store answers StoreUnavailable', async (t, store) => {
      await store.close()
      const calls: Record<Exclude<keyof Store, 'close' | 'inTurn'>, () => Promise<unknown>> = {
        load: () => store.load(),
        enrol: () => store.enrol({ at: 1, rooms: [], accounts: [], members: [] }),
        fold: () => store.fold(),
        changesAfter: () => store.changesAfter(0, 1),
        correctionsAfter: () =>
          store.correctionsAfter({ after: 0, upTo: 9, place: { channel: 1 }, limit: 1 }),
        createAccount: () => store.createAccount(newAccount('Anna')),
        secretsOf: () => store.secretsOf(1),
        setPassword: () => store.setPassword(1, 'x'),
        recover: () => store.recover(1, { passwordHash: 'x', recoveryHash: 'y' }),
        setEmail: () => store.setEmail(1, 'x'),
        setSettings: () => store.setSettings(1, {}),
        renameAccount: () => store.renameAccount(1, { name: 'x1', key: 'x1', former: [] }),
        renameChannel: () => store.renameChannel(1, { name: '#x', key: '#x', former: [] }, '#y'),
        setPrivate: () => store.setPrivate(1, true),
        saveSeen: () => store.saveSeen([{ account: 1, seen: 1, seenAt: 1 }]),
        restingNames: () => store.restingNames(),
        deleteAccount: () => store.deleteAccount(1, 'remove', 1),
        addToken: () => store.addToken(newToken('x', 1)),
        tokensOf: () => store.tokensOf(1),
        tokenOwner: () => store.tokenOwner('none'),
        removeToken: () => store.removeToken(1, 'x'),
        message: () => store.message(1),
        editMessage: () => store.editMessage({ id: 1, text: 'x', edited: 5, mentions: [] }),
        saveTokensSeen: () => store.saveTokensSeen([{ account: 1, name: 'x', createdAt: 5, seen: 7 }]),
        useToken: () => store.useToken(1, { name: 'x', createdAt: 5, at: 7, from: undefined }),
        loginAddresses: () => store.loginAddresses(1),
        addLoginAddress: () => store.addLoginAddress(1, loginAddress('192.0.2.7'), 3),
        useLoginAddress: () => store.useLoginAddress(1, '192.0.2.7', 7),
        tellLoginAddresses: () => store.tellLoginAddresses(1, ['192.0.2.7']),
        createChannel: () => store.createChannel(newChannel('#x')),
        setTopic: () => store.setTopic(1, 'x'),
        closeChannel: () => store.closeChannel(1, 1),
        addMember: () => store.addMember({ channel: 1, account: 1, role: undefined, since: 1 }),
        removeMember: () => store.removeMember(1, 1),
        append: () => store.append(newMessage('x')),
        saidOnce: () => store.saidOnce(1, 'x'),
        setOnceAnswer: () => store.setOnceAnswer(1, 'x', 1, '{}'),
        forgetOnce: () => store.forgetOnce(1),
        channelHistory: () => store.channelHistory(1, { limit: 1 }),
        directHistory: () => store.directHistory(1, 2, { limit: 1 }),
        inbox: () => store.inbox(1, { limit: 1 }),
        countChannel: () => store.countChannel(1, { limit: 1 }),
        countInbox: () => store.countInbox(1, { limit: 1 }),
        countFrom: () => store.countFrom(1, 1),
        search: () => store.search(searchFor('x')),
        countMessages: () => store.countMessages(),
        unindexed: () => store.unindexed(),
        ping: () => store.ping(),
        ...groupCalls(store),
        ...fileCalls(store),
        ...keepCalls(store),
        ...readCalls(store),
        ...browserCalls(store),
      }
      for (const [name, call] of Object.entries(calls)) await t.rejects(call(), StoreUnavailable, name)
    })
  })
}
