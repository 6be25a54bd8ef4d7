import { quoted } from '../../lib/quoted.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { FailureTexts } from './failure-texts.ts'

/** Files, and uploads on their way. */
export const fileFailures = {
  'no-such-file': (problem) =>
    `There is no file ${problem.file} for you; it may be deleted or expired. /files lists what there is.`,
  'file-gone': (problem) =>
    `The bytes of file ${problem.file} (${quoted(problem.name)}) are missing or damaged on the server's disk. Ask the sender to send it again, and tell an operator.`,
  'bad-file-name': () =>
    'That cannot be the name of a file here: 1 to 128 bytes, with no /, no control or invisible characters and no long gaps. Give the name alone, and run the line in its folder.',
  'file-too-large': (problem) => `A file has at most ${sizeText(problem.limit)} here.`,
  'bad-ticket': () =>
    'That token is wrong, used or expired. /filesend makes one to send, /files and /fileget one to get.',
  'ticket-in-use': () => 'An upload with that token is running already.',
  'wrong-size': (problem) =>
    `This upload began with a size of ${problem.size} bytes. Go on with the same file, or make a new ticket with /filesend.`,
  'wrong-offset': (problem) =>
    `${problem.offset} bytes of that file are here: go on at offset ${problem.offset}.`,
  'wrong-checksum': (problem) =>
    `What came has the SHA-256 ${problem.found}, and not ${problem.stated} as stated. Nothing of it is kept: ${problem.offset ? `go on at offset ${problem.offset}` : 'send the file again, from its beginning'}.`,
  'upload-broken': (problem) =>
    problem.size === undefined
      ? 'The upload broke off. Begin anew with the same line.'
      : `The upload broke off at ${problem.received} of ${problem.size} bytes. Go on at offset ${problem.received}.`,
} satisfies Partial<FailureTexts>
