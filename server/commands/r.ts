import { fail } from '../chat/model/failures.ts'
import { isGone } from '../chat/talk/target.ts'
import { said } from './args.ts'
import { command } from './command.ts'

/** If two people wrote within this time, either of them may be meant; in ms. */
const atOnceMs = 10_000

export default command({
  name: 'r',
  aliases: ['reply'],
  area: 'talking',
  who: 'guest',
  token: 'write',
  cost: 1,
  says: true,
  args: { text: said('TEXT') },
  summary: 'Answer the person who last wrote a direct message to you.',
  help: 'It says to whom your message went. If two people have written within the last ten seconds, it asks which of them you mean.',
  data: '{id, at, to, waits?, away?}',
  fails: ['no-such-user', 'nobody-wrote'],
  async run({ clock, talk, terminal, writers }, person, { text }) {
    const [last, before] = writers.writersTo(person)
    if (!last) throw fail({ code: 'nobody-wrote' })
    const isRecent = before && clock.ticks() - before.ticks <= atOnceMs && !isGone(person, before.person)
    const several = isRecent ? [last.person, before.person] : []
    const names = several.map(({ name }) => name).join(' or ')
    const to =
      several.length === 0
        ? last.person
        : await terminal.ask(`Who is meant, ${names}? `, {
            check(answer) {
              const wanted = answer.trim().toLowerCase()
              const found = several.find(({ name }) => name.toLowerCase() === wanted)
              if (!found) throw fail({ code: 'bad-arguments', detail: `Type ${names}.` })
              return found
            },
          })
    return { ...(await talk.say(person, to, 'text', text, terminal)), to: to.name }
  },
})
