import { nearest } from '../lib/nearest.ts'
import away from './away.ts'
import back from './back.ts'
import cancel from './cancel.ts'
import channels from './channels.ts'
import color from './color.ts'
import type { Catalog, Command } from './command.ts'
import create from './create.ts'
import deleteaccount from './deleteaccount.ts'
import email from './email.ts'
import format from './format.ts'
import help from './help.ts'
import history from './history.ts'
import hold from './hold.ts'
import inbox from './inbox.ts'
import join from './join.ts'
import leave from './leave.ts'
import login from './login.ts'
import logout from './logout.ts'
import me from './me.ts'
import members from './members.ts'
import msg from './msg.ts'
import mydata from './mydata.ts'
import nick from './nick.ts'
import passwd from './passwd.ts'
import ping from './ping.ts'
import profile from './profile.ts'
import quit from './quit.ts'
import recover from './recover.ts'
import search from './search.ts'
import signup from './signup.ts'
import switchTo from './switch.ts'
import time from './time.ts'
import token from './token.ts'
import topic from './topic.ts'
import who from './who.ts'
import whois from './whois.ts'

/** Every command, in the order in which /help shows them. */
export const commands: readonly Command[] = [
  signup,
  login,
  nick,
  logout,
  passwd,
  recover,
  profile,
  email,
  token,
  mydata,
  deleteaccount,
  who,
  whois,
  away,
  back,
  quit,
  channels,
  join,
  create,
  leave,
  members,
  topic,
  msg,
  me,
  switchTo,
  inbox,
  history,
  search,
  help,
  format,
  time,
  color,
  hold,
  ping,
  cancel,
]

/** Looks commands up by name or alias, in any case. */
export function catalogOf(all: readonly Command[]): Catalog {
  const byName = new Map(
    all.flatMap((command) => [command.name, ...command.aliases].map((name) => [name, command] as const)),
  )
  return {
    all,
    find: (name) => byName.get(name.toLowerCase()),
    nearest: (name) => nearest(name.toLowerCase(), byName.keys()),
  }
}
