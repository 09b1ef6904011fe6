#!/bin/sh
# `make install`: what .build has, in its places below DESTDIR. Asks and starts nothing; a settings file that is there stays.
# usage: deploy/install.sh PROGRAM DESTDIR PREFIX SYSCONFDIR UNITDIR
set -eu
cd "$(dirname "$0")/.."
program=$1 destdir=$2 prefix=$3 sysconfdir=$4 unitdir=$5
documents=.build/documents

put() { # $1 mode, $2 file, $3 where
	install -D -m "$1" "$2" "$destdir$3"
}

put 755 "$program" "$prefix/bin/limpet"
put 644 $documents/limpet.1 "$prefix/share/man/man1/limpet.1"
put 644 $documents/limpet.yaml.5 "$prefix/share/man/man5/limpet.yaml.5"
put 644 $documents/limpet.bash "$prefix/share/bash-completion/completions/limpet"
case $prefix in /usr) zsh=vendor-completions ;; *) zsh=site-functions ;; esac
put 644 $documents/_limpet "$prefix/share/zsh/$zsh/_limpet"
put 644 $documents/limpet.fish "$prefix/share/fish/vendor_completions.d/limpet.fish"
if [ -e "$destdir$sysconfdir/limpet/limpet.yaml" ]; then
	echo "limpet: $destdir$sysconfdir/limpet/limpet.yaml is there and stays as it is; the new one: $prefix/share/doc/limpet/limpet.yaml"
	put 644 $documents/limpet.yaml "$prefix/share/doc/limpet/limpet.yaml"
else
	put 640 $documents/limpet.yaml "$sysconfdir/limpet/limpet.yaml"
fi
for unit in deploy/systemd/*.service deploy/systemd/*.service.in; do
	[ -e "$unit" ] || continue
	name=$(basename "$unit" .in)
	mkdir -p .build/units
	sed -e "s|@PREFIX@|$prefix|g" -e "s|@SYSCONFDIR@|$sysconfdir|g" "$unit" > ".build/units/$name"
	put 644 ".build/units/$name" "$unitdir/$name"
done
for users in deploy/systemd/*.sysusers; do
	[ ! -e "$users" ] || put 644 "$users" "$prefix/lib/sysusers.d/$(basename "$users" .sysusers).conf"
done
