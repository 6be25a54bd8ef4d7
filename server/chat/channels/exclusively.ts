import { fail } from '../model/failures.ts'
import type { Channel } from '../model/people.ts'

/** Runs a change of members or roles of a channel, one at a time for each channel. Throws `no-such-channel` if it is closed. */
export function exclusively<T>(channel: Channel, task: () => Promise<T>): Promise<T> {
  return channel.mutex.run(() => {
    if (channel.removed) throw fail({ code: 'no-such-channel', channel: channel.name, mayCreate: false })
    return task()
  })
}
