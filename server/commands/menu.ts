import { Failure, fail } from '../chat/model/failures.ts'
import type { Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import { isGone } from '../chat/talk/target.ts'
import { isCommandLine, withoutFront } from '../lib/blanks.ts'
import { type Context, command } from './command.ts'
import { meansYes } from './confirm.ts'
import { targetIfAny } from './here.ts'

/** A question of the menu, and a function that turns the answer into an argument; throws a Failure if the answer is not valid. */
interface Ask {
  readonly text: string
  /** Enter is an answer. */
  readonly mayBeEmpty?: true
  readonly check: (answer: string, context: Context) => string
}

/** One choice of the menu: its label, its command, its questions, and the arguments made from the answers. */
interface Choice {
  readonly label: string
  readonly command: string
  readonly asks?: readonly Ask[]
  readonly args?: (answers: readonly string[]) => string
  /** A command whose answer the person has to see first. */
  readonly first?: string
  /** Whether the choice leaves the menu. */
  readonly leaves?: true
}

const group: Ask = { text: 'Name of the group: ', check: channel }
const somebody: Ask = { text: 'Whom (name or number): ', check: oneWord }
const request: Ask = { text: 'Number of the request: ', check: oneWord }
const spaced = (answers: readonly string[]) => answers.join(' ')

/** The choices for people without an account: each leads out of the menu, into the chat. */
const waysIn: readonly Choice[] = [
  { label: 'Sign up: make an account', command: 'signup', leaves: true },
  { label: 'Log in to my account', command: 'login', leaves: true },
  {
    label: 'Talk as a guest',
    command: 'nick',
    asks: [{ text: 'Your name (Enter for any): ', mayBeEmpty: true, check: freeNick }],
    args: spaced,
    leaves: true,
  },
]

const choices: readonly Choice[] = [
  {
    label: 'Create a group',
    command: 'create',
    asks: [
      group,
      { text: 'Private? yes or no: ', check: yesOrNo },
      { text: 'Whom to invite (names or numbers, Enter for nobody): ', mayBeEmpty: true, check: anything },
    ],
    args: ([name = '', isPrivate = '', names = '']) =>
      `${name}${isPrivate === 'yes' ? ' private' : ''} ${names}`,
  },
  { label: 'Join a group', command: 'join', asks: [group], args: spaced },
  { label: 'Leave a group', command: 'leave', asks: [group], args: spaced },
  {
    label: 'Invite people into a group',
    command: 'invite',
    asks: [group, { text: 'Whom (names or numbers): ', check: anything }],
    args: spaced,
  },
  { label: 'Remove somebody from a group', command: 'remove', asks: [group, somebody], args: spaced },
  {
    label: 'Change the admin of a group',
    command: 'transfer',
    asks: [group, { text: 'Who is the new admin (name or number): ', check: oneWord }],
    args: spaced,
  },
  { label: 'Members of a group', command: 'members', asks: [group], args: spaced },
  {
    label: 'Send a message',
    command: 'msg',
    asks: [
      { text: 'To whom (a name, or a group as #name): ', check: oneWord },
      { text: 'Message: ', check: anything },
    ],
    args: spaced,
  },
  {
    label: 'Private talk',
    command: 'chat',
    first: 'chat',
    asks: [{ text: 'With whom (name or number): ', check: oneWord }],
    args: spaced,
    leaves: true,
  },
  { label: 'My messages', command: 'inbox' },
  {
    label: 'What was said before',
    command: 'history',
    asks: [{ text: 'Where (a name, or a group as #name): ', check: oneWord }],
    args: spaced,
  },
  {
    label: 'Search',
    command: 'search',
    asks: [{ text: 'Words to look for: ', check: anything }],
    args: spaced,
  },
  { label: 'My requests', command: 'requests' },
  { label: 'Accept a request', command: 'accept', first: 'requests', asks: [request], args: spaced },
  { label: 'Reject a request', command: 'reject', first: 'requests', asks: [request], args: spaced },
  { label: 'My profile', command: 'profile' },
  { label: 'My contacts', command: 'contacts' },
  { label: 'Add a contact', command: 'contact', asks: [somebody], args: ([name = '']) => `add ${name}` },
  { label: 'Who is online', command: 'who' },
  {
    label: 'Send a file',
    command: 'filesend',
    asks: [
      { text: 'To whom (a name, or a group as #name): ', check: oneWord },
      { text: 'Name of the file: ', check: anything },
    ],
    args: ([to = '', name = '']) => `${to.startsWith('#') ? to : `@${to.replace(/^@/, '')}`} ${name}`,
  },
  { label: 'Files', command: 'files' },
  { label: 'Change my password', command: 'passwd' },
]

export default command({
  name: 'menu',
  area: 'other',
  who: 'visitor',
  cost: 2,
  args: {},
  summary: 'Choose what to do from a numbered list; the menu asks for the rest.',
  help: 'Commands work in the menu, too. Enter shows the list again; c or /cancel goes back to the chat.',
  data: '{}',
  fails: [],
  async run(context, person) {
    const { terminal } = context
    const open = choicesFor(context, person)
    const listing = listingOf(open, person)
    let shown = false
    for (;;) {
      if (!shown) terminal.show({ code: 'menu', choices: listing })
      shown = true
      const answer = await choose(context, listing)
      if (answer === '') {
        shown = false
        continue
      }
      if (answer === 'c') return { code: 'menu-left', target: targetName(context) }
      const choice = open[Number(answer) - 1]
      const reply =
        answer === 'q'
          ? await runLine(context, 'quit')
          : await attempt(context, () =>
              choice ? take(context, choice) : runLine(context, withoutFront(answer).replace(/^[/／]+/, '')),
            )
      if (reply && (choice?.leaves || reply.code === 'goodbye' || terminal.person !== person)) return reply
      if (reply && reply.code !== 'menu-left') terminal.show(reply)
      // A program needs no reminder.
      if (terminal.manner.typed) terminal.show({ code: 'menu-again' })
    }
  },
})

/** The choices that this person may use. */
function choicesFor({ accounts, catalog, guests }: Context, person: Person | undefined): readonly Choice[] {
  if (person?.kind === 'account') return choices
  const closed = [
    ...(accounts.signupClosed ? ['signup'] : []),
    ...(guests.allowed && !person ? [] : ['nick']),
  ]
  const ways = waysIn.filter(({ command }) => !closed.includes(command))
  if (!person) return ways
  // The ways in stand last, so that the other choices keep the numbers that guests know.
  return [...choices.filter(({ command }) => catalog.find(command)?.who === 'guest'), ...ways]
}

function listingOf(open: readonly Choice[], person: Person | undefined) {
  return [
    ...open.map(({ label }, index) => ({ key: String(index + 1), label })),
    { key: 'c', label: person ? 'Back to the chat' : 'Leave this list' },
    { key: 'q', label: 'Go offline' },
  ]
}

async function choose({ terminal }: Context, listing: readonly { readonly key: string }[]): Promise<string> {
  const { person } = terminal
  try {
    return await terminal.ask('Your choice: ', {
      tries: Number.POSITIVE_INFINITY,
      takesCommands: true,
      mayBeEmpty: true,
      check: (given) => chosen(given, listing),
    })
  } catch (error) {
    // /cancel or Ctrl-C by the same person, who is still logged in.
    if (error instanceof Failure && error.problem.code === 'cancelled' && terminal.person === person)
      return 'c'
    throw error
  }
}

/** A key of the list, a line with a command as it is, or '' to see the list again. */
function chosen(answer: string, listing: readonly { readonly key: string }[]): string {
  const key = answer.trim().toLowerCase()
  if (key === '' || isCommandLine(key) || listing.some((entry) => entry.key === key))
    return isCommandLine(key) ? answer : key
  throw fail({
    code: 'bad-arguments',
    detail: `"${answer}" is not one of the choices. Enter shows them, /cancel goes back to the chat.`,
  })
}

function targetName(context: Context): string | undefined {
  const target = targetIfAny(context)
  const { person } = context.terminal
  return person && target && !isGone(person, target) ? target.name : undefined
}

/** Asks the questions of the choice and runs its command. */
async function take(context: Context, { args, asks = [], command: name, first }: Choice): Promise<Reply> {
  const { terminal } = context
  if (first !== undefined) terminal.show(await runLine(context, first))
  const answers: string[] = []
  for (const { text, mayBeEmpty = false, check } of asks)
    answers.push(await terminal.ask(text, { mayBeEmpty, check: (answer) => check(answer, context) }))
  return runLine(context, args ? `${name} ${args(answers)}` : name)
}

/** Shows a failure, and goes back to the menu. */
async function attempt(context: Context, act: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    context.terminal.showFailure(error.problem)
    return undefined
  }
}

/** Runs a line, without its slash, at its usual cost. */
async function runLine(context: Context, line: string): Promise<Reply> {
  const [, name = '', text = ''] = /^(\S*) ?(.*)$/s.exec(line) ?? []
  if (name.toLowerCase() === 'menu') return { code: 'menu-left' }
  const command = context.catalog.find(name)
  if (!command) throw fail({ code: 'unknown-command', command: name, nearest: context.catalog.nearest(name) })
  await context.terminal.pay(command.cost)
  const run = () => command.execute(context, text)
  return command.payload ? context.terminal.withPayload(run) : run()
}

function anything(answer: string): string {
  return answer.trim()
}

/** A second word would be another argument of the line; c alone goes back, as in the list. */
function oneWord(answer: string): string {
  const text = answer.trim()
  if (text.toLowerCase() === 'c') throw fail({ code: 'cancelled' })
  if (text === '') throw fail({ code: 'bad-arguments', detail: 'Type a name.' })
  if (/^\S+$/.test(text)) return text
  throw fail({ code: 'bad-arguments', detail: `"${text}" is not one word. /cancel goes back to the list.` })
}

/** People may leave the # out here. */
function channel(answer: string): string {
  const name = oneWord(answer)
  return name.startsWith('#') ? name : `#${name}`
}

function freeNick(answer: string, { guests, terminal }: Context): string {
  const nick = answer.trim().replace(/^~/, '')
  const { address, formerly, person } = terminal
  const from = person?.kind === 'guest' ? person : { origin: guests.originOf(address), formerly }
  return nick === '' ? nick : guests.checkFree(nick, from)
}

function yesOrNo(answer: string): string {
  const text = answer.trim().toLowerCase()
  if (meansYes(text)) return 'yes'
  if (text === 'n' || text === 'no') return 'no'
  throw fail({ code: 'bad-arguments', detail: `"${answer.trim()}" is neither yes nor no.` })
}
