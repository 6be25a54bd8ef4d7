/** A line that the log can have. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error' | 'fatal'
  readonly message: string
  /** The fields besides level, time and message; a question mark means that the field may be missing. */
  readonly fields: readonly string[]
  readonly means: string
  /** What an operator should do; only for lines that report a problem. */
  readonly todo?: string
  /** Somebody was refused something: operators are not told of it at login as a warning. */
  readonly refusal?: true
  /** Anybody can cause this line at no cost: many of them from one address in a minute are counted. */
  readonly free?: true
}

const look = 'This is a defect: report it with the line.'
const disk = 'Check whether the disk is full or broken; `err` has the error of the database.'

/** Every line that the log can have. A test compares it with the code. */
export const logLines: readonly LogLine[] = [
  {
    level: 'info',
    message: 'starting',
    fields: ['version', 'config', 'data'],
    means: 'The server starts, with this configuration file (or `none`) and this data directory.',
  },
  {
    level: 'warn',
    message: 'time zone of the machine is unknown, times are in UTC',
    fields: ['TZ?'],
    means: 'Node does not know the zone of the environment (`TZ`) or of the machine.',
    todo: 'Set `terminal.timeZone`, or `TZ`, to a name like `Europe/Berlin`.',
  },
  {
    level: 'warn',
    message: 'a file that looks like the configuration is not used',
    fields: ['files'],
    means: 'The server does not read this file: no option names it, and it is not `config/partyline.yaml`.',
    todo: 'Name it with `--config` or `PARTYLINE_CONFIG`, rename it, or remove it.',
  },
  {
    level: 'info',
    message: 'there was no database, a new one is made',
    fields: ['file'],
    means: 'The data directory is new, or is the wrong one.',
  },
  {
    level: 'warn',
    message: 'what is left of another database is not used',
    fields: ['files', 'count'],
    means:
      'The server has made a new database beside parts of another one: copies from before updates, databases with other names, or files.',
    todo: 'If you did not want a new database, stop the server, move the new one away, and put the old one back as `partyline.db`.',
  },
  {
    level: 'info',
    message: 'listening',
    fields: ['host', 'port', 'telnet', 'tls'],
    means: 'A listener is open. The server is ready when all of them are.',
  },
  {
    level: 'info',
    message: 'listening for HTTP',
    fields: ['host', 'port'],
    means: 'The server answers health checks and metrics here (`http.listen`).',
  },
  {
    level: 'info',
    message: 'the page is there',
    fields: ['url', 'host', 'port', 'tls'],
    means: 'The server has its page for browsers here (`web.listen`); `url` opens it on this machine.',
  },
  {
    level: 'warn',
    message: 'no page, its port is taken',
    fields: ['host', 'port', 'why'],
    means:
      'Something else listens on the default port of the page for browsers, and `web.listen` names no other.',
    todo: 'Set `web.listen` to another port, or to `[]` if you want no page.',
  },
  {
    level: 'warn',
    message: 'no such ticket',
    fields: ['address'],
    means: 'A browser wanted to stay logged in by a ticket that is not good, used or too old.',
    todo: 'Once, nothing: whoever it was logs in again. If many come from one address, ban it.',
    refusal: true,
    free: true,
  },
  {
    level: 'info',
    message: 'stopping',
    fields: ['reason'],
    means: 'The server was told to stop, and tells everybody.',
  },
  { level: 'info', message: 'stopped', fields: [], means: 'Everything is stored and closed.' },
  {
    level: 'info',
    message: 'reloaded',
    fields: ['changed', 'kept'],
    means: 'The server has read the configuration again. `kept` lists changed settings that need a restart.',
  },
  {
    level: 'info',
    message: 'operator',
    fields: ['action', 'name'],
    means: "Somebody used the operator's command line; `name` is the person concerned.",
  },
  {
    level: 'info',
    message: 'database is updated; it was copied before',
    fields: ['copy'],
    means: 'A newer version has changed the schema. To go back, use `copy`.',
  },
  {
    level: 'info',
    message: 'database is updated; there is a copy from before',
    fields: ['copy'],
    means: 'The same, after an earlier attempt that did not finish.',
  },
  {
    level: 'info',
    message: 'channels of guests closed',
    fields: ['channels'],
    means: 'Only guests were in these channels when the server ended, and guests do not come back.',
  },
  {
    level: 'info',
    message: 'files that were set aside are back',
    fields: ['folder', 'files'],
    means:
      'An earlier start had set these files aside; the database knows them again. `files` is their number.',
  },
  {
    level: 'warn',
    message: 'unknown files set aside',
    fields: ['folder', 'files'],
    means:
      'The database does not know these files (`files` is their number): it is older than they are, or the server was interrupted. They are in `folder`, which is `aside-` with the day.',
    todo: 'If you put the right database back, they come back by themselves at the next start. Otherwise look at them and remove them.',
  },
  {
    level: 'warn',
    message: 'files of channels or people that are not there are left alone',
    fields: ['files'],
    means:
      'The database has files of channels or accounts that are missing from it. Nobody gets these files.',
    todo: 'The database is damaged: restore a backup.',
  },
  {
    level: 'error',
    message: 'data directory was removed or replaced',
    fields: ['files'],
    means:
      'The database or the lock that this server has open was moved, removed or replaced. The server continues, but what it stores now may be lost when it ends, and another server could start beside it.',
    todo: 'Put back what was moved away before you stop this server: see docs/operating.md.',
  },
  {
    level: 'info',
    message: 'data directory is back',
    fields: [],
    means: 'The removed or replaced files are in their place again.',
  },
  {
    level: 'warn',
    message: 'a restore that was killed is finished',
    fields: ['data'],
    means:
      'A `partyline restore` or `import` into this directory was killed in its last step. Everything had been checked, and is now in its place.',
    todo: 'Check with `partyline status` that this is the backup that you meant.',
  },
  {
    level: 'warn',
    message: 'a restore or import was killed before its end, nothing of it is used',
    fields: ['folders'],
    means:
      'A `partyline restore` or `import` into this directory was killed, and has left `folders`. The server uses the other data in the directory, or starts with a new database.',
    todo: 'If you still want the restore or import: stop the server, move `partyline.db` and `files` away, and run the command again, which removes the folders first. Otherwise remove the folders.',
  },
  {
    level: 'error',
    message: 'files are not those of the database, nothing is touched',
    fields: ['folder', 'why'],
    means:
      'The folder of files belongs to another database. Chat continues; the server removes no file and sets none aside.',
    todo: 'Do what `why` says. If the two belong together all the same, remove `partyline.id` in the folder, and start again.',
  },
  {
    level: 'info',
    message: 'connected',
    fields: ['address', 'connection'],
    means: 'The server accepted a connection; `connection` is its number since the start.',
    free: true,
  },
  {
    level: 'info',
    message: 'disconnected',
    fields: ['address', 'connection', 'user?', 'why'],
    means:
      'The connection is closed. `why` is `quit`, `end of input`, `connection lost`, `closed by the client`, `its request was answered` (HTTP), or the reason that the person read. `user` is the person.',
    free: true,
  },
  {
    level: 'info',
    message: 'nick',
    fields: ['address', 'connection', 'user'],
    means: 'Somebody has become a guest, or has changed nicks.',
    free: true,
  },
  {
    level: 'info',
    message: 'no TLS came of it',
    fields: ['address'],
    means: 'A TLS handshake failed: the client does not trust the certificate, or is a scanner.',
    free: true,
  },
  {
    level: 'info',
    message: 'signup',
    fields: ['address', 'connection', 'account', 'user', 'tokenName?'],
    means: 'Somebody made an account; `account` is its number.',
  },
  {
    level: 'info',
    message: 'login',
    fields: ['address', 'connection', 'account', 'user', 'tokenName?'],
    means: 'Somebody logged in; `tokenName` is the login token, if they used one.',
  },
  {
    level: 'info',
    message: 'upload',
    fields: ['address', 'file', 'bytes'],
    means: 'A file has arrived completely; `file` is its number.',
  },
  {
    level: 'info',
    message: 'upload broken off',
    fields: ['address', 'file', 'bytes'],
    means: 'An upload ended after `bytes` bytes, and can continue.',
  },
  { level: 'info', message: 'download', fields: ['address', 'file', 'bytes'], means: 'A file was fetched.' },
  {
    level: 'info',
    message: 'download broken off',
    fields: ['address'],
    means: 'The client closed the connection before the end of the file.',
    free: true,
  },
  {
    level: 'info',
    message: 'transfer broken off',
    fields: ['address'],
    means: 'An upload or a download by HTTP broke off.',
    free: true,
  },
  {
    level: 'warn',
    message: 'login failed',
    fields: ['address', 'command'],
    means: 'A wrong password, token or recovery code.',
    todo: 'A few are normal. The server slows down guessing by itself; `/logins` shows who guesses, and `/banaddress` or fail2ban (below) stops it.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'sign-up has to wait',
    fields: ['address', 'command'],
    means: 'People at this address have made many accounts within an hour, and want one more.',
    todo: 'Nothing, if it is a school. Otherwise `/banaddress`. `limits.signupsPerHour` sets the limit.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'login has to wait',
    fields: ['address', 'command'],
    means: 'Somebody who failed too often keeps trying; the server does not check the password.',
    todo: 'As for `login failed`. If you know the person, `/logins clear NAME`.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'banned address',
    fields: ['address'],
    means: 'The server refused a connection from a banned address.',
    todo: 'Nothing; `/banaddress` lists the bans.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'upload refused',
    fields: ['address'],
    means: 'The token was wrong or expired, or the file was too large.',
    todo: 'Nothing. Many of these lines from one address mean that somebody guesses tokens.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'download refused',
    fields: ['address'],
    means: 'The token was wrong or expired.',
    todo: 'As for `upload refused`.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'transfer refused',
    fields: ['address'],
    means: 'An upload or a download by HTTP was refused.',
    todo: 'As for `upload refused`.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'server full',
    fields: ['address'],
    means: '`limits.connections` is reached; the server refused a connection.',
    todo: 'Raise this limit and that of open files, or find out who holds the connections.',
    free: true,
  },
  {
    level: 'warn',
    message: 'no proxy header',
    fields: ['address'],
    means:
      'A client that is not a proxy, or a proxy that does not send the header, connected to a listener with `proxy`.',
    todo: 'Make the proxy send the header, and let nobody else reach that port.',
    free: true,
  },
  {
    level: 'warn',
    message: 'too many connections from address',
    fields: ['address'],
    means:
      'The server refused a connection: `limits.connectionsPerAddress` (without a login) or `limits.membersPerAddress` (with one) is reached.',
    todo: 'If a school or a company is behind that address, raise the limit.',
    free: true,
  },
  {
    level: 'warn',
    message: 'reader too slow, connection closed',
    fields: ['address'],
    means: 'More than `limits.sendQueueBytes` waited unread. A member sees all of it at the next login.',
    todo: 'Nothing for a single line. If it is always the same bot, that bot does not read.',
  },
  {
    level: 'warn',
    message: 'messages could not be indexed for /search',
    fields: ['err'],
    means: '`/search` does not find the newest messages yet; the server tries again.',
    todo: disk,
  },
  {
    level: 'warn',
    message: 'no write-ahead log on this file system: a long search will hold up messages',
    fields: ['file'],
    means: 'SQLite cannot use its write-ahead log there; network drives are an example.',
    todo: 'Move the data directory to a local disk.',
  },
  {
    level: 'warn',
    message: 'others could read what the server keeps; now they cannot',
    fields: ['count', 'names'],
    means:
      'Other users of the machine could read the database or files, for example after somebody copied them by hand. The server has taken these rights away.',
    todo: 'If somebody else may have read them: set new passwords and make new tokens (`/token`). Otherwise nothing.',
  },
  {
    level: 'warn',
    message: 'others can read what the server keeps',
    fields: ['count', 'names'],
    means: 'The same, but the server cannot take the rights away, because the files belong to another user.',
    todo: 'As root: `chown -R` to the user of the server, `chmod -R go=` the data directory.',
  },
  {
    level: 'warn',
    message: 'warning of Node.js',
    fields: ['err'],
    means: 'A warning of Node.js, for example about a function that a later version will not have.',
    todo: 'Nothing, if it is about an old function; otherwise report it.',
  },
  {
    level: 'warn',
    message: 'database library',
    fields: ['detail'],
    means: 'A message of the database library.',
    todo: look,
  },
  {
    level: 'error',
    message: 'command failed',
    fields: ['err', 'command'],
    means: 'A command failed, and the person was told so: nothing could be stored, or there is a defect.',
    todo: `${disk} If it is not an error of the database: ${look.toLowerCase()}`,
  },
  {
    level: 'error',
    message: 'disk nearly full',
    fields: ['free', 'limit'],
    means:
      'The disk has `free` bytes left, less than `store.freeSpaceBytes`: nobody can say or create anything.',
    todo: 'Make room on the disk, or make the disk larger. The server then continues by itself within five seconds.',
  },
  {
    level: 'info',
    message: 'disk has room',
    fields: ['free', 'limit'],
    means: 'The disk has enough room again, and people can talk.',
  },
  {
    level: 'error',
    message: 'disk not looked at',
    fields: ['err'],
    means: 'The system does not say how full the disk is. The server assumes that nothing has changed.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'something was thrown',
    fields: ['err', 'where'],
    means:
      'A defect affected one connection, one event or one timer. The person concerned was told, and nobody else notices. `where` is `connection` (setting it up, or reading from it), `session`, `delivery`, `rendering`, `timer`, `turn` (the end of a turn of the event loop) or `task`.',
    todo: look,
  },
  {
    level: 'error',
    message: 'listener failed',
    fields: ['err', 'port'],
    means:
      'The server could not accept a connection, mostly because too many files are open. The listener continues.',
    todo: 'Raise the limit of open files (`LimitNOFILE=`), or lower `limits.connections`.',
  },
  {
    level: 'error',
    message: 'transfer failed',
    fields: ['err'],
    means: 'The same, for an upload or a download.',
    todo: 'As for `listener failed`.',
  },
  {
    level: 'error',
    message: 'no thread for passwords',
    fields: ['err'],
    means:
      'A thread that compares passwords did not start, or ended. People who log in by password are told to try later; nobody else is affected.',
    todo: '`err` says why. Either there are no open files or threads left (`LimitNOFILE`, `TasksMax`), or the program was replaced while it ran: restart it.',
  },
  {
    level: 'error',
    message: 'guest left with an error',
    fields: ['err'],
    means:
      'A guest has left, and the channel that only they were in could not be closed. The next start closes it.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'seen not stored',
    fields: ['err'],
    means:
      'The server could not store which messages people have seen. It tries again in half a minute; after a crash they would see some lines twice.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'files are gone',
    fields: ['files', 'count'],
    means:
      'The bytes of `count` files are missing or damaged on the disk; `files` are the numbers of the first ones. Nobody gets these files.',
    todo: 'Check whether the disk is mounted; `partyline status` names the files. A backup may have them: docs/operating.md.',
  },
  {
    level: 'error',
    message: 'bytes of files not removed',
    fields: ['count'],
    means:
      '`count` files are deleted, but their bytes are still on the disk. The server tries again every minute, and writes this line again when there are more.',
    todo: 'Check whether the server can write to the folder of files, and whether the disk is broken or mounted read-only.',
  },
  {
    level: 'error',
    message: 'files not cleared',
    fields: ['err'],
    means: 'Expired files could not be removed. Nobody gets them, and the server tries again in a minute.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'no metrics',
    fields: ['err'],
    means: 'The server could not answer a request for `/metrics`; the chat continues.',
    todo: 'This is a defect: report it with `err`.',
  },
  {
    level: 'warn',
    message: 'files had the id of another database, and are taken over',
    fields: ['folder'],
    means:
      'Somebody put back an older copy of the database, which was then updated again and got another id. The folder has files that this database knows, so it belongs to the database.',
    todo: 'Check that this is the database that you meant.',
  },
  {
    level: 'info',
    message: 'old files removed',
    fields: ['files'],
    means: 'Files older than `files.keepHours`, or expired tickets for files, were removed.',
  },
  {
    level: 'warn',
    message: 'clock has jumped ahead, nothing is removed for its age',
    fields: ['now', 'aheadHours'],
    means:
      'The clock is more than a day ahead of the last time that the server ran, or was set ahead while it runs. Expired files, tickets and messages stay until the server has run for a day with this clock.',
    todo: 'Set the clock right. If it is right (the server was off for days), wait, or `partyline prune --clock-is-right`.',
  },
  {
    level: 'info',
    message: 'clock is believed again',
    fields: ['now'],
    means:
      'The clock is right again, has been the same for a day, or an operator has confirmed it: expired files and messages are removed.',
  },
  {
    level: 'error',
    message: 'clock not remembered',
    fields: ['err'],
    means: 'The server could not store the time of the clock; it tries again in a minute.',
    todo: disk,
  },
  {
    level: 'info',
    message: 'old messages removed',
    fields: ['messages'],
    means: 'Messages older than `history.keepDays` were removed.',
  },
  {
    level: 'error',
    message: 'old messages not removed',
    fields: ['err'],
    means:
      'Messages older than `history.keepDays` could not be removed. They are still there, and the server tries again in an hour.',
    todo: disk,
  },
  {
    level: 'info',
    message: 'old browser sessions removed',
    fields: ['browsers'],
    means: 'Browsers that were signed in and did not come back for 90 days are signed in no more.',
  },
  {
    level: 'error',
    message: 'old browser sessions not removed',
    fields: ['err'],
    means:
      'Browser sessions that nobody used for 90 days could not be removed. Nobody can sign in with them all the same, and the server tries again in an hour.',
    todo: disk,
  },
  {
    level: 'warn',
    message: 'look after a certificate',
    fields: ['problem'],
    means:
      'A certificate has expired, is not valid yet, expires within two weeks, or its chain is in the wrong order.',
    todo: '`problem` names the certificate and the problem. Renew the certificate, and run `partyline reload`.',
  },
  {
    level: 'error',
    message: 'not reloaded',
    fields: ['why'],
    means: 'The configuration or a certificate cannot be used. Everything stays as before.',
    todo: '`why` says what is wrong and where; `partyline check-config` checks without changing anything.',
  },
  {
    level: 'error',
    message: 'operator',
    fields: ['err', 'action'],
    means: "A command of the operator's command line failed because of an error in the server.",
    todo: look,
  },
  {
    level: 'fatal',
    message: 'ended by a defect',
    fields: ['err'],
    means: 'An exception was not caught, and the process ends with code 1 or 7.',
    todo: look,
  },
  {
    level: 'fatal',
    message: 'stopping failed',
    fields: ['err'],
    means: 'Not everything could be stored or closed; the process ends with code 1.',
    todo: `${disk} The next start continues with the data on disk.`,
  },
]
