#!/bin/sh
# As /etc/letsencrypt/renewal-hooks/deploy/partyline: hands a renewed certificate to the server's user.
set -eu
install -d -m 750 -g partyline /etc/partyline/tls
install -m 640 -g partyline "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" /etc/partyline/tls/
# Nothing to tell if the server does not run.
systemctl try-reload-or-restart partyline
