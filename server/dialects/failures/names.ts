import { isoTime } from '../../lib/times.ts'
import type { FailureTexts } from './failure-texts.ts'
import { invitedText } from './ways-in.ts'

/** Names of people, channels and tokens that cannot be given. */
export const nameFailures = {
  'name-taken'(problem, times) {
    if (problem.request !== undefined) return invitedText(problem.name, problem.request)
    if (problem.reserved)
      return `${problem.name} is reserved: only an operator can give it to somebody. Choose another name.`
    if (problem.rests !== undefined)
      return `${problem.name} was somebody's name, and nobody gets it before ${times ? times.date(problem.rests) : isoTime(problem.rests)} except from an operator. Choose another name.`
    if (problem.lately)
      return `${problem.name} was somebody's name until a moment ago, and nobody else gets it for some minutes. Choose another name.`
    return problem.open
      ? `${problem.name} exists already. /join ${problem.name} enters it.`
      : `${problem.name} is taken. Choose another name.`
  },
  'bad-name': (problem) => badName(problem.what, problem.name),
} satisfies Partial<FailureTexts>

function badName(what: 'person' | 'channel' | 'token', name: string): string {
  switch (what) {
    case 'person':
      if (name === '') return 'Type a name.'
      return `"${name}" cannot be a name. Names have 2 to 24 letters, digits, _ - or ., start with a letter and end with a letter or digit.`
    case 'channel':
      return name.startsWith('#')
        ? `"${name}" cannot be a channel. After # come a letter or digit and up to 31 letters, digits, _ - or ., the last a letter or digit (#7 is the account of that number).`
        : `A channel's name starts with #, for example #${name}.`
    case 'token':
      return `"${name}" cannot be a token's name. Use up to 32 letters, digits, _ - or .`
    default:
      return what satisfies never
  }
}
