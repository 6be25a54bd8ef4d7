import type { Services } from '../../server/commands/command.ts'
import { greeting } from '../../server/session/greeting.ts'
import { TestListener } from '../support/world.ts'
import { channelOf, memberOf } from './house.ts'
import { median } from './report.ts'

const repeats = 41

/** Milliseconds of each thing that somebody does, by the rules and with the store, but without a connection. */
export async function measureWork(services: Services): Promise<Record<string, number>> {
  const {
    access,
    accounts,
    addressBans,
    bus,
    channels,
    contacts,
    directory,
    entrance,
    files,
    guests,
    invitations,
    presence,
    restraining,
    talk,
  } = services
  const figures: Record<string, number> = {}
  /** The same thing by one after the other: those with an admin are at 1, 11, 21 ... */
  const time = async (name: string, task: (turn: number) => Promise<unknown> | unknown) => {
    const all: number[] = []
    for (let turn = 0; turn < repeats; turn++) {
      const begin = performance.now()
      await task(turn)
      all.push(performance.now() - begin)
    }
    figures[name] = median(all)
  }
  const account = (number: number) => {
    const found = directory.findAccount(memberOf(number))
    if (!found) throw new Error(`There is no ${memberOf(number)}.`)
    return found
  }
  const channel = (number: number) => {
    const found = channels.named(channelOf(number))
    if (!found) throw new Error(`There is no ${channelOf(number)}.`)
    return found
  }
  const admin = (turn: number) => account(10 * turn + 1)
  const place = { name: 'here', welcome: '' }

  await time('a visitor is let in and greeted', () => {
    if (addressBans.isBanned('192.0.2.7')) throw new Error('Nobody is banned there.')
    greeting(presence.count, place, { guests: true, signup: 'open' })
  })
  await time('a guest comes', async () => {
    const guest = guests.enter(undefined, '192.0.2.7')
    const listener = new TestListener()
    presence.arrive(guest, listener)
    await entrance.welcomeGuest(guest, listener)
  })
  await time('a guest goes', async () => {
    const [guest] = directory.guests()
    if (!guest) throw new Error('There is no guest.')
    await guests.leave(guest)
    files.forgetPerson(guest)
  })
  const listeners: TestListener[] = []
  await time('somebody logs in', async (turn) => {
    const { account: member } = await accounts.logIn(memberOf(10 * turn + 3), 'x', '192.0.2.7')
    const listener = new TestListener()
    listeners.push(listener)
    const upTo = presence.arrive(member, listener)
    await entrance.welcome(member, listener, { seen: member.seen, upTo })
  })
  await time('somebody joins a channel', (turn) =>
    channels.join(account(10 * turn + 3), channelOf(turn + 45), listeners[turn]),
  )
  await time('somebody leaves a channel', (turn) =>
    channels.leave(account(10 * turn + 3), channel(turn + 45), { sure: true }),
  )
  await time('somebody makes a channel', (turn) =>
    channels.create(account(10 * turn + 3), `#new${turn}`, false),
  )
  await time('the last one leaves a channel', (turn) =>
    channels.leave(account(10 * turn + 3), channels.named(`#new${turn}`) ?? channel(1), { sure: true }),
  )
  await time('something is said in a channel', (turn) =>
    talk.say(admin(turn), channel(turn + 1), 'text', 'hello'),
  )
  await time('somebody is invited', (turn) =>
    invitations.invite(admin(turn), channel(turn + 1), [memberOf(10 * turn + 13)]),
  )
  await time('an invitation is withdrawn', async (turn) => {
    const [row] = invitations.listInto(admin(turn), channel(turn + 1)).slice(-1)
    await invitations.reject(admin(turn), row?.request ?? 0)
  })
  await time('somebody is banned', (turn) =>
    restraining.ban(admin(turn), channel(turn + 1), memberOf(10 * turn + 4), { forMs: 3_600_000 }),
  )
  await time('a ban is lifted', (turn) =>
    restraining.unban(admin(turn), channel(turn + 1), memberOf(10 * turn + 4)),
  )
  await time('an address is banned', (turn) =>
    addressBans.ban(account(1), `198.51.100.${turn}`, 3_600_000, undefined),
  )
  await time('an address is banned no more', (turn) => addressBans.unban(`198.51.100.${turn}`))
  await time('a ticket for a file', (turn) =>
    files.offer(account(10 * turn + 2), channel(turn + 1), 'file.txt'),
  )
  await time('somebody lists files', (turn) => files.page(account(10 * turn + 2), undefined, 1))
  await time('a file is deleted', async (turn) => {
    const [ticket] = files.uploads(account(10 * turn + 2))
    await files.delete(account(10 * turn + 2), ticket?.id ?? 0)
    await files.settled()
  })
  await time('a password is changed', (turn) =>
    access.end(account(10 * turn + 5), { why: 'password', how: 'changed' }),
  )
  await time('somebody is blocked', (turn) => contacts.block(account(10 * turn + 5), memberOf(10 * turn + 6)))
  await time('what 41 were shown is stored', async () => {
    for (let turn = 0; turn < repeats; turn++) presence.markSeen(account(10 * turn + 3), 2)
    await presence.saveSeen()
  })
  await time('somebody goes', (turn) => {
    const listener = listeners[turn]
    if (listener) presence.depart(account(10 * turn + 3), listener, 2)
  })
  await time('somebody signs up', async (turn) => {
    const origin = { origin: '192.0.2.7', formerly: [] }
    const { account: made } = await accounts.signUp({
      name: `newcomer${turn}`,
      email: undefined,
      password: 'password',
    })
    await restraining.restrainNewcomer(made, origin)
    await channels.joinDefaults(made)
  })
  await time('an account is deleted', async (turn) => {
    const gone = directory.findAccount(`newcomer${turn}`)
    if (gone) await accounts.delete(gone, 'keep')
  })
  await time('an operator is made, and is one no more', async (turn) => {
    await accounts.setOperator(account(10 * turn + 7), true)
    if (turn > 0) await accounts.setOperator(account(10 * turn - 3), false)
  })
  await time('a notice is told', (turn) => talk.announce(account(10 * turn + 7), 'hello'))
  await time('a page of members', () => channels.members(channels.named('#lobby') ?? channel(1)))
  await time('a page of channels', () => channels.list(account(1)))
  bus.settle(listeners[0] ?? new TestListener())
  return figures
}
