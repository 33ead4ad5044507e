#!/bin/sh
# Wraps and unwraps the master key of WHODID_KEYS_DIR with the key of this machine, in its TPM where it has one. Needs systemd 250 or
# newer, and root: the keys are of no use on another machine.
set -eu
case ${1-} in
wrap) base64 -d | systemd-creds encrypt --name=whodid-master - - | base64 ;;
unwrap) base64 -d | systemd-creds decrypt --name=whodid-master - - | base64 ;;
*) echo "expected wrap or unwrap" >&2 && exit 2 ;;
esac
