#!/usr/bin/env bash
# Sets Isthmus up for use on Debian: a user, folders, PostgreSQL, settings, systemd units. Run it again at any time: what
# is there stays, what is missing is made, and units are brought up to this version. See docs/operators.md.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: scripts/install_production.sh --host NAME [--dry-run] [options]

  --host NAME        host name under which people reach Isthmus, such as partnerships.example.org
  --mail ADDRESS     mail server, as smtp://user:password@host:587 (default: smtp://localhost:25)
  --from ADDRESS     whom mail comes from (default: Isthmus <isthmus@NAME>)
  --program FOLDER   where this program is (default: the folder that holds this script)
  --data FOLDER      data (default: /var/lib/isthmus)
  --backups FOLDER   nightly backups (default: /var/backups/isthmus)
  --keep N           how many backups stay (default: 14)
  --port N           port of the website on this machine (default: 8000)
  --root FOLDER      write below this folder, for tests and packages; no user, database or service is touched
  --dry-run          only print what would be done
USAGE
}

host='' mail='smtp://localhost:25' from='' data=/var/lib/isthmus backups=/var/backups/isthmus keep=14 port=8000
program=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root='' dry=false user=isthmus journal=/var/lib/isthmus-journal environment=/etc/isthmus/environment

while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry=true; shift ;;
    --help | -h) usage; exit 0 ;;
    --host | --mail | --from | --program | --data | --backups | --keep | --port | --root)
      if [ $# -lt 2 ]; then echo "$1 needs a value." >&2; exit 2; fi
      declare "${1#--}=$2"; shift 2 ;;
    *) echo "There is no option $1." >&2; usage >&2; exit 2 ;;
  esac
done

wrong() { echo "$1" >&2; exit 2; }
[[ $host =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || wrong "Give the host name: --host partnerships.example.org"
[[ $keep =~ ^[1-9][0-9]*$ ]] || wrong "--keep must be a number, 1 or more."
[[ $port =~ ^[1-9][0-9]*$ ]] || wrong "--port must be a number."
# These stand in units and in a file of settings, where blanks, quotes and line ends mean something else.
for folder in "$program" "$data" "$backups"; do
  [[ $folder =~ ^/[A-Za-z0-9._/-]+$ ]] || wrong "A folder must begin with / and hold only letters, digits and . _ - : $folder"
done
[ -z "$from" ] && from="Isthmus <isthmus@$host>"
for value in "$mail" "$from"; do
  case $value in *[\"\'\\\$\`]* | *$'\n'*) wrong "Quotes, \\, \$ and \` cannot stand in --mail and --from; write %24 for \$ and so on." ;; esac
done
if [ -z "$root" ] && ! $dry && [ "$(id -u)" -ne 0 ]; then wrong "Run this as root: sudo $0 --host $host"; fi

if [ -z "$root" ] && ! $dry; then
  case ${program#/} in home/* | root/*) wrong "The services cannot read $program. Put the program into /opt/isthmus-VERSION." ;; esac
fi

did() { echo "  $*"; }
run() { # COMMAND...: what only a real machine has
  did "$*"
  if ! $dry && [ -z "$root" ]; then "$@"; fi
}

folder() { # MODE OWNER FOLDER
  did "folder $3 (mode $1, of $2)"
  if $dry; then return; fi
  mkdir -p "$root$3" && chmod "$1" "$root$3"
  if [ -z "$root" ]; then chown "$2:$2" "$3"; fi
}

render() { # TEMPLATE TARGET: units are ours to renew
  did "file $2"
  local text
  text=$(sed -e "s|@PROGRAM@|$program|g" -e "s|@USER@|$user|g" -e "s|@DATA@|$data|g" -e "s|@BACKUPS@|$backups|g" \
    -e "s|@JOURNAL_FOLDER@|$journal|g" -e "s|@ENVIRONMENT@|$environment|g" -e "s|@KEEP@|$keep|g" \
    -e "s|@PORT@|$port|g" -e "s|@HOST@|$host|g" "$program/scripts/production/$1")
  if $dry; then
    while IFS= read -r line; do printf '    | %s\n' "$line"; done <<<"$text"
    return
  fi
  mkdir -p "$root$(dirname "$2")"
  printf '%s\n' "$text" >"$root$2.new" && chmod 644 "$root$2.new" && mv "$root$2.new" "$root$2"
}

settings() { # the secret is made once; a file that is there is never changed
  if [ -e "$root$environment" ]; then did "settings $environment stay as they are"; return; fi
  did "settings $environment (mode 600), with a secret key made now"
  if $dry; then return; fi
  mkdir -p "$root$(dirname "$environment")"
  local secret metrics
  secret=$(LC_ALL=C tr -dc 'A-Za-z0-9_-' </dev/urandom | head -c 64 || true)
  metrics=$(LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 40 || true)
  (
    umask 077
    cat >"$root$environment.new" <<SETTINGS
# Settings of Isthmus: docs/configuration.md says what each does. Keep a copy of the secret key apart from the backups:
# without it the authenticator apps of people work no more.
ISTHMUS_MODE=production
ISTHMUS_HOSTS=$host
ISTHMUS_DATA=$data
ISTHMUS_DATABASE_URL=postgresql:///isthmus
ISTHMUS_ERASURE_JOURNAL=$journal/erasures.journal
ISTHMUS_SECRET_KEY=$secret
ISTHMUS_METRICS_TOKEN=$metrics
ISTHMUS_MAIL_SMTP="$mail"
ISTHMUS_MAIL_FROM="$from"
SETTINGS
  )
  mv "$root$environment.new" "$root$environment"
}

echo "System packages"
run apt-get install -y --no-install-recommends python3 python3-venv postgresql postgresql-client make libpango-1.0-0 libpangoft2-1.0-0
echo "User and folders"
if id "$user" >/dev/null 2>&1; then did "the user $user is there"; else
  run useradd --system --home-dir "$data" --shell /usr/sbin/nologin "$user"
fi
folder 700 "$user" "$data"
folder 700 "$user" "$backups"
folder 700 "$user" "$journal"
echo "The program"
run make -C "$program" .venv/.installed
if [ -z "$root" ] && ! $dry && systemctl is-active --quiet isthmus-web.service; then
  echo "A backup by the version that runs"
  run systemctl start isthmus-backup.service
fi
echo "PostgreSQL: a role without a password, which only the system's user $user can be, and its own database"
postgres() { runuser -u postgres -- psql -XtAc "$1" postgres; }
if ! $dry && [ -z "$root" ] && [ "$(postgres "SELECT 1 FROM pg_roles WHERE rolname = '$user'")" = 1 ]; then did "the role is there"; else
  run runuser -u postgres -- createuser --no-superuser --no-createdb --no-createrole "$user"
fi
if ! $dry && [ -z "$root" ] && [ "$(postgres "SELECT 1 FROM pg_database WHERE datname = 'isthmus'")" = 1 ]; then did "the database is there"; else
  run runuser -u postgres -- createdb --owner "$user" --encoding UTF8 --locale C.UTF-8 --template template0 isthmus
fi
echo "Settings"
settings
echo "Services"
for unit in isthmus-web.service isthmus-worker.service isthmus-backup.service isthmus-backup.timer; do
  render "$unit" "/etc/systemd/system/$unit"
done
render Caddyfile /etc/isthmus/Caddyfile
render nginx.conf /etc/isthmus/nginx.conf
run systemctl daemon-reload
echo "The database, while the version of before goes on"
run systemd-run --pipe --wait --collect --uid="$user" -p EnvironmentFile="$environment" "$program/.venv/bin/isthmus" migrate
echo "Start"
run systemctl enable --now isthmus-web.service isthmus-worker.service isthmus-backup.timer
run systemctl restart isthmus-web.service isthmus-worker.service

cat <<END

Next:
  1. Put a web server with a certificate before it: /etc/isthmus/Caddyfile or /etc/isthmus/nginx.conf
  2. Make the first administrator:
     sudo systemd-run --pty --wait --collect --uid=$user -p EnvironmentFile=$environment \\
       $program/.venv/bin/isthmus person add YOU@EXAMPLE.ORG "YOUR NAME" --administrator
  3. Copy the secret key from $environment, and $journal now and then, to a place that is not where backups are.
END
if $dry; then echo "Nothing was done: this was --dry-run."; fi
