import { type LogLine, logLines } from '../../log/log-lines.ts'

const head = `<!-- Printed from the code by \`npm run docs\`: do not edit. -->
# The log

The server writes its log to standard output, one JSON object a line. \`log.level\` is the lowest level that it writes, and
\`log.pretty\` makes lines for people. Each line has \`level\` (30 info, 40 warn, 50 error, 60 fatal), \`time\` in
milliseconds since 1970, \`msg\`, and the fields named here; \`err\` is an error with \`type\`, \`message\` and \`stack\`.

If an error of the same kind comes again within a minute, the log counts it and writes it once more at the end of the
minute, with the count in \`again\`, so that a full disk does not fill the log. The same holds for lines that anybody can
cause at no cost, such as \`connected\` and \`transfer refused\`, from the 21st of one address in a minute on.

No line has a password, a token, or what people say. A program that reads the log needs only \`level\` and \`msg\`; a change
of these is announced in the [change log](../CHANGELOG.md). Operators are told at login how many warnings and errors there
were, without the lines that only say that somebody was refused.`

const tools = `## Reading it

Under systemd all lines are in the journal, between lines of systemd itself, which are not JSON; \`fromjson? | objects\`
leaves those out. Today's warnings and errors, in few words:

    journalctl -u partyline -o cat --since today | jq -rR 'fromjson? | objects | select(.level >= 40) | "\\(.time / 1000 | todate) \\(.msg) \\(.address // .command // .err.message // "")"'

Who has logged in today, and from where:

    journalctl -u partyline -o cat --since today | jq -rR 'fromjson? | objects | select(.msg == "login") | "\\(.user) \\(.address) \\(.tokenName // "password")"'

Why the server does not start:

    journalctl -u partyline -o cat -n 20 | grep '^partyline: '

## fail2ban

The server itself slows down guessing of passwords, for each name and each address. To keep guessers away from the machine
altogether, write the log to a file: set \`StandardOutput=append:/var/log/partyline.log\` in the unit
(\`systemctl edit partyline\`, below \`[Service]\`), and run as root

\`\`\`sh
apt-get install fail2ban python3-systemd logrotate
install -m 640 -g adm /dev/null /var/log/partyline.log
systemctl restart partyline
\`\`\`

\`/etc/fail2ban/filter.d/partyline.conf\`:

\`\`\`ini filter
[Definition]
failregex = ^\\{"level":40,[",:a-z]*"address":"<ADDR>","command":"\\w+","msg":"login (?:failed|has to wait)"\\}$
datepattern = "time":{LEPOCH}
\`\`\`

\`/etc/fail2ban/jail.d/partyline.conf\` bans guessers from all ports, whichever listeners there are. The second part is for
Debian 12 and newer without rsyslog: fail2ban does not start there until it knows that logins over SSH are only in the
journal.

\`\`\`ini jail
[partyline]
enabled = true
backend = auto
logpath = /var/log/partyline.log
banaction = %(banaction_allports)s
maxretry = 20
findtime = 10m
bantime = 1h

[sshd]
backend = systemd
\`\`\`

\`/etc/logrotate.d/partyline\` keeps the file from growing for ever. The server goes on writing to the same file, so logrotate
copies and empties it:

\`\`\`logrotate
/var/log/partyline.log {
  weekly
  rotate 8
  maxsize 100M
  compress
  delaycompress
  missingok
  notifempty
  copytruncate
}
\`\`\`

\`systemctl restart fail2ban && fail2ban-client status partyline\` shows that fail2ban watches the log, and
\`fail2ban-regex /var/log/partyline.log partyline\` shows what it finds there.`

const kinds = {
  info: 'What happens',
  warn: 'Warnings',
  error: 'Errors',
  fatal: 'Fatal',
} as const satisfies Record<LogLine['level'], string>

/** Prints docs/logging.md: every line of the log, and what to do when it appears. */
export function printLogging(): string {
  const parts = Object.entries(kinds).flatMap(([level, title]) => {
    const lines = logLines.filter((line) => line.level === level)
    const withTodo = level !== 'info'
    return [
      '',
      `## ${title}`,
      '',
      `| \`msg\` | fields | what it means |${withTodo ? ' what to do |' : ''}`,
      `| --- | --- | --- |${withTodo ? ' --- |' : ''}`,
      ...lines.map(({ fields, means, message, todo }) => {
        const names = fields.map((name) => `\`${name}\``).join(', ')
        return `| \`${message}\` | ${names} | ${means} |${withTodo ? ` ${todo ?? ''} |` : ''}`
      }),
    ]
  })
  return [head, ...parts, '', tools, ''].join('\n')
}
