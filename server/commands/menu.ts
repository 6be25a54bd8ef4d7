import { Failure, fail } from '../chat/failures.ts'
import type { Reply } from '../chat/replies.ts'
import { type Context, command } from './command.ts'

/** A question, and what makes a part of a line of its answer; throws a Failure if the answer will not do. */
interface Ask {
  readonly text: string
  readonly check: (answer: string) => string
}

/** One choice of the menu: what it is called, what it asks, and the line that it makes of the answers. */
interface Choice {
  readonly label: string
  readonly asks: readonly Ask[]
  readonly line: (answers: readonly string[]) => string
  /** A command whose answer one has to see first. */
  readonly first?: string
  /** Whether one goes on outside of the menu. */
  readonly leaves?: true
}

const group: Ask = { text: 'Name of the group: ', check: channel }

const choices: readonly Choice[] = [
  {
    label: 'Create a group',
    asks: [
      group,
      { text: 'Private? yes or no: ', check: yesOrNo },
      { text: 'Whom to invite (names or numbers, Enter for nobody): ', check: anything },
    ],
    line: ([name = '', isPrivate = '', names = '']) =>
      `create ${name}${isPrivate === 'yes' ? ' private' : ''} ${names}`,
  },
  { label: 'Join a group', asks: [group], line: ([name = '']) => `join ${name}` },
  {
    label: 'Invite people into a group',
    asks: [group, { text: 'Whom (names or numbers): ', check: anything }],
    line: ([name = '', names = '']) => `invite ${name} ${names}`,
  },
  {
    label: 'Remove somebody from a group',
    asks: [group, { text: 'Whom (name or number): ', check: oneWord }],
    line: ([name = '', who = '']) => `remove ${name} ${who}`,
  },
  {
    label: 'Change the admin of a group',
    asks: [group, { text: 'Who is the new admin (name or number): ', check: oneWord }],
    line: ([name = '', who = '']) => `transfer ${name} ${who}`,
  },
  {
    label: 'Members of a group',
    asks: [group],
    line: ([name = '']) => `members ${name}`,
  },
  {
    label: 'Send a message',
    asks: [
      { text: 'To whom (a name, or a group as #name): ', check: oneWord },
      { text: 'Message: ', check: anything },
    ],
    line: ([to = '', text = '']) => `msg ${to} ${text}`,
  },
  {
    label: 'Private talk',
    first: 'chat',
    asks: [{ text: 'With whom (name or number): ', check: oneWord }],
    line: ([name = '']) => `chat ${name}`,
    leaves: true,
  },
  { label: 'My messages', asks: [], line: () => 'inbox' },
  { label: 'My requests', asks: [], line: () => 'requests' },
  {
    label: 'Accept a request',
    first: 'requests',
    asks: [{ text: 'Number of the request: ', check: oneWord }],
    line: ([number = '']) => `accept ${number}`,
  },
  {
    label: 'Reject a request',
    first: 'requests',
    asks: [{ text: 'Number of the request: ', check: oneWord }],
    line: ([number = '']) => `reject ${number}`,
  },
  { label: 'My profile', asks: [], line: () => 'profile' },
  { label: 'My contacts', asks: [], line: () => 'contacts' },
  {
    label: 'Add a contact',
    asks: [{ text: 'Whom (name or number): ', check: oneWord }],
    line: ([name = '']) => `contact add ${name}`,
  },
  { label: 'Who is online', asks: [], line: () => 'who' },
  {
    label: 'Send a file',
    asks: [
      { text: 'To whom (a name, or a group as #name): ', check: oneWord },
      { text: 'Name of the file: ', check: anything },
    ],
    line: ([to = '', name = '']) =>
      `filesend ${to.startsWith('#') ? to : `@${to.replace(/^@/, '')}`} ${name}`,
  },
]

const listing = [
  ...choices.map(({ label }, index) => ({ key: String(index + 1), label })),
  { key: 'c', label: 'Back to the chat' },
  { key: 'q', label: 'Go offline' },
]

export default command({
  name: 'menu',
  area: 'other',
  who: 'member',
  cost: 2,
  args: {},
  summary: 'Choose what to do from a numbered list, and be asked for what it needs.',
  help: 'After each choice the list comes again; c or /cancel goes back to the chat.',
  data: '{}',
  fails: [],
  async run(context) {
    const { terminal } = context
    for (;;) {
      terminal.show({ code: 'menu', choices: listing })
      const key = await terminal.ask('Your choice: ', { check: keyOf })
      if (key === 'c') return { code: 'menu-left' }
      if (key === 'q') {
        terminal.leave(undefined)
        return { code: 'goodbye' }
      }
      const choice = choices[Number(key) - 1]
      const reply = choice && (await take(context, choice))
      if (!reply) continue
      if (choice.leaves) return reply
      terminal.show(reply)
    }
  },
})

function keyOf(answer: string): string {
  const key = answer.trim().toLowerCase()
  if (!listing.some((entry) => entry.key === key))
    throw fail({
      code: 'bad-arguments',
      detail: `"${answer}" is not one of the choices. /cancel goes back to the chat.`,
    })
  return key
}

/** Asks what the choice needs and does it; what does not work is shown, and leads back to the menu. */
async function take(context: Context, { asks, first, line }: Choice): Promise<Reply | undefined> {
  const { terminal } = context
  try {
    if (first !== undefined) terminal.show(await perform(context, first))
    const answers: string[] = []
    for (const { text, check } of asks) answers.push(await terminal.ask(text, { check }))
    return await perform(context, line(answers))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    terminal.showFailure(error.problem)
    return undefined
  }
}

/** Does what a line would do, without its slash, and costs what that costs. */
async function perform(context: Context, line: string): Promise<Reply> {
  const space = line.indexOf(' ')
  const name = space < 0 ? line : line.slice(0, space)
  const command = context.catalog.find(name)
  if (!command) throw fail({ code: 'unknown-command', command: name })
  await context.terminal.pay(command.cost)
  return command.execute(context, space < 0 ? '' : line.slice(space + 1))
}

function anything(answer: string): string {
  return answer.trim()
}

/** A second word would be another argument of the line. */
function oneWord(answer: string): string {
  const text = answer.trim()
  if (/^\S+$/.test(text)) return text
  throw fail({ code: 'bad-arguments', detail: `"${text}" is not one word. /cancel goes back to the list.` })
}

/** People may leave the # out here. */
function channel(answer: string): string {
  const name = oneWord(answer)
  return name.startsWith('#') ? name : `#${name}`
}

function yesOrNo(answer: string): string {
  const text = answer.trim().toLowerCase()
  if (text === 'y' || text === 'yes') return 'yes'
  if (text === 'n' || text === 'no') return 'no'
  throw fail({ code: 'bad-arguments', detail: `"${answer.trim()}" is neither yes nor no.` })
}
