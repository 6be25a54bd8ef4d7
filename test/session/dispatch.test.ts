import t from 'tap'
import type { Context } from '../../server/commands/command.ts'
import { catalogOf, commands } from '../../server/commands/index.ts'
import { dispatch } from '../../server/session/dispatch.ts'

const catalog = catalogOf(commands)

/** What dispatch looks at: who types, with a token or without, and which names there are. */
function contextOf({ token = false } = {}): Context {
  return {
    catalog,
    directory: { find: (name: string) => (name === 'anna' ? {} : undefined) },
    terminal: { grant: token ? {} : undefined, person: {}, manner: { typed: true } },
  } as unknown as Context
}

function movesAfter(command: string, text: string, context = contextOf()): boolean | undefined {
  return dispatch(context, { command, text }).moves
}

t.test('a mistyped command may have been meant to choose another target', async (t) => {
  t.equal(catalog.nearest('jion'), 'join')
  t.ok(movesAfter('jion', '#tea'), 'it is close to one that chooses')
  t.ok(movesAfter('pasete', ''), 'and what comes behind it may be a payload')
  t.equal(catalog.nearest('whoo'), 'who')
  t.ok(movesAfter('whoo', 'anna'), 'also where the nearest one chooses none: it names a person')
  t.ok(movesAfter('whoo', '#tea'), 'or a channel')
  t.notOk(movesAfter('whoo', 'weather'), 'it names nobody')
  t.notOk(movesAfter('whoo', '#tea', contextOf({ token: true })), 'a script means what it writes')
  t.ok(movesAfter('jion', '#tea', contextOf({ token: true })), 'but for its commands')
})
