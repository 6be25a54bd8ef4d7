import { pageOf } from '../../server/chat/model/paging.ts'
import type { Services } from '../../server/commands/services.ts'
import { greeting } from '../../server/dialects/text/greeting.ts'
import { TestListener } from '../support/world.ts'
import { channelOf, memberOf } from './population.ts'

/** Does a thing some times; `turn` counts from 0. */
export type Doing = (name: string, task: (turn: number) => unknown) => Promise<void>

/** All that people do with a server (see population.ts), one thing after the other: `doing` does each of them `repeats` times. */
export async function workIn(services: Services, repeats: number, doing: Doing): Promise<void> {
  const {
    access,
    accounts,
    addressBans,
    channelLists,
    channels,
    newcomers,
    lifting,
    leaving,
    joining,
    creating,
    contacts,
    deletion,
    directory,
    entrance,
    fileRemoval,
    files,
    guests,
    invitations,
    logins,
    operators,
    presence,
    restraining,
    restraintEnds,
    shelf,
    talk,
    tickets,
  } = services
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

  await doing('a visitor is let in and greeted', () => {
    if (addressBans.isBanned('192.0.2.7')) throw new Error('Nobody is banned there.')
    greeting(presence.count, place, { guests: true, signup: 'open' })
  })
  await doing('a guest comes', async () => {
    const guest = guests.enter(undefined, '192.0.2.7')
    const listener = new TestListener()
    presence.arrive(guest, listener)
    await entrance.welcomeGuest(guest, listener)
  })
  await doing('a guest goes', async () => {
    const [guest] = directory.guests()
    if (!guest) throw new Error('There is no guest.')
    await guests.leave(guest)
  })
  const listeners: TestListener[] = []
  await doing('somebody logs in', async (turn) => {
    const { account: member } = await logins.logIn(memberOf(10 * turn + 3), 'x', '192.0.2.7')
    const listener = new TestListener()
    listeners.push(listener)
    const upTo = presence.arrive(member, listener)
    await entrance.welcome(member, listener, { seen: member.seen, upTo })
  })
  await doing('somebody joins a channel', (turn) =>
    joining.join(account(10 * turn + 3), channelOf(turn + 45), listeners[turn]),
  )
  await doing('somebody leaves a channel', (turn) =>
    leaving.leave(account(10 * turn + 3), channel(turn + 45), { sure: true }),
  )
  await doing('somebody makes a channel', (turn) =>
    creating.create(account(10 * turn + 3), `#new${turn}`, false),
  )
  await doing('the last one leaves a channel', (turn) =>
    leaving.leave(account(10 * turn + 3), channels.named(`#new${turn}`) ?? channel(1), { sure: true }),
  )
  await doing('something is said in a channel', (turn) =>
    talk.say(admin(turn), channel(turn + 1), 'text', 'hello'),
  )
  await doing('somebody is invited', (turn) =>
    invitations.invite(admin(turn), channel(turn + 1), [memberOf(10 * turn + 13)]),
  )
  await doing('an invitation is withdrawn', async (turn) => {
    const [row] = invitations.listInto(admin(turn), channel(turn + 1)).slice(-1)
    await invitations.reject(admin(turn), row?.request ?? 0)
  })
  await doing('somebody is banned', (turn) =>
    restraining.ban(admin(turn), channel(turn + 1), memberOf(10 * turn + 4), { forMs: 3_600_000 }),
  )
  await doing('a ban is lifted', (turn) =>
    lifting.unban(admin(turn), channel(turn + 1), memberOf(10 * turn + 4)),
  )
  await doing('an address is banned', (turn) =>
    addressBans.ban(account(1), `198.51.100.${turn}`, 3_600_000, undefined),
  )
  await doing('an address is banned no more', (turn) => addressBans.unban(`198.51.100.${turn}`))
  await doing('a ticket for a file', (turn) =>
    tickets.offer(account(10 * turn + 2), channel(turn + 1), 'file.txt'),
  )
  await doing('somebody lists files', (turn) => files.page(account(10 * turn + 2), undefined, 1))
  await doing('a file is deleted', async (turn) => {
    const [ticket] = tickets.uploads(account(10 * turn + 2))
    await files.delete(account(10 * turn + 2), ticket?.id ?? 0)
    await fileRemoval.settled()
  })
  await doing('a password is changed', (turn) =>
    access.end(account(10 * turn + 5), { why: 'password', how: 'changed' }),
  )
  await doing('somebody is blocked', (turn) =>
    contacts.block(account(10 * turn + 5), memberOf(10 * turn + 6)),
  )
  await doing('what they were shown is stored', async () => {
    for (let turn = 0; turn < repeats; turn++) presence.markSeen(account(10 * turn + 3), 2)
    await presence.saveSeen()
  })
  await doing('somebody goes', (turn) => {
    const listener = listeners[turn]
    if (listener) presence.depart(account(10 * turn + 3), listener, 2)
  })
  await doing('somebody signs up', async (turn) => {
    const origin = { origin: '192.0.2.7', formerly: [] }
    const { account: made } = await accounts.signUp({
      name: `newcomer${turn}`,
      email: undefined,
      password: 'password',
    })
    await newcomers.restrain(made, origin)
    await joining.joinDefaults(made)
  })
  await doing('an account is deleted', async (turn) => {
    const gone = directory.findAccount(`newcomer${turn}`)
    if (gone) await deletion.delete(gone, 'keep')
  })
  await doing('an operator is made, and is one no more', async (turn) => {
    await operators.set(account(10 * turn + 7), true)
    if (turn > 0) await operators.set(account(10 * turn - 3), false)
  })
  await operators.set(account(5), true)
  await doing('a notice is told', () => talk.announce(account(5), 'hello'))
  await doing('a page of members', () => channelLists.members(channels.named('#lobby') ?? channel(1)))
  await doing('a page of channels', () => channelLists.list(account(1)))
  await doing('a page of accounts', () =>
    pageOf(directory.accounts(), 1, '/users', { all: directory.accountCount }),
  )
  await doing('what there is is counted', () => [shelf.counted(), channels.counted(), presence.count])
  await doing('what is over is looked for', async () => {
    restraintEnds.look()
    await addressBans.keep()
  })
}
