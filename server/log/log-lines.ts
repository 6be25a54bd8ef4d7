/** A line that the log can have. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error' | 'fatal'
  readonly message: string
  /** Besides level, time and message; with a question mark what is not always there. */
  readonly fields: readonly string[]
  readonly means: string
  /** What an operator does about it; only for what is not as it should be. */
  readonly todo?: string
  /** What others tried and were refused: operators are not told of it at login as a warning. */
  readonly refusal?: true
  /** Anybody can cause it for nothing: many of them from one address in a minute are counted. */
  readonly free?: true
}

const look = 'A defect: report it with the line.'
const disk = 'Look whether the disk is full or broken; `err` says what the database answered.'

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
    means: 'Node does not know the zone that the environment names (`TZ`), or that the machine has.',
    todo: 'Set `terminal.timeZone`, or `TZ`, to a name like `Europe/Berlin`.',
  },
  {
    level: 'warn',
    message: 'a file that looks like the configuration is not used',
    fields: ['files'],
    means: 'Nobody has named it, and it is not `config/partyline.yaml`: what it says does not hold.',
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
    means: 'A new database was made beside it: copies from before updates, databases of other names, files.',
    todo: 'If that was not meant, stop the server, move the new database away, and put the old one back as `partyline.db`.',
  },
  {
    level: 'info',
    message: 'listening',
    fields: ['host', 'port', 'telnet', 'tls'],
    means: 'A listener is open; when the last one is, the server serves.',
  },
  {
    level: 'info',
    message: 'listening for HTTP',
    fields: ['host', 'port'],
    means: 'Health checks and metrics are answered here (`http.listen`).',
  },
  {
    level: 'info',
    message: 'stopping',
    fields: ['reason'],
    means: 'The server was asked to stop, and tells everybody.',
  },
  { level: 'info', message: 'stopped', fields: [], means: 'Everything is stored and closed.' },
  {
    level: 'info',
    message: 'reloaded',
    fields: ['changed', 'kept'],
    means: 'The configuration was read again; `kept` needs a new start.',
  },
  {
    level: 'info',
    message: 'operator',
    fields: ['action', 'name'],
    means: 'Somebody used the command line of the operator; `name` is whom it was about.',
  },
  {
    level: 'info',
    message: 'database is updated; it was copied before',
    fields: ['copy'],
    means: 'A newer version has changed the schema. `copy` is the way back.',
  },
  {
    level: 'info',
    message: 'database is updated; there is a copy from before',
    fields: ['copy'],
    means: 'The same, after an attempt that did not come to its end.',
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
    means: 'The database knows so many files again that another start had set aside.',
  },
  {
    level: 'warn',
    message: 'unknown files set aside',
    fields: ['folder', 'files'],
    means:
      'So many files are not in the database: it is older than they are, or the server ended in the middle of something. They are in `folder`, in `aside-` with the day.',
    todo: 'If the right database is put back, they come back by themselves at the next start. Otherwise look at them, and remove them.',
  },
  {
    level: 'warn',
    message: 'files of channels or people that are not there are left alone',
    fields: ['files'],
    means: 'The database has files for channels or accounts that it does not have. Nobody gets them.',
    todo: 'The database is damaged: restore a backup.',
  },
  {
    level: 'error',
    message: 'data directory was removed or replaced',
    fields: ['files'],
    means:
      'The database or the lock that this server has open is not in its place any more, or another file is. It goes on; what is stored now may be nowhere when it ends, and another server could start beside it.',
    todo: 'Put back what was moved away, before this server is stopped: see docs/operating.md.',
  },
  {
    level: 'info',
    message: 'data directory is back',
    fields: [],
    means: 'What was removed or replaced there is in its place again.',
  },
  {
    level: 'warn',
    message: 'a restore that was killed is finished',
    fields: ['data'],
    means:
      'A `partyline restore` or `import` into this directory was killed in its last step; all of it had been checked, and is in its place now.',
    todo: '`partyline status`: is that the backup that was meant?',
  },
  {
    level: 'warn',
    message: 'a restore or import was killed before its end, nothing of it is used',
    fields: ['folders'],
    means:
      'A `partyline restore` or `import` into this directory was killed; `folders` are what it left. The server uses what else is in the directory, or begins anew.',
    todo: 'If the server is to have it: stop the server, move `partyline.db` and `files` away, and start the restore or import again, which clears what it left. Otherwise remove the folders.',
  },
  {
    level: 'error',
    message: 'files are not those of the database, nothing is touched',
    fields: ['folder', 'why'],
    means:
      'The folder of files and the database do not know each other. Chat goes on; no file is removed or set aside.',
    todo: 'What `why` says. If they belong together all the same, remove `partyline.id` in the folder, and start again.',
  },
  {
    level: 'info',
    message: 'connected',
    fields: ['address', 'connection'],
    means: 'A connection was taken; `connection` is its number since the start.',
    free: true,
  },
  {
    level: 'info',
    message: 'disconnected',
    fields: ['address', 'connection', 'user?', 'why'],
    means:
      'It is closed: by `quit`, `end of input`, `connection lost`, `closed by the client`, or for what its person was told. `user` is who was there.',
    free: true,
  },
  {
    level: 'info',
    message: 'nick',
    fields: ['address', 'connection', 'user'],
    means: 'Somebody is here as a guest, or goes on under another nick.',
    free: true,
  },
  {
    level: 'info',
    message: 'no TLS came of it',
    fields: ['address'],
    means: 'A client began TLS and did not get through: it does not trust the certificate, or is a scanner.',
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
    means: 'Somebody logged in; by that token, if there is a `tokenName`.',
  },
  {
    level: 'info',
    message: 'upload',
    fields: ['address', 'file', 'bytes'],
    means: 'A file has arrived as a whole; `file` is its number.',
  },
  {
    level: 'info',
    message: 'upload broken off',
    fields: ['address', 'file', 'bytes'],
    means: 'It ended after so many bytes, and can go on.',
  },
  { level: 'info', message: 'download', fields: ['address', 'file', 'bytes'], means: 'A file was fetched.' },
  {
    level: 'info',
    message: 'download broken off',
    fields: ['address'],
    means: 'Whoever fetched it went away before its end.',
    free: true,
  },
  {
    level: 'info',
    message: 'transfer broken off',
    fields: ['address'],
    means: 'The same, by HTTP.',
    free: true,
  },
  {
    level: 'warn',
    message: 'login failed',
    fields: ['address', 'command'],
    means: 'A wrong password, token or recovery code.',
    todo: 'Nothing for a few. Guessing is slowed down by itself; `/logins` shows by whom, and `/banaddress` or fail2ban (below) ends it.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'sign-up has to wait',
    fields: ['address', 'command'],
    means: 'Many accounts were made from this address within an hour, and somebody there wants one more.',
    todo: 'Nothing, if it is a school. Otherwise `/banaddress`; `limits.signupsPerHour` says how many may be made.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'login has to wait',
    fields: ['address', 'command'],
    means: 'Somebody who failed too often tries on, and is not listened to.',
    todo: 'As above. `/logins clear NAME` if it is somebody you know.',
    refusal: true,
  },
  {
    level: 'warn',
    message: 'banned address',
    fields: ['address'],
    means: 'Somebody from a banned address was sent away.',
    todo: 'Nothing; `/banaddress` lists the bans.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'upload refused',
    fields: ['address'],
    means: 'The token was wrong or past its time, or the file too large.',
    todo: 'Nothing; many of them from one address are guesses.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'download refused',
    fields: ['address'],
    means: 'The token was wrong or past its time.',
    todo: 'As above.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'transfer refused',
    fields: ['address'],
    means: 'The same, by HTTP.',
    todo: 'As above.',
    refusal: true,
    free: true,
  },
  {
    level: 'warn',
    message: 'server full',
    fields: ['address'],
    means: '`limits.connections` is reached; somebody was sent away.',
    todo: 'Raise the limit, and that of open files with it; or see who holds the connections.',
    free: true,
  },
  {
    level: 'warn',
    message: 'no proxy header',
    fields: ['address'],
    means:
      'Somebody connected to a listener with `proxy` who is no proxy, or one that does not send the header.',
    todo: 'Let the proxy send it; let nobody else reach that port.',
    free: true,
  },
  {
    level: 'warn',
    message: 'too many connections from address',
    fields: ['address'],
    means:
      '`limits.connectionsPerAddress` is reached by people who have not logged in, or `limits.membersPerAddress` by others; somebody was sent away.',
    todo: 'If a school or a company is behind that address, raise the limit.',
    free: true,
  },
  {
    level: 'warn',
    message: 'reader too slow, connection closed',
    fields: ['address'],
    means: 'More than `limits.sendQueueBytes` waited unread. A member finds it all at the next login.',
    todo: 'Nothing for one; if it is always the same bot, it does not read.',
  },
  {
    level: 'warn',
    message: 'messages could not be indexed for /search',
    fields: ['err'],
    means: '`/search` does not find the newest messages yet; it is tried again.',
    todo: disk,
  },
  {
    level: 'warn',
    message: 'no write-ahead log on this file system: a long search will hold up messages',
    fields: ['file'],
    means: 'SQLite cannot use its write-ahead log there, as on network drives.',
    todo: 'Move the data directory to a local disk.',
  },
  {
    level: 'warn',
    message: 'others could read what the server keeps; now they cannot',
    fields: ['count', 'names'],
    means:
      'Other users of the machine had rights to the database or to files, as after copying them by hand. Those rights are taken away.',
    todo: 'If somebody else may have read them: new passwords, and `/token` anew. Otherwise nothing.',
  },
  {
    level: 'warn',
    message: 'others can read what the server keeps',
    fields: ['count', 'names'],
    means: 'The same, and the server may not take the rights away: the files belong to another user.',
    todo: 'As root: `chown -R` to the user of the server, `chmod -R go=` the data directory.',
  },
  {
    level: 'warn',
    message: 'warning of Node.js',
    fields: ['err'],
    means: 'Node.js has something to say, such as of a function that a later version will not have.',
    todo: 'Nothing, if it is of an old function; otherwise report it.',
  },
  {
    level: 'warn',
    message: 'database library',
    fields: ['detail'],
    means: 'The database library has something to say.',
    todo: look,
  },
  {
    level: 'error',
    message: 'command failed',
    fields: ['err', 'command'],
    means: 'Somebody was told that the server cannot do it: nothing could be stored, or there is a defect.',
    todo: `${disk} If it is no database's error: ${look.toLowerCase()}`,
  },
  {
    level: 'error',
    message: 'disk nearly full',
    fields: ['free', 'limit'],
    means:
      'The disk has `free` bytes left, less than `store.freeSpaceBytes`: nobody can say or make anything new.',
    todo: 'Make room on the disk, or make it larger. The server goes on by itself within five seconds.',
  },
  {
    level: 'info',
    message: 'disk has room',
    fields: ['free', 'limit'],
    means: 'It has more again, and people can talk.',
  },
  {
    level: 'error',
    message: 'disk not looked at',
    fields: ['err'],
    means: 'The system does not say how full the disk is. What was known before is taken to be true.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'something was thrown',
    fields: ['err', 'where'],
    means:
      'A defect met one connection, one event or one timer; whoever it concerns was told, and nobody else notices. `where` is `connection` (setting it up, or reading from it), `session`, `delivery`, `rendering`, `timer`, `turn` (the end of a turn of the event loop) or `task`.',
    todo: look,
  },
  {
    level: 'error',
    message: 'listener failed',
    fields: ['err', 'port'],
    means: 'A connection could not be taken, mostly because too many files are open. The listener goes on.',
    todo: 'Raise the limit of open files (`LimitNOFILE=`), or lower `limits.connections`.',
  },
  {
    level: 'error',
    message: 'transfer failed',
    fields: ['err'],
    means: 'The same, of an upload or a download.',
    todo: 'As above.',
  },
  {
    level: 'error',
    message: 'no thread for passwords',
    fields: ['err'],
    means:
      'A thread that compares passwords could not be started, or ended. Whoever logs in by password is told to try later; everybody else goes on.',
    todo: '`err` says why: open files or threads are used up (`LimitNOFILE`, `TasksMax`), or the program was replaced while it ran: restart it.',
  },
  {
    level: 'error',
    message: 'guest left with an error',
    fields: ['err'],
    means:
      'A guest is gone, and the channel that only they were in could not be closed. The next start does it.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'seen not stored',
    fields: ['err'],
    means:
      'What people have been shown could not be stored. It is tried again in half a minute; after a crash they would see some lines twice.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'files are gone',
    fields: ['files', 'count'],
    means:
      'The bytes of so many files are missing or damaged on the disk; `files` are the numbers of the first of them. Nobody gets them.',
    todo: 'See whether the disk is mounted; `partyline status` names the files. A backup may have them: docs/operating.md.',
  },
  {
    level: 'error',
    message: 'bytes of files not removed',
    fields: ['count'],
    means:
      'So many files are deleted, and their bytes are still on the disk. It is tried again every minute, and told again when there are more.',
    todo: 'Look whether the folder of files may be written, and whether the disk is broken or mounted read-only.',
  },
  {
    level: 'error',
    message: 'files not cleared',
    fields: ['err'],
    means: 'Files past their time could not be removed. Nobody gets them, and it is tried again in a minute.',
    todo: disk,
  },
  {
    level: 'error',
    message: 'no metrics',
    fields: ['err'],
    means: 'A question for `/metrics` could not be answered; the chat goes on.',
    todo: 'Report it with `err`: this is a fault of the server.',
  },
  {
    level: 'warn',
    message: 'files had the id of another database, and are taken over',
    fields: ['folder'],
    means:
      'An older copy of the database was put back and brought up to date again, which gives it another id. Files that it knows are there, so the folder is its own.',
    todo: 'Look whether this is the database that you meant.',
  },
  {
    level: 'info',
    message: 'old files removed',
    fields: ['files'],
    means: 'Files were kept as long as `files.keepHours` says, or tickets for files ran out.',
  },
  {
    level: 'warn',
    message: 'clock has jumped ahead, nothing is removed for its age',
    fields: ['now', 'aheadHours'],
    means:
      'The clock is more than a day ahead of when the server ran last, or was set ahead while it runs. Files, tickets and messages that are past their time stay until it has run for a day like this.',
    todo: 'Set the clock right. If it is right (the server was off for days), wait, or `partyline prune --clock-is-right`.',
  },
  {
    level: 'info',
    message: 'clock is believed again',
    fields: ['now'],
    means:
      'The clock is right again, has been like this for a day, or somebody said so: what is past its time is removed.',
  },
  {
    level: 'error',
    message: 'clock not remembered',
    fields: ['err'],
    means: 'It could not be stored what the clock says; it is tried again in a minute.',
    todo: disk,
  },
  {
    level: 'info',
    message: 'old messages removed',
    fields: ['messages'],
    means: 'Messages were older than `history.keepDays` allows.',
  },
  {
    level: 'error',
    message: 'old messages not removed',
    fields: ['err'],
    means:
      'Messages past their days could not be removed. They are still there, and it is tried again in an hour.',
    todo: disk,
  },
  {
    level: 'warn',
    message: 'look after a certificate',
    fields: ['problem'],
    means:
      'A certificate has expired, is not valid yet, expires within two weeks, or its chain is in the wrong order.',
    todo: '`problem` says which and what. Renew it, and `partyline reload`.',
  },
  {
    level: 'error',
    message: 'not reloaded',
    fields: ['why'],
    means: 'The configuration or a certificate cannot be read. Everything is as before.',
    todo: '`why` says where and what is wrong; `partyline check-config` looks without doing anything.',
  },
  {
    level: 'error',
    message: 'operator',
    fields: ['err', 'action'],
    means: "A command of the operator's command line failed for a reason of the server's own.",
    todo: look,
  },
  {
    level: 'fatal',
    message: 'ended by a defect',
    fields: ['err'],
    means: 'Something was thrown where nothing catches it, and the process ends with code 1 or 7.',
    todo: look,
  },
  {
    level: 'fatal',
    message: 'stopping failed',
    fields: ['err'],
    means: 'Not everything could be stored or closed; the process ends with code 1.',
    todo: `${disk} The next start takes up what is on disk.`,
  },
]
