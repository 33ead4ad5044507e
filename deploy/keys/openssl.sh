#!/bin/sh
# Wraps and unwraps the master key of WHODID_KEYS_DIR under a passphrase, in the file that KEYS_PASSPHRASE_FILE names. Put that file on
# another disk, or mount it for the start alone.
set -eu
case ${1-} in
wrap) base64 -d | openssl enc -aes-256-ctr -pbkdf2 -salt -pass "file:$KEYS_PASSPHRASE_FILE" | base64 ;;
unwrap) base64 -d | openssl enc -d -aes-256-ctr -pbkdf2 -pass "file:$KEYS_PASSPHRASE_FILE" | base64 ;;
*) echo "expected wrap or unwrap" >&2 && exit 2 ;;
esac
