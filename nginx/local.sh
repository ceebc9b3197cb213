#!/bin/sh
# Become an nginx on this machine, with the configuration of the Docker image:
#
#   nginx/local.sh UPSTREAM_PORT LISTEN_PORT STATIC_DIR WORKDIR
set -eu

[ $# -ge 4 ] || { echo 'usage: nginx/local.sh UPSTREAM_PORT LISTEN_PORT STATIC_DIR WORKDIR' >&2; exit 2; }
PATH=$PATH:/usr/sbin  # where Debian has it, and an ordinary user's PATH does not look
command -v nginx > /dev/null || { echo 'nginx is not installed. On Debian and Ubuntu: apt-get install nginx-light' >&2; exit 127; }

mkdir -p "$4"
STATIC_DIR=$(cd "$3" && pwd)
WORKDIR=$(cd "$4" && pwd)
export UPSTREAM="127.0.0.1:$1" LISTEN="127.0.0.1:$2" STATIC_DIR WORKDIR ACCESS_LOG="$WORKDIR/access.log"
shift 4
exec "$(dirname "$0")/start.sh" "$@"
