import { editsBetween, nearest } from '../lib/nearest.ts'
import accept from './accept.ts'
import adduser from './adduser.ts'
import away from './away.ts'
import back from './back.ts'
import ban from './ban.ts'
import banaddress from './banaddress.ts'
import bell from './bell.ts'
import block from './block.ts'
import blocks from './blocks.ts'
import cancel from './cancel.ts'
import channels from './channels.ts'
import charset from './charset.ts'
import chat from './chat.ts'
import color from './color.ts'
import type { Catalog, Command } from './command.ts'
import contact from './contact.ts'
import contacts from './contacts.ts'
import create from './create.ts'
import deleteMessage from './delete.ts'
import deleteaccount from './deleteaccount.ts'
import deluser from './deluser.ts'
import demote from './demote.ts'
import edit from './edit.ts'
import editor from './editor.ts'
import email from './email.ts'
import end from './end.ts'
import filedelete from './filedelete.ts'
import fileget from './fileget.ts'
import filepaste from './filepaste.ts'
import files from './files.ts'
import filesend from './filesend.ts'
import format from './format.ts'
import get from './get.ts'
import help from './help.ts'
import history from './history.ts'
import hold from './hold.ts'
import inbox from './inbox.ts'
import invite from './invite.ts'
import invitecode from './invitecode.ts'
import join from './join.ts'
import kill from './kill.ts'
import leave from './leave.ts'
import login from './login.ts'
import logins from './logins.ts'
import logout from './logout.ts'
import me from './me.ts'
import members from './members.ts'
import mentions from './mentions.ts'
import menu from './menu.ts'
import more from './more.ts'
import msg from './msg.ts'
import mute from './mute.ts'
import mydata from './mydata.ts'
import nick from './nick.ts'
import notice from './notice.ts'
import notices from './notices.ts'
import overview from './overview.ts'
import passwd from './passwd.ts'
import paste from './paste.ts'
import ping from './ping.ts'
import privateCommand from './private.ts'
import profile from './profile.ts'
import promote from './promote.ts'
import put from './put.ts'
import quiet from './quiet.ts'
import quit from './quit.ts'
import r from './r.ts'
import read from './read.ts'
import recover from './recover.ts'
import reject from './reject.ts'
import reload from './reload.ts'
import remove from './remove.ts'
import rename from './rename.ts'
import requests from './requests.ts'
import { say } from './say.ts'
import search from './search.ts'
import session from './session.ts'
import setoperator from './setoperator.ts'
import setpassword from './setpassword.ts'
import signup from './signup.ts'
import stats from './stats.ts'
import switchTo from './switch.ts'
import time from './time.ts'
import token from './token.ts'
import topic from './topic.ts'
import transfer from './transfer.ts'
import typing from './typing.ts'
import unban from './unban.ts'
import unbanaddress from './unbanaddress.ts'
import unblock from './unblock.ts'
import unmute from './unmute.ts'
import unread from './unread.ts'
import users from './users.ts'
import who from './who.ts'
import whois from './whois.ts'

/** All commands, in the order of /help. */
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
  session,
  mydata,
  deleteaccount,
  who,
  whois,
  away,
  back,
  quiet,
  quit,
  channels,
  join,
  create,
  leave,
  members,
  topic,
  rename,
  privateCommand,
  invite,
  requests,
  accept,
  reject,
  remove,
  ban,
  unban,
  mute,
  unmute,
  promote,
  demote,
  transfer,
  msg,
  r,
  me,
  paste,
  edit,
  deleteMessage,
  switchTo,
  chat,
  end,
  overview,
  unread,
  read,
  inbox,
  mentions,
  history,
  search,
  contact,
  contacts,
  block,
  unblock,
  blocks,
  invitecode,
  notices,
  filesend,
  filepaste,
  files,
  fileget,
  filedelete,
  put,
  get,
  notice,
  adduser,
  deluser,
  users,
  setoperator,
  setpassword,
  kill,
  logins,
  banaddress,
  unbanaddress,
  stats,
  reload,
  help,
  menu,
  format,
  time,
  color,
  charset,
  hold,
  editor,
  bell,
  ping,
  more,
  cancel,
  typing,
]

/** Looks commands up by name or alias, in any case. */
export function catalogOf(all: readonly Command[]): Catalog {
  const byName = new Map(
    all.flatMap((command) => [command.name, ...command.aliases].map((name) => [name, command] as const)),
  )
  return {
    all,
    say,
    find: (name) => byName.get(name.toLowerCase()),
    nearest(name) {
      const word = name.toLowerCase()
      const harmless = [...byName].filter(
        ([known, { harm }]) => !harm || (harm === 'ends' && editsBetween(word, known) <= 1),
      )
      return nearest(
        word,
        harmless.map(([known]) => known),
      )
    },
  }
}
