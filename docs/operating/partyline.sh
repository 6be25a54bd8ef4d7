#!/bin/sh
# As /usr/local/bin/partyline: the operator's commands, as the server's user and on its configuration.
export PARTYLINE_CONFIG=/etc/partyline/partyline.yaml SQLITE_TMPDIR=/var/lib/partyline
exec runuser -u partyline -- /usr/bin/node /opt/partyline/dist/main.js "$@"
