import { fail } from '../chat/model/failures.ts'
import { optional, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'nick',
  area: 'account',
  who: 'visitor',
  token: 'any',
  cost: 3,
  args: { nick: optional(word('NAME')) },
  summary: 'Talk as a guest, without an account.',
  help: 'Others see you as ~NAME. Without NAME the server chooses a nick. A guest can be in public channels and write to people who are online; /signup later makes an account of your nick. If you use /nick again, your nick changes.',
  data: '{name, rooms, target?}; {name} when a guest changes nick',
  fails: ['bad-name', 'name-taken', 'muted'],
  async run({ channels, contacts, entrance, guests, terminal }, person, { nick }) {
    if (person?.kind === 'account') throw fail({ code: 'not-allowed', why: 'names-are-kept' })
    const name = nick?.replace(/^~/, '')
    if (person) {
      await guests.rename(person, name, terminal)
      return { code: 'renamed', name: person.name }
    }
    const guest = guests.enter(name, terminal.address, terminal.formerly)
    await contacts.follow(guest, guest)
    await terminal.become(guest)
    const welcome = await entrance.welcomeGuest(guest, terminal)
    terminal.target = channels.find(welcome.target ?? '', guest)
    return welcome
  },
})
