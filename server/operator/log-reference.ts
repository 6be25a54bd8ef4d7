import { type LogLine, logLines } from '../lib/log-lines.ts'

const head = `<!-- Printed from the code by \`npm run docs\`: do not edit. -->
# The log

The server writes its log to standard output, one JSON object a line; \`log.level\` says from which level on, and
\`log.pretty\` makes lines for people of it. Each has \`level\` (30 info, 40 warn, 50 error, 60 fatal), \`time\` in
milliseconds since 1970, \`msg\`, and the fields named here; \`err\` is an error with \`type\`, \`message\` and \`stack\`. No line
has a password, a token, or what people say, and none of the programs that read it needs more than \`level\` and \`msg\`:
they do not change without a line in the [change log](../CHANGELOG.md). An operator is told at login how many warnings and
errors there were, without those that only say that somebody was refused.`

const tools = `## Reading it

Under systemd all lines are in the journal; \`-o cat\` leaves out what systemd puts before them. What is not as it should be,
in few words:

    journalctl -u partyline -o cat --since today | jq -r 'select(.level >= 40) | "\\(.time / 1000 | todate) \\(.msg) \\(.address // .command // "")"'

Who has logged in today, and from where:

    journalctl -u partyline -o cat --since today | jq -r 'select(.msg == "login") | "\\(.user) \\(.address) \\(.tokenName // "password")"'

## fail2ban

Guessing passwords is slowed down by the server itself, for each name and each address. To keep guessers out of the machine
altogether, have the log written to a file (\`StandardOutput=append:/var/log/partyline.log\` in the unit) and put this into
\`/etc/fail2ban/filter.d/partyline.conf\`:

\`\`\`ini
[Definition]
failregex = ^\\{"level":40,[",:a-z]*"address":"<ADDR>","command":"\\w+","msg":"login (?:failed|has to wait)"\\}$
datepattern = "time":{LEPOCH}
\`\`\`

and this into \`/etc/fail2ban/jail.d/partyline.conf\`:

\`\`\`ini
[partyline]
enabled = true
port = 6667
logpath = /var/log/partyline.log
maxretry = 20
findtime = 10m
bantime = 1h
\`\`\`

\`fail2ban-regex /var/log/partyline.log partyline\` shows what it would find.`

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
