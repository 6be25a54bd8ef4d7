import type { Overrides } from '../support/server.ts'
import { passwordOf, type Stage } from './cast.ts'

/** One line to try, as somebody would sensibly type it on this stage. */
export interface Sample {
  readonly line: string
  /** How the line stands in the table, where it holds what is different each time. */
  readonly shown?: string
  /** Lines that lead up to it; what comes of them does not matter. */
  readonly before?: readonly string[]
  /** The answers to the questions that the command asks. */
  readonly answers?: readonly string[]
  /** Settings under which it makes sense at all. */
  readonly config?: Overrides
}

const newPassword = ['long enough', 'long enough']

/** By the command's name; what is said without a command stands at ''. A command may have several. */
export function samplesOn({ recoveryCode }: Stage): Readonly<Record<string, readonly Sample[]>> {
  return {
    signup: [{ line: '/signup nina', answers: newPassword }],
    login: [{ line: `/login carl ${passwordOf('carl')}`, shown: '/login carl PASSWORD' }],
    nick: [{ line: '/nick nina' }],
    logout: [{ line: '/logout' }],
    passwd: [{ line: '/passwd', answers: [own, ...newPassword] }],
    recover: [
      { line: `/recover bob ${recoveryCode}`, shown: '/recover bob CODE', answers: newPassword },
      { line: '/recover bob WRONG-CODE', answers: newPassword },
    ],
    profile: [{ line: '/profile' }, { line: '/profile bob' }],
    email: [{ line: '/email anna@example.org' }],
    token: [{ line: '/token' }, { line: '/token ci' }, { line: '/token ci write #tea' }],
    session: [
      { line: '/session' },
      { line: '/session list' },
      { line: '/session end others' },
      { line: '/session ticket' },
    ],
    overview: [{ line: '/overview' }],
    typing: [{ line: '/typing on' }, { line: '/typing #tea' }, { line: '/typing bob' }],
    mydata: [{ line: '/mydata' }, { line: '/mydata file' }],
    deleteaccount: [{ line: '/deleteaccount', answers: [own] }],
    who: [{ line: '/who' }],
    whois: [{ line: '/whois bob' }],
    away: [{ line: '/away lunch' }],
    back: [{ line: '/back' }],
    quit: [{ line: '/quit' }],
    channels: [{ line: '/channels' }],
    join: [{ line: '/join #tea' }, { line: '/join #den' }, { line: '/join #cups' }, { line: '/join #new' }],
    create: [{ line: '/create #new' }, { line: '/create #tea' }],
    leave: [{ line: '/leave #tea' }],
    members: [{ line: '/members #tea' }],
    rename: [
      { line: '/rename #tea #green' },
      { line: '/rename #lobby #hall' },
      { line: '/rename bob robert' },
    ],
    private: [{ line: '/private #tea on' }, { line: '/private #den off', answers: ['yes'] }],
    topic: [{ line: '/topic #tea' }, { line: '/topic #tea Green only' }, { line: '/topic #lobby Hello' }],
    invite: [{ line: '/invite #tea carl' }, { line: '/invite #tea dora' }],
    requests: [{ line: '/requests' }],
    accept: [{ line: '/accept 2' }],
    reject: [{ line: '/reject 2' }],
    remove: [{ line: '/remove #tea bob' }, { line: '/remove #tea mona' }, { line: '/remove #tea lea' }],
    ban: [
      { line: '/ban #tea' },
      { line: '/ban #tea bob' },
      { line: '/ban #tea lea' },
      { line: '/ban #tea guests' },
    ],
    unban: [
      { line: '/unban #tea dora' },
      { line: '/unban #tea guests', shown: '/unban #tea guests (who are not banned)' },
    ],
    mute: [{ line: '/mute #tea bob 10m' }, { line: '/mute #tea lea' }],
    unmute: [
      { line: '/unmute #tea emil' },
      { line: '/unmute #tea anna', shown: '/unmute #tea anna (oneself)' },
    ],
    promote: [{ line: '/promote #tea bob' }],
    demote: [{ line: '/demote #tea mona' }],
    transfer: [{ line: '/transfer #tea bob' }],
    '': [{ line: 'hello', shown: 'hello (plain text)' }],
    r: [{ line: '/r hello' }],
    edit: [{ line: '/edit hello' }, { line: '/edit 2 hello', shown: '/edit 1 hello' }],
    delete: [{ line: '/delete' }, { line: '/delete 2', shown: '/delete 1' }],
    setoperator: [{ line: '/setoperator bob on', answers: ['yes'] }, { line: '/setoperator root off' }],
    msg: [{ line: '/msg #tea hello' }, { line: '/msg bob hello' }, { line: '/msg carl hello' }],
    me: [{ line: '/me waves' }],
    paste: [{ line: '/paste #tea', answers: ['hello', '.'] }],
    switch: [{ line: '/switch' }, { line: '/switch #tea' }, { line: '/switch bob' }],
    chat: [{ line: '/chat' }, { line: '/chat bob' }],
    end: [{ line: '/end', shown: '/end (after /chat bob)', before: ['/chat bob'] }],
    inbox: [{ line: '/inbox' }],
    unread: [{ line: '/unread' }, { line: '/unread #tea' }, { line: '/unread #tea 1' }],
    read: [{ line: '/read #tea' }],
    mentions: [{ line: '/mentions' }],
    history: [{ line: '/history #tea' }, { line: '/history bob' }],
    search: [{ line: '/search hello' }, { line: '/search hello in:#tea' }],
    contact: [
      { line: '/contact add bob' },
      {
        line: '/contact remove bob',
        shown: '/contact remove bob (after adding)',
        before: ['/contact add bob'],
      },
    ],
    contacts: [{ line: '/contacts' }, { line: '/contacts watch on' }],
    block: [{ line: '/block bob' }, { line: '/block root' }],
    unblock: [{ line: '/unblock bob', shown: '/unblock bob (after blocking)', before: ['/block bob'] }],
    blocks: [{ line: '/blocks' }],
    invitecode: [{ line: '/invitecode', config: { 'accounts.signup': 'invite' } }],
    notices: [{ line: '/notices' }],
    filesend: [{ line: '/filesend #tea cups.txt' }, { line: '/filesend @bob cups.txt' }],
    filepaste: [{ line: '/filepaste #tea cups.txt', answers: ['aGVsbG8=', '.'] }],
    files: [{ line: '/files' }, { line: '/files #tea' }],
    fileget: [
      { line: '/fileget 1', shown: '/fileget 1 (of #tea)' },
      { line: '/fileget 1 inline', shown: '/fileget 1 inline (of #tea)' },
      { line: '/fileget 2', shown: '/fileget 2 (of #den)' },
    ],
    filedelete: [
      { line: '/filedelete 1', shown: '/filedelete 1 (of lea, in #tea)' },
      { line: '/filedelete 2', shown: '/filedelete 2 (of lea, in #den)' },
    ],
    put: [{ line: '/put TOKEN 10', shown: '/put TOKEN 10 (not as a first line)', before: ['/ping'] }],
    get: [{ line: '/get TOKEN', shown: '/get TOKEN (not as a first line)', before: ['/ping'] }],
    notice: [{ line: '/notice Water is off' }],
    adduser: [{ line: '/adduser fred', answers: newPassword }],
    deluser: [{ line: '/deluser bob', answers: ['yes'] }],
    users: [{ line: '/users' }],
    setpassword: [{ line: '/setpassword bob', answers: newPassword }],
    kill: [{ line: '/kill bob' }],
    logins: [
      { line: '/logins' },
      { line: '/logins clear bob', shown: '/logins clear bob (who has not failed)' },
    ],
    stats: [{ line: '/stats' }],
    reload: [{ line: '/reload' }],
    banaddress: [{ line: '/banaddress' }, { line: '/banaddress 198.51.100.0/24' }],
    unbanaddress: [{ line: '/unbanaddress 192.0.2.0/24' }],
    help: [{ line: '/help' }, { line: '/help notice' }],
    menu: [{ line: '/menu', answers: ['c'] }],
    format: [{ line: '/format DIALECT', shown: '/format text' }],
    time: [{ line: '/time' }, { line: '/time 12 Europe/Berlin' }],
    charset: [{ line: '/charset' }, { line: '/charset utf-8' }],
    color: [{ line: '/color off' }],
    quiet: [{ line: '/quiet #tea all' }, { line: '/quiet' }],
    bell: [{ line: '/bell mentions' }],
    editor: [{ line: '/editor auto' }],
    hold: [{ line: '/hold on' }],
    ping: [{ line: '/ping' }],
    more: [{ line: '/more 1' }],
    cancel: [{ line: '/cancel' }],
  }
}

/** Stands for the password of whoever tries it. */
export const own = 'OWN PASSWORD'
