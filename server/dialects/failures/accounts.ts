import type { FailureTexts } from './failure-texts.ts'

/** Accounts and passwords: what keeps somebody from coming in, or from changing theirs. */
export const accountFailures = {
  'bad-login'(problem) {
    if (problem.wrong === 'code') return 'Wrong name or recovery code. An operator can set a new password.'
    if (problem.wrong === 'session')
      return 'No browser that is logged in has brought you here. Log in with your name and password: /login NAME'
    if (problem.wrong === 'token')
      return 'Wrong name or token. /tokens lists yours, and /token NAME makes one.'
    return problem.wrong === 'own'
      ? 'That is not your password.'
      : 'Wrong name or password. Forgotten it? /recover NAME CODE'
  },
  'weak-password': (problem) => `A password has at least ${problem.minimum} characters.`,
  'password-spaces': () =>
    'A password neither begins nor ends with a space: nobody would see it. Spaces inside are fine.',
  'password-too-long': (problem) => `A password has at most ${problem.limit} bytes.`,
  'passwords-differ': () => 'Those two passwords are not the same.',
  'password-unchanged': () => 'That is the password you have now. Choose another one.',
  'try-later'(problem) {
    if (problem.what === 'mydata')
      return `The file with your data was made within the last hour. Try again in ${Math.ceil((problem.seconds ?? 0) / 60)} minutes.`
    if (problem.what === 'once')
      return 'Another connection of yours is saying something with that key at this moment. Say it again in a moment.'
    if (problem.what === 'turn')
      return `You say more than the server takes from you, so that was not said. Try again in ${problem.seconds} seconds.`
    if (problem.what === 'signup') return signupText(problem.seconds ?? 0)
    return problem.seconds === undefined
      ? 'Too many people are logging in just now. Try again in a minute.'
      : `Too many wrong passwords. Try again in ${problem.seconds} ${problem.seconds === 1 ? 'second' : 'seconds'}; until then no password is checked.`
  },
  'bad-invite': () => 'That invitation code cannot be used. Ask somebody who is here for a new one.',
  'signup-closed': () => 'Accounts are made by the operators here. Ask one of them.',
  'last-operator': (problem) =>
    `${problem.name} is the only operator. Make somebody else one first: /setoperator NAME on.`,
} satisfies Partial<FailureTexts>

function signupText(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return `Many accounts were made from your address lately. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or talk as a guest: /nick NAME`
}
