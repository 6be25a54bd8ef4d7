import type { Change, CorrectionsPage, LogEntry } from '../../server/chat/ports/change-log.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { NameTaken } from '../../server/chat/ports/store-errors.ts'
import type { Check } from './contract.ts'
import { newAccount, newChannel, newMessage, populate } from './samples.ts'

const nothing = () => undefined

/** In short: the kind, and for a message what was said. */
function brief(changes: readonly Change[]): string[] {
  return changes.map((change) => (change.kind === 'message' ? change.said.text : change.kind))
}

/** The number of the newest change there is. */
async function newest(store: Store): Promise<number> {
  const { changes } = await store.changesAfter(0, 1_000_000)
  return changes.at(-1)?.number ?? 0
}

/** What every Store must do about what changed, and about telling it. */
export async function changesContract(check: Check): Promise<void> {
  await check('messages and what else is told are one series', async (t, store) => {
    const { anna, bob, tea } = await populate(store)
    t.same(await store.changesAfter(0, 10), { changes: [], complete: true }, 'so far nothing was told')
    const one = await store.append(newMessage('one', { from: anna, channel: tea }))
    await store.setTopic(tea, 'Oolong', {
      log: [{ kind: 'topic', channel: tea, other: anna }],
      tell: nothing,
    })
    const two = await store.append(newMessage('two', { from: bob, channel: tea }))
    const change = { id: one, text: 'one!', edited: 5, mentions: [] }
    const edit: LogEntry = { kind: 'edited', channel: tea, account: anna, message: one }
    await store.editMessage(change, { log: [edit], tell: nothing })
    const log: LogEntry[] = [
      { kind: 'removed', channel: tea, account: anna },
      { kind: 'role', channel: tea, account: bob },
    ]
    await store.removeMember(tea, anna, { successor: bob }, { log, tell: nothing })
    await store.removeMessages([two], { log: [{ kind: 'deleted', message: two }], tell: nothing })
    const said = { id: one, text: 'one!', from: anna, edited: 5 }
    const { changes, complete } = await store.changesAfter(0, 10)
    t.match(changes, [
      { kind: 'message', number: one, said },
      { number: one + 1, kind: 'topic', channel: tea, other: anna },
      { number: two + 1, ...edit },
      { number: two + 2, kind: 'removed', channel: tea, account: anna },
      { number: two + 3, kind: 'role', channel: tea, account: bob },
      { number: two + 4, kind: 'deleted', message: two },
    ])
    t.strictSame(changes[1], { kind: 'topic', number: one + 1, channel: tea, other: anna }, 'and no more')
    t.equal(changes.length, 6)
    t.ok(complete)
    t.equal(two, one + 2, 'messages have numbers between those of other changes')
    t.ok((await store.append(newMessage('three'))) > two + 4)
  })

  await check('what became of the messages of a place, so many at a time', async (t, store) => {
    const { anna, bob, tea, code } = await populate(store)
    const ids: number[] = []
    for (const word of ['a', 'b', 'c'])
      ids.push(await store.append(newMessage(word, { from: anna, channel: tea })))
    const [a = 0, b = 0, c = 0] = ids
    const elsewhere = await store.append(newMessage('elsewhere', { from: anna, channel: code }))
    const direct = await store.append(newMessage('direct', { from: anna, to: bob }))
    const blocked = await store.append(newMessage('blocked', { from: anna, to: bob, blocked: true }))
    const edit = async (message: number, channel: number, text: string) =>
      store.editMessage(
        { id: message, text, edited: 5, mentions: [] },
        { log: [{ kind: 'edited', channel, account: anna, message }], tell: nothing },
      )
    await edit(a, tea, 'a!')
    await edit(elsewhere, code, 'elsewhere!')
    await edit(b, tea, 'b!')
    await store.removeMessages([c, direct, blocked])
    const of = async (after: number, place: CorrectionsPage['place'], limit = 10, upTo = 1_000) => {
      const found = await store.correctionsAfter({ after, upTo, place, limit })
      return { ...found, changes: found.changes.map(({ kind, message }) => `${kind} ${message}`) }
    }
    const inTea = { channel: tea }
    t.match(await of(blocked, inTea), {
      changes: [`edited ${a}`, `edited ${b}`, `deleted ${c}`],
      edited: [
        { id: a, text: 'a!' },
        { id: b, text: 'b!' },
      ],
      complete: true,
    })
    t.match(await of(blocked, inTea, 1), { changes: [`edited ${a}`], edited: [{ id: a }] })
    t.same((await of(blocked, inTea, 10, blocked + 2)).changes, [`edited ${a}`], 'no further')
    t.same((await of(b, inTea)).changes, [`edited ${a}`, `edited ${b}`], 'of no newer message')
    t.same((await of(blocked + 1, inTea)).changes, [`edited ${b}`, `deleted ${c}`])
    for (const between of [
      [anna, bob],
      [bob, anna],
    ] as const)
      t.same((await of(blocked, { between })).changes, [`deleted ${direct}`], 'what is blocked is not told')
    t.same((await of(blocked, { between: [anna, anna] })).changes, [])
    t.same(
      await of(blocked + 99, inTea),
      { changes: [], edited: [], upTo: blocked + 6, complete: false },
      'of another series',
    )
  })

  await check('what is forgotten for its age is in the log once for each place', async (t, store) => {
    const { anna, bob, tea, code } = await populate(store)
    const ids: number[] = []
    for (let count = 0; count < 9; count++)
      ids.push(
        await store.append(newMessage(`${count}`, { from: anna, channel: tea, at: 1_800_000_000_000 })),
      )
    const after = await store.append(newMessage('direct', { from: anna, to: bob, at: 1_800_000_000_000 }))
    const forget = async (channel: number | undefined, ...removed: number[]) =>
      store.removeMessages(removed, {
        log: [{ kind: 'forgotten', channel, message: removed.at(-1) }],
        tell: nothing,
      })
    const [one = 0, two = 0, three = 0] = ids
    await forget(tea, one, three)
    await forget(tea, two)
    await forget(undefined, after)
    const of = async (place: CorrectionsPage['place']) => {
      const { changes, complete } = await store.correctionsAfter({ after, upTo: 1_000, place, limit: 10 })
      t.ok(complete)
      return changes.map(({ kind, message }) => `${kind} ${message}`)
    }
    t.same(await of({ channel: tea }), [`forgotten ${three}`])
    t.same(await of({ channel: code }), [])
    t.same(await of({ between: [anna, bob] }), [`forgotten ${after}`])
    const { changes } = await store.changesAfter(after, 10)
    t.same(brief(changes), ['forgotten', 'forgotten'])
  })

  await check('what an account said that goes with it is in the log', async (t, store) => {
    const { anna, tea } = await populate(store)
    const ids: number[] = []
    for (let count = 0; count < 30; count++)
      ids.push(
        await store.append(newMessage(`${count}`, { from: anna, channel: tea, at: 1_800_000_000_000 })),
      )
    const after = ids.at(-1) ?? 0
    await store.deleteAccount(anna, 'remove', 1)
    const page = { after, upTo: 1_000, place: { channel: tea }, limit: 100 }
    const { changes } = await store.correctionsAfter(page)
    t.same(
      changes.map(({ message }) => message),
      ids,
    )
  })

  await check('what changed behind a number, so many at a time', async (t, store) => {
    const { anna, tea } = await populate(store)
    for (const word of ['a', 'b', 'c']) {
      await store.append(newMessage(word, { from: anna, channel: tea }))
      await store.setTopic(tea, word, { log: [{ kind: 'topic', channel: tea }], tell: nothing })
    }
    const all: Change[] = []
    for (let after = 0; ; ) {
      const { changes, complete } = await store.changesAfter(after, 2)
      t.ok(complete)
      all.push(...changes)
      after = changes.at(-1)?.number ?? after
      if (changes.length < 2) break
    }
    t.same(brief(all), ['a', 'topic', 'b', 'topic', 'c', 'topic'])
    const last = all.at(-1)?.number ?? 0
    t.same(await store.changesAfter(last, 5), { changes: [], complete: true })
    t.same(
      await store.changesAfter(last + 1, 5),
      { changes: [], complete: false },
      'a number of another store',
    )
  })

  await check('what fails, or changes nothing, is not told', async (t, store) => {
    const { anna, tea } = await populate(store)
    const told: string[] = []
    const tell = (what: string) => ({
      log: [{ kind: 'channel', channel: tea } as const],
      tell: () => void told.push(what),
    })
    await t.rejects(store.createChannel(newChannel('#TEA'), tell('made')), NameTaken)
    t.equal(await store.editMessage({ id: 99, text: 'x', edited: 1, mentions: [] }, tell('edited')), false)
    t.same(told, [])
    t.same(await store.changesAfter(0, 5), { changes: [], complete: true })
    const id = await store.append(newMessage('one', { from: anna, channel: tea }), {
      tell(number) {
        told.push('said')
        return number
      },
    })
    t.same(told, ['said'])
    t.match((await store.changesAfter(0, 5)).changes, [{ number: id }])
  })

  await check(
    'all is told in the order in which it was asked for, before anybody who waits goes on',
    async (t, store) => {
      const { anna, tea } = await populate(store)
      const order: string[] = []
      const asked: Promise<unknown>[] = []
      for (let round = 0; round < 20; round++) {
        const told = (what: string) => () => void order.push(`${what} ${round}`)
        const say = newMessage(`${round}`, {
          from: anna,
          channel: tea,
          mentions: round % 3 === 0 ? [anna] : [],
        })
        asked.push(store.append(say, { tell: told('said') }).then(() => order.push('goes on')))
        const topic: LogEntry = { kind: 'topic', channel: tea }
        asked.push(store.setTopic(tea, `${round}`, { log: [topic], tell: told('topic') }))
        asked.push(
          store.addMember(
            { channel: tea, account: anna, role: undefined, since: 1 },
            { log: [], tell: told('in') },
          ),
        )
      }
      await Promise.all(asked)
      const expected = Array.from({ length: 20 }, (_, round) => [
        `said ${round}`,
        `topic ${round}`,
        `in ${round}`,
      ])
      t.same(
        order.filter((one) => one !== 'goes on'),
        expected.flat(),
      )
      t.ok(order.indexOf('goes on') > order.indexOf('said 0'))
      const { changes } = await store.changesAfter(0, 100)
      t.same(
        brief(changes),
        expected.flatMap((_, round) => [`${round}`, 'topic']),
      )
    },
  )

  await check('what is thrown while something is told is for whoever asked for that', async (t, store) => {
    const { anna, tea } = await populate(store)
    const told: string[] = []
    const broken = store.append(newMessage('one', { from: anna, channel: tea }), {
      tell() {
        throw new Error('broken')
      },
    })
    const two = { tell: () => void told.push('two') }
    const next = store.append(newMessage('two', { from: anna, channel: tea }), two)
    await t.rejects(broken, { message: 'broken' })
    await next
    t.same(told, ['two'])
    t.same(brief((await store.changesAfter(0, 5)).changes), ['one', 'two'], 'it is stored all the same')
  })

  await check(
    'what is stored nowhere is told in its turn, and what has a check behind it is checked afterwards',
    async (t, store) => {
      const { anna, bob, tea } = await populate(store)
      const order: string[] = []
      let isMuted = false
      const say = (text: string) =>
        store.append(newMessage(text, { from: anna, channel: tea }), {
          tell: () => void order.push(text),
          check() {
            if (isMuted) throw new Error('muted')
          },
        })
      const before = [say('one'), say('two')]
      const muted = store.inTurn(() => {
        isMuted = true
        return order.push('muted')
      })
      const behind = say('behind')
      await t.rejects(behind, { message: 'muted' })
      t.equal(await muted, 3)
      await Promise.all(before)
      t.same(order, ['one', 'two', 'muted'])
      const failing = store.inTurn(() => {
        throw new Error('not now')
      })
      await t.rejects(failing, { message: 'not now' })
      const blocked = await store.append(newMessage('blocked', { from: anna, to: bob }), {
        tell: (id) => id,
        check(message) {
          message.blocked = true
        },
      })
      t.match(await store.message(blocked), { blocked: true }, 'a check may decide something')
      t.same(await store.inbox(bob, { limit: 5 }), [])
    },
  )

  await check(
    'a place that got its name behind a number may be another one than had it before',
    async (t, store) => {
      const { anna, bob, code, tea } = await populate(store)
      const say = (channel: number) => store.append(newMessage('words', { from: anna, channel }))
      const isComplete = async (place: CorrectionsPage['place'], after: number) =>
        (await store.correctionsAfter({ after, upTo: 1_000, place, limit: 10 })).complete
      await say(tea)
      const before = await say(tea)
      const den = await store.createChannel({ name: '#den', key: '#den', private: false, admin: anna, at: 5 })
      const zora = await store.createAccount(newAccount('zora', { since: 5 }))
      const second = await say(tea)
      const told = (log: LogEntry[]) => ({ log, tell: nothing })
      const named = (name: string) => ({ name, key: name, former: [] })
      await store.renameChannel(code, named('#other'), '#code', told([{ kind: 'channel', channel: code }]))
      await store.renameAccount(bob, named('bert'), told([{ kind: 'renamed', account: bob }]))
      const third = await say(tea)
      const newer = [
        { place: { channel: den }, known: before, now: second },
        { place: { between: [anna, zora] }, known: before, now: second },
        { place: { channel: code }, known: second, now: third },
        { place: { between: [anna, bob] }, known: second + 1, now: third },
      ] as const
      for (const { known, now, place } of newer) {
        t.notOk(await isComplete(place, known - 1))
        t.ok(await isComplete(place, known), 'nothing was told between this number and the name')
        t.ok(await isComplete(place, now))
        t.ok(await isComplete(place, 0), 'whoever has nothing misses nothing')
      }
      t.ok(await isComplete({ channel: tea }, before))
      t.ok(await isComplete({ between: [zora, anna] }, before), 'only with whom counts')
      await store.removeMessages([before, second, third])
      t.notOk(await isComplete({ channel: code }, second - 1), 'whatever is left of what was said')
    },
  )

  await check(
    'what is not allowed any more when its turn has come is not stored, nor told',
    async (t, store) => {
      const { anna, tea } = await populate(store)
      const order: string[] = []
      let isMuted = false
      const checked = () => {
        if (isMuted) throw new Error('muted')
      }
      const say = (text: string) => {
        const tell = (id: number) => {
          order.push(text)
          return id
        }
        const said = store.append(newMessage(text, { from: anna, channel: tea }), { tell, check: checked })
        return said.catch((error: Error) => error.message)
      }
      const mute = { channel: tea, account: anna, until: undefined, why: undefined, rank: 1 as const }
      const muted = {
        log: [{ kind: 'muted', channel: tea, account: anna } as const],
        tell: () => {
          isMuted = true
          order.push('muted')
        },
      }
      const before = say('before')
      const muting = store.setMute(mute, muted)
      const unchecked = store.append(newMessage('of others'), { tell: () => void order.push('of others') })
      const behind = [say('behind'), say('behind, too')]
      const id = Number(await before)
      await muting
      t.same(await Promise.all(behind), ['muted', 'muted'])
      await unchecked
      t.same(order, ['before', 'muted', 'of others'])
      const edit = { id, text: 'edited', edited: 5, mentions: [anna] }
      const told = { log: [{ kind: 'edited', message: id } as const], tell: nothing, check: checked }
      await t.rejects(store.editMessage(edit, told), { message: 'muted' })
      t.equal((await store.message(id))?.text, 'before')
      t.same(brief((await store.changesAfter(0, 9)).changes), ['before', 'muted', 'of others'])
      isMuted = false
      t.type(await say('again'), 'number', 'and all goes on')
    },
  )

  await check('the log of changes has an end', async (t, store) => {
    const { tea } = await populate(store)
    const before = await store.append(newMessage('first'))
    const log = Array.from({ length: 25_000 }, (): LogEntry => ({ kind: 'topic', channel: tea }))
    await store.setTopic(tea, 'x', { log, tell: nothing })
    const last = await newest(store)
    t.equal(last, before + 25_000)
    t.match(await store.changesAfter(last - 20_000, 1), {
      changes: [{ number: last - 19_999 }],
      complete: true,
    })
    const { changes, complete } = await store.changesAfter(before, 1)
    t.notOk(complete)
    t.ok(
      changes.every(({ number }) => number > before + 3_000),
      'it does not reach back so far',
    )
    t.equal((await store.changesAfter(0, 1)).complete, false)
    t.same(
      brief((await store.changesAfter(0, 1)).changes),
      ['first'],
      'messages are there as long as they are',
    )
  })
}
