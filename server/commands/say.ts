import { fail } from '../chat/model/failures.ts'
import { optional, said, target } from './args.ts'
import { type Context, command } from './command.ts'
import { targetHere, targetIfAny } from './here.ts'

/**
 * Plain words: the command of a line that names no command. It is in no list and has no name to type. Otherwise it is like
 * all commands that say something, and passes the same checks.
 */
export const say = command({
  name: 'say',
  area: 'talking',
  who: 'guest',
  token: 'write',
  local: true,
  cost: 1,
  says: true,
  args: { to: optional(target), text: said('TEXT') },
  plain(context, text, to) {
    context.terminal.checkNoAnswer(text)
    const meant = passwordMeant(context, text)
    if (meant !== undefined) throw fail({ code: 'not-said', target: targetIfAny(context)?.name, meant })
    return { text, to }
  },
  summary: 'Say something where you talk.',
  help: '',
  data: '{id, at, waits?, absent?, away?}',
  fails: ['no-target', 'not-said', 'no-such-channel', 'not-a-member', 'no-such-user', 'muted'],
  run(context, person, { to, text }) {
    const { talk, terminal } = context
    const where = to === undefined ? targetHere(context) : talk.target(person, to)
    return talk.say(person, where, 'text', text, terminal)
  },
})

/** The beginnings of lines with a password in them, whatever signs stand around the word. */
const secretWords: readonly (readonly [word: string, command: string])[] = [
  ['log ?[io]n|logg?in|lgoin|sign ?in|identify|pass', 'login'],
  ['sign ?up|register', 'signup'],
  ['passw(?:or)?d', 'passwd'],
  ['recover', 'recover'],
]
const meantBy = secretWords.map(
  ([word, command]) => [new RegExp(`^[^\\p{L}]*(?:${word})[\\s:=,.]+\\S`, 'iu'), command] as const,
)
/** A line of more words that begins like this is talk, unless it has exactly the words of a command. */
const mostWords = 4
const exact = /^\s*(?:login|passwd|recover|signup)\s+\S/i
/** Words that a person who has logged in says only by leaving out the slash. */
const ofMembers = /^[^\p{L}]*(passwd|deleteaccount|setpassword)\s+\S+(?:\s+\S+)?\s*$/iu

/** The command that the person probably means, if its slash is missing: the rest of the line may be a password. */
function passwordMeant({ terminal: { manner, person } }: Context, text: string): string | undefined {
  if (!person || !manner.forPeople) return undefined
  if (person.kind === 'account') return ofMembers.exec(text)?.[1]?.toLowerCase()
  if (!exact.test(text) && text.trim().split(/\s+/u).length > mostWords) return undefined
  return meantBy.find(([pattern]) => pattern.test(text))?.[1]
}
