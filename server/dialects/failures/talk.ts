import type { Problem } from '../../chat/model/failures.ts'
import { resumeText } from '../resume-text.ts'
import type { FailureTexts } from './failure-texts.ts'

/** What is said, to whom, and why it was not said. */
export const talkFailures = {
  'no-such-user': ({ channel, gone, name, talked }) => {
    if (channel !== undefined) return `There is nobody called ${name}. Did you mean ${channel}?`
    if (gone !== undefined)
      return `${name} is gone: the account is deleted, and nobody reads what is said there. /history #${gone} shows what is left of your talk.`
    const [, number] = /^[#@](\d+)$/.exec(name) ?? []
    if (number === undefined)
      return `There is nobody called ${name.replace(/^@/, '')}. /who lists who is online.`
    return talked === false
      ? `Nobody has the number #${number}, and you have no talk with anybody who had it.`
      : `There is no account #${number}, or it is deleted and nobody reads what is said there. /history #${number} shows your talk, if you had one.`
  },
  blocked: (problem) => `You have blocked ${problem.name}. /unblock ${problem.name} first.`,
  'no-such-contact': (problem) => `${problem.name} is not among your contacts. /contacts lists them.`,
  offline: (problem) => `${problem.name} is offline. /msg ${problem.name} leaves a message.`,
  'nobody-wrote': () =>
    'Nobody has sent you a direct message since you came. /msg NAME TEXT writes to somebody.',
  'no-such-message': (problem) =>
    problem.id === undefined
      ? 'You have said nothing here lately. /history TARGET numbers shows the numbers of messages.'
      : `There is no message ${problem.id} for you. /history TARGET numbers shows their numbers.`,
  'too-late': (problem) =>
    `That was said more than ${problem.hours} ${problem.hours === 1 ? 'hour' : 'hours'} ago: now only those who lead the channel, or an operator, can delete it.`,
  'no-talk': () => 'You are in no private talk. /chat NAME begins one.',
  'no-target'(problem) {
    if (problem.resume)
      return `You were in a private talk with ${problem.ended}, so that was said to nobody. ${resumeText(problem.ended, problem.back)}`
    if (problem.ended !== undefined)
      return `${problem.ended.startsWith('#') ? `You are not in ${problem.ended} any more` : `The talk with ${problem.ended} has ended`}, so that was said to nobody. ${problem.back === undefined ? '/switch TARGET chooses where your words go' : `/switch ${problem.back} to go on there`}.`
    return problem.with === undefined
      ? 'You are not talking anywhere. /join #CHANNEL or /switch NAME first.'
      : `You are talking with ${problem.with}, in no channel. Name the channel, or /switch #CHANNEL first.`
  },
  'not-said': notSaidText,
} satisfies Partial<FailureTexts>

/** Why a line was not said (it may be meant for other readers), and where words go now. */
function notSaidText({ meant, name, own, target, why }: Extract<Problem, { code: 'not-said' }>): string {
  if (own) return `That was the password you gave, so it was said to nobody. What you type goes to ${target}.`
  if (meant !== undefined)
    return `There may be a password in it, so it was said to nobody. The command begins with a slash: /${meant}. To say it all the same: /msg ${target ?? 'TARGET'} ${meant} ...`
  const later =
    target === undefined
      ? 'Choose where your words go: /switch TARGET. /msg TARGET TEXT needs no such choice.'
      : `In two seconds, what you type goes to ${target}.`
  switch (why) {
    case 'begun':
      return `The private talk with ${name} had just begun, so that was said to nobody: it may be for others. What you type now goes to ${name}.`
    case 'missed':
      return `${name} did not work, so that went nowhere. ${later}`
    case 'waiting':
      return `${name} has not accepted yet, so that went nowhere. ${later}`
    case undefined:
      return `That may have been meant as an answer, so it was said to nobody. ${later}`
    default:
      return why satisfies never
  }
}
