import { fail } from '../chat/model/failures.ts'
import { isZone, likelyZone, zoneName } from '../lib/zones.ts'
import { choice, optional, rest } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'time',
  area: 'other',
  who: 'visitor',
  token: 'any',
  changes: ({ clock, zone }) => (clock ?? zone) !== undefined,
  cost: 1,
  args: { clock: optional(choice('24', '12')), zone: optional(rest('ZONE')) },
  summary: 'Show the time, or set how times are shown: 24 or 12 hours, and a zone.',
  help: 'A zone has a name like Europe/Berlin or UTC. Your account remembers the setting.',
  data: '{clock, zone, now}',
  fails: [],
  async run({ clock: serverClock, ownSettings, terminal }, person, { clock, zone }) {
    if (zone !== undefined && !isZone(zone))
      throw fail({
        code: 'bad-arguments',
        detail: `There is no time zone "${zone}"; ${hintFor(zone)}`,
      })
    // Without a zone of their own, the person keeps that of the server, even if it changes.
    const chosen = {
      ...(clock === undefined ? {} : { clock }),
      ...(zone === undefined ? {} : { zone: zoneName(zone) }),
    }
    if (person?.kind === 'account' && (clock ?? zone) !== undefined)
      await ownSettings.change(person, { ...person.settings, ...chosen })
    if (chosen.clock) terminal.clock = chosen.clock
    if (chosen.zone) terminal.zone = chosen.zone
    return { code: 'time', clock: terminal.clock, zone: terminal.zone, now: serverClock.now() }
  },
})

/** What may help somebody who has typed something that is no zone. */
function hintFor(zone: string): string {
  const likely = likelyZone(zone)
  if (likely === undefined) return 'names are like Europe/Berlin.'
  return likely.startsWith('Etc/')
    ? `${likely} is that, with its sign the other way round.`
    : `did you mean ${likely}?`
}
