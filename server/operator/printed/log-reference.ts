import { type LogLine, logLines } from '../../log/log-lines.ts'

const head = `<!-- Printed from the code by \`npm run docs\`: do not edit. -->
# The log

The server writes its log to standard output, one JSON object a line; \`log.level\` says from which level on, and
\`log.pretty\` makes lines for people of it. Each has \`level\` (30 info, 40 warn, 50 error, 60 fatal), \`time\` in
milliseconds since 1970, \`msg\`, and the fields named here; \`err\` is an error with \`type\`, \`message\` and \`stack\`. An error of the same kind that comes again within
a minute is counted, and told once more at the end of it with that number in \`again\`: so a full disk does not fill the log. The same holds for lines that anybody
can cause for nothing, such as \`connected\` and \`transfer refused\`, from the 21st of one address in a minute on. No line
has a password, a token, or what people say, and none of the programs that read it needs more than \`level\` and \`msg\`:
they do not change without a line in the [change log](../CHANGELOG.md). An operator is told at login how many warnings and
errors there were, without those that only say that somebody was refused.`

const tools = `## Reading it

Under systemd all lines are in the journal, between those of systemd itself, which are no JSON; \`fromjson? | objects\`
leaves those out. What is not as it should be, in few words:

    journalctl -u partyline -o cat --since today | jq -rR 'fromjson? | objects | select(.level >= 40) | "\\(.time / 1000 | todate) \\(.msg) \\(.address // .command // .err.message // "")"'

Who has logged in today, and from where:

    journalctl -u partyline -o cat --since today | jq -rR 'fromjson? | objects | select(.msg == "login") | "\\(.user) \\(.address) \\(.tokenName // "password")"'

Why it does not start, in its own words:

    journalctl -u partyline -o cat -n 20 | grep '^partyline: '

## fail2ban

Guessing passwords is slowed down by the server itself, for each name and each address. To keep guessers out of the machine
altogether, have the log written to a file too: \`StandardOutput=append:/var/log/partyline.log\` in the unit
(\`systemctl edit partyline\`, below \`[Service]\`), and as root

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

\`/etc/fail2ban/jail.d/partyline.conf\`. Whoever guesses is kept from all ports, whichever listeners there are. The second part
is for a Debian without rsyslog, 12 and newer: there fail2ban does not start until it knows that logins over SSH are in the
journal alone.

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

And \`/etc/logrotate.d/partyline\`, so that the file does not grow for ever. The server goes on writing to the same file, so it is
copied and emptied:

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

\`systemctl restart fail2ban && fail2ban-client status partyline\` shows that it watches, and
\`fail2ban-regex /var/log/partyline.log partyline\` what it would find.`

const kinds = {
  info: 'What happens',
  warn: 'Warnings',
  error: 'Errors',
  fatal: 'Fatal',
} as const satisfies Record<LogLine['level'], string>

/** docs/logging.md: every line of the log, and what to do about it. */
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
