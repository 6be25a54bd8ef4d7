import type { FailureTexts } from './failure-texts.ts'

/** What the server itself cannot do just now. */
export const serverFailures = {
  'bad-config': (problem) => `Nothing was changed: ${problem.problems.join(' ')}`,
  'disk-full'(problem) {
    if (problem.what === 'messages')
      return "The server's disk is nearly full: nothing new is stored now. You can read, leave and delete; the operators know of it."
    return "The server's disk is full. The part that has arrived is kept: tell an operator, and continue later."
  },
  'server-full': (problem) =>
    problem.why === 'server'
      ? 'The server is full just now. Try again later.'
      : `There is no room for more connections from your network just now: at most ${problem.limit} people there may be without a login. When one of them logs in or leaves, there is room again. The people who run this server can allow more.`,
  'took-too-long': (problem) =>
    `That took longer than ${problem.seconds} seconds, so the search ended. Search for fewer or rarer words.`,
  unavailable: () =>
    'The server cannot store anything just now, so that was not done. Try again in a minute.',
  internal: () => 'An error in the server prevented that. The operator finds it in the log.',
} satisfies Partial<FailureTexts>
