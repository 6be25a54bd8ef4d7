import { fail } from '../chat/model/failures.ts'
import { optional, said, target } from './args.ts'
import { type Context, command } from './command.ts'
import { targetHere, targetIfAny } from './here.ts'

/**
 * Plain words: what a line says that names no command. It stands in no list and has no name to type; all else it has in common
 * with whatever says something, and passes the same gate.
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

/** How people begin a line with a password in it, whatever stands in front of the word or behind it. */
const secretWords: readonly (readonly [word: string, command: string])[] = [
  ['log ?[io]n|logg?in|lgoin|sign ?in|identify|pass', 'login'],
  ['sign ?up|register', 'signup'],
  ['passw(?:or)?d', 'passwd'],
  ['recover', 'recover'],
]
const meantBy = secretWords.map(
  ([word, command]) => [new RegExp(`^[^\\p{L}]*(?:${word})[\\s:=,.]+\\S`, 'iu'), command] as const,
)
/** A longer line that begins so is talk; but for the very words of the commands. */
const mostWords = 4
const exact = /^\s*(?:login|passwd|recover|signup)\s+\S/i
/** What nobody says, who has logged in, unless the slash is missing. */
const ofMembers = /^[^\p{L}]*(passwd|deleteaccount|setpassword)\s+\S+(?:\s+\S+)?\s*$/iu

/** The command that somebody most likely means, whose slash is missing: what stands behind it is nothing to be said. */
function passwordMeant({ terminal: { manner, person } }: Context, text: string): string | undefined {
  if (!person || !manner.forPeople) return undefined
  if (person.kind === 'account') return ofMembers.exec(text)?.[1]?.toLowerCase()
  if (!exact.test(text) && text.trim().split(/\s+/u).length > mostWords) return undefined
  return meantBy.find(([pattern]) => pattern.test(text))?.[1]
}
