#!/bin/sh
# Fill in nginx.conf and become nginx, in the foreground.
#
#   UPSTREAM       host:port of the backend
#   LISTEN         what to listen on, such as 8080 or 127.0.0.1:8080
#   STATIC_DIR     the built pages
#   WORKDIR        a folder for the filled-in configuration, the pid and temporary files
#   OUTER_PROXIES  addresses or networks of proxies in front of this one, comma separated; may be empty
#   ACCESS_LOG     where to log requests; /dev/stdout if not set
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$WORKDIR"

# The machine's own resolver, in brackets if it is an IPv6 address.
resolver=$(sed -n 's/^nameserver[[:space:]]*\([^[:space:]%]*\).*/\1/p' /etc/resolv.conf 2>/dev/null | head -n 1)
case $resolver in
    *:*) resolver="[$resolver]" ;;
    '') resolver=127.0.0.1 ;;
esac

mime_types=/etc/nginx/mime.types
for candidate in /opt/homebrew/etc/nginx/mime.types /usr/local/etc/nginx/mime.types; do
    [ -f "$mime_types" ] || mime_types=$candidate
done

proxies=$(printf '%s' "${OUTER_PROXIES:-}" | tr ',' '\n' | sed 's/[[:space:]]//g; /^$/d')
printf '%s' "$proxies" | sed 's/.*/set_real_ip_from &;/' > "$WORKDIR/outer-proxies.conf"
printf '%s' "$proxies" | sed 's/.*/& 1;/' > "$WORKDIR/outer-proxies.geo"

sed -e "s|\${UPSTREAM}|$UPSTREAM|g" \
    -e "s|\${LISTEN}|$LISTEN|g" \
    -e "s|\${STATIC_DIR}|$STATIC_DIR|g" \
    -e "s|\${WORKDIR}|$WORKDIR|g" \
    -e "s|\${RESOLVER}|$resolver|g" \
    -e "s|\${MIME_TYPES}|$mime_types|g" \
    -e "s|\${ACCESS_LOG}|${ACCESS_LOG:-/dev/stdout}|g" \
    "$here/nginx.conf" > "$WORKDIR/nginx.conf"

# Started by root, workers would run as somebody who perhaps cannot read the pages. The image is not started by root.
if [ "$(id -u)" = 0 ]; then
    set -- -g 'user root;' "$@"
fi
exec nginx -p "$WORKDIR" -e stderr -c "$WORKDIR/nginx.conf" "$@"
